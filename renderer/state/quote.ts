// Quoting: the quoted lines stand in the text itself, each after `> `, so that every client can read them.

/** More of a long message is not quoted. */
const QUOTE_LIMIT = 400;
const QUOTE_LINES = 6;

export interface QuotedText {
  /** Without the marks; '' when the text quotes nothing. */
  readonly quote: string;
  readonly rest: string;
}

/** What a reply to `text` begins with. What `text` itself quoted is left out. */
export function quoteOf(text: string): string {
  const own = splitQuote(text.replace(/\r\n?/gu, '\n')).rest.trim();
  const lines = own.slice(0, QUOTE_LIMIT).split('\n');
  const isCut = own.length > QUOTE_LIMIT || lines.length > QUOTE_LINES;
  return lines
    .slice(0, QUOTE_LINES)
    .map((line, at) => `> ${line}${isCut && at === Math.min(lines.length, QUOTE_LINES) - 1 ? '…' : ''}`)
    .join('\n');
}

/** Splits the quoted lines at the beginning from the rest. A text that is nothing but marked lines quotes nothing. */
export function splitQuote(text: string): QuotedText {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  if (end <= 0) return { quote: '', rest: text };
  const rest = lines.slice(end).join('\n').replace(/^\n+/u, '');
  if (rest.trim() === '') return { quote: '', rest: text };
  const quote = lines
    .slice(0, end)
    .map((line) => line.replace(/^> ?/u, ''))
    .join('\n');
  return { quote, rest };
}

/** The words of a quote without the mark that says there were more. */
export function quotedWords(quote: string): string {
  return quote.replace(/…$/u, '').trim();
}

/** Whether the own words of `text` are, or begin with, the quoted ones. */
export function beginsWith(text: string, quote: string): boolean {
  const wanted = quotedWords(quote);
  return wanted !== '' && splitQuote(text).rest.trim().startsWith(wanted);
}

/** The nearest message before `at` whose own words are the quoted ones, or -1. */
export function quotedIndex(texts: readonly string[], at: number, quote: string): number {
  return texts.slice(0, Math.max(0, at)).findLastIndex((text) => beginsWith(text, quote));
}
