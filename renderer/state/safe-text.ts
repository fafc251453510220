// Text of others, made safe to show: control characters visible, direction contained, links only where they are plainly links.

/** Longest name shown; what is longer is a trick or a mistake. */
const NAME_LIMIT = 120;
/** Above this many characters or lines a message is folded. */
const FOLD_CHARACTERS = 2_000;
const FOLD_LINES = 24;
/** Longest link recognised; the shell opens nothing longer. */
const LINK_LIMIT = 2_000;

export type TextPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'link'; readonly text: string; readonly url: string };

// Unicode steering characters that turn the text around them (UAX 9 §2): embeddings, overrides. Marks and isolates stay.
const OVERRIDE = /[\u202a-\u202e]/gu;
// eslint's no-control-regex cannot know that finding control characters is the purpose, so they are made from code points.
const CONTROL = new RegExp(`[${String.fromCharCode(0)}-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2028\\u2029]`, 'gu');

function controlPicture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return '\ufffd';
}

/** A message's text as it is shown: line ends as \n, control characters as pictures, overrides as a visible word. */
export function shownText(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(CONTROL, controlPicture)
    .replace(OVERRIDE, (character) => `\u27e8U+${character.charCodeAt(0).toString(16).toUpperCase()}\u27e9`);
}

/** Printable ASCII with no space but single ones between words: shown as it is. */
const PLAIN_NAME = /^[!-~]+(?: [!-~]+)*$/u;

/** A name or an address on one line, without anything that steers or hides. */
export function shownName(name: string): string {
  // WHY: nearly all are, and a list of ten thousand people asks for each.
  if (name.length <= NAME_LIMIT && PLAIN_NAME.test(name)) return name;
  const plain = name
    .replace(/\s+/gu, ' ')
    .replace(CONTROL, '')
    .replace(/[\u200b\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
    .trim();
  return plain.length > NAME_LIMIT ? `${plain.slice(0, NAME_LIMIT)}…` : plain;
}

/** The part of a long text that is shown before `Show all`, or null when the whole is short enough. */
export function foldedText(text: string): string | null {
  let end = Math.min(text.length, FOLD_CHARACTERS);
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    lines += 1;
    if (lines >= FOLD_LINES) end = at;
  }
  if (end >= text.length) return null;
  // Never cut a surrogate pair in half.
  const last = text.charCodeAt(end - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end);
}

function endOfLink(candidate: string): number {
  const opening = candidate.indexOf('(');
  let end = candidate.length;
  while (end > 0) {
    const last = candidate[end - 1] ?? '';
    const isClosing = last === ')' && (opening === -1 || opening > end);
    if (!isClosing && !'.,;:!?\'"*_~]}>'.includes(last)) break;
    end -= 1;
  }
  return end;
}

/** SECURITY: only absolute http(s), nothing with a user name in it (that is how a link lies about its host). */
export function safeUrl(candidate: string): string | null {
  if (candidate.length > LINK_LIMIT || !URL.canParse(candidate)) return null;
  const url = new URL(candidate);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  return url.href;
}

/** SECURITY: one character more than a link may have, so that a match, and the work on it, is bounded. */
const LINK = new RegExp(`\\bhttps?:\\/\\/[^\\s<>"\u27e8\u27e9\u2400-\u2421]{1,${LINK_LIMIT + 1}}`, 'giu');

/** Splits shown text into plain parts and links. Linear in the text's length. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(LINK)) {
    const candidate = match[0].slice(0, endOfLink(match[0]));
    const url = safeUrl(candidate);
    if (url === null) continue;
    if (match.index > done) parts.push({ kind: 'text', text: text.slice(done, match.index) });
    parts.push({ kind: 'link', text: candidate, url });
    done = match.index + candidate.length;
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) });
  return parts;
}

export interface SnippetPart {
  readonly isMatch: boolean;
  readonly text: string;
}

/** A search snippet: matches stand between U+0001 and U+0002 (contract.ts, searchMessages). */
export function snippetParts(snippet: string): SnippetPart[] {
  const parts: SnippetPart[] = [];
  let isMatch = false;
  let start = 0;
  for (let at = 0; at <= snippet.length; at += 1) {
    const code = at < snippet.length ? snippet.charCodeAt(at) : 2;
    if (code !== 1 && code !== 2) continue;
    const text = snippet.slice(start, at);
    if (text !== '') parts.push({ isMatch, text: shownText(text).replace(/\s+/gu, ' ') });
    isMatch = code === 1;
    start = at + 1;
  }
  return parts;
}
