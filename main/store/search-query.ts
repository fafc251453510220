// What a person types into the search field, made into an expression for the word index that is never a syntax error.

/** More terms than a person types; each one is a list to intersect. */
const TERM_LIMIT = 16;
/** A prefix of fewer letters matches a good part of all words, and is slow without an index of prefixes. */
const PREFIX_LETTERS = 3;
/** With a star the person asks for it, and may wait a little. */
const STARRED_PREFIX_LETTERS = 2;

/** `"a phrase"` (closed or not), or a run without space; a star right after it asks for a prefix. */
const TERM = /"([^"]*)"?(\*?)|([^\s"]+)/gu;
/** What the tokenizer makes words of: letters, digits, private use. */
const WORD_CHARACTER = /[\p{L}\p{N}\p{Co}]/u;
/** Scripts written without spaces between words, where a run is one token: there each beginning counts. */
const SPACELESS = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

interface Term {
  readonly text: string;
  readonly isPrefix: boolean;
}

function mayBePrefix(text: string, letters: number): boolean {
  const lastWord = text.split(/[^\p{L}\p{N}\p{M}\p{Co}]+/u).findLast((word) => word !== '') ?? '';
  return SPACELESS.test(lastWord) || [...lastWord].length >= letters;
}

function readTerms(query: string): Term[] {
  const terms: Term[] = [];
  // SECURITY: the expression is a C string to SQLite; a NUL would cut it in the middle of a quoted term.
  for (const match of query.replaceAll('\0', ' ').matchAll(TERM)) {
    const [whole, phrase, star, word] = match;
    const text = phrase ?? word ?? '';
    if (!WORD_CHARACTER.test(text)) continue;
    const isLastWord = word !== undefined && match.index + whole.length === query.length;
    const isStarred = star === '*' || text.endsWith('*');
    const isPrefix = (isStarred && mayBePrefix(text, STARRED_PREFIX_LETTERS)) || (isLastWord && mayBePrefix(text, PREFIX_LETTERS));
    terms.push({ text, isPrefix });
    if (terms.length === TERM_LIMIT) break;
  }
  return terms;
}

/** `account` and `conversation` are row ids. */
export interface SearchScope {
  readonly account?: number;
  readonly conversation?: number;
}

/**
 * All terms must be there, in any order: words, "phrases", and prefixes (a star, or the last word while it is being typed).
 * null: nothing to search for.
 */
export function printSearchExpression(query: string, scope: SearchScope): string | null {
  const terms = readTerms(query);
  if (terms.length === 0) return null;
  // A term can hold no quote, so quoting it is enough; what is in it is cut into words by the index' own tokenizer.
  const words = terms.map(({ text, isPrefix }) => `"${text}"${isPrefix ? ' *' : ''}`).join(' AND ');
  const account = scope.account === undefined ? '' : ` AND scope : "a${scope.account}"`;
  const conversation = scope.conversation === undefined ? '' : ` AND scope : "c${scope.conversation}"`;
  return `text : (${words})${account}${conversation}`;
}
