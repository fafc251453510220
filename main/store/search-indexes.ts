// The two indexes of message texts, words and grams (three characters each), and what a query asks of them.
import { accentVariants, countVariants, VARIANTS_LIMIT } from './accent-variants.ts';
import type { SearchQuery, Term } from './search-query.ts';

/**
 * A message's place in the indexes is this minus its id.
 * WHY: the newest message comes first then, which is the order a list is read in quickly: backwards takes three to ten times as long.
 * 35 bits: five bytes, and more messages than there will be.
 */
export const INDEX_TOP = 0x7_ffff_ffff;
/** Dates are words of the indexes in spans of this length: thirty days. */
export const SPAN_MS = 2_592_000_000;
/** A range of more spans than this (twelve years) is not given to an index: rows are looked at one by one. */
const SPAN_LIMIT = 150;
/** More grams of one term only cost time; the text itself is compared anyway. */
const TERM_GRAMS = 4;
const GRAMS_LIMIT = 12;

/** What the rows must have; `fromMs` and `untilMs` are of the time shown, until is not included. Ids are row ids. */
export interface IndexScope {
  readonly account?: number;
  readonly conversations?: readonly number[];
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** No message was sent after this. */
  readonly newestMs?: number;
}

/** Each scope is one gram of private characters: a block, then ten bits each. Migration 0003 writes the same in SQL. */
function scopeGram(block: number, value: number): string {
  return String.fromCodePoint(block + Math.floor(value / 0x10_0000), 0xf0000 + (Math.floor(value / 1024) % 1024), 0xf0000 + (value % 1024));
}
const CONVERSATION_BLOCK = 0xf0000;
const ACCOUNT_BLOCK = 0xf1000;
const SPAN_BLOCK = 0xf2000;

function spansBetween(fromMs: number, toMs: number): number[] {
  const first = Math.floor(fromMs / SPAN_MS);
  const count = Math.floor(toMs / SPAN_MS) - first + 1;
  return count > SPAN_LIMIT ? [] : Array.from({ length: Math.max(0, count) }, (_, index) => first + index);
}

/** Which spans a message must be in, or must not be in when only the end is given: the beginning of all is not known. */
function spansOf({ fromMs, untilMs, newestMs = 0 }: IndexScope): { any: number[]; none: number[] } {
  if (fromMs !== undefined) return { any: spansBetween(fromMs, untilMs === undefined ? newestMs : untilMs - 1), none: [] };
  return { any: [], none: untilMs === undefined ? [] : spansBetween(untilMs + SPAN_MS, newestMs) };
}

const anyOf = (terms: readonly string[]): string => (terms.length === 1 ? (terms[0] ?? '') : `(${terms.join(' OR ')})`);

interface ScopeWriter {
  account(id: number): string;
  conversation(id: number): string;
  span(span: number): string;
}
const WORD_SCOPE: ScopeWriter = {
  account: (id) => `scope : "a${id}"`,
  conversation: (id) => `scope : "c${id}"`,
  span: (span) => `scope : "s${span}"`,
};
const GRAM_SCOPE: ScopeWriter = {
  account: (id) => `"${scopeGram(ACCOUNT_BLOCK, id)}"`,
  conversation: (id) => `"${scopeGram(CONVERSATION_BLOCK, id)}"`,
  span: (span) => `"${scopeGram(SPAN_BLOCK, span)}"`,
};

function withScope(expressions: readonly string[], scope: IndexScope, write: ScopeWriter): string {
  const list = [...expressions];
  if (scope.account !== undefined) list.push(write.account(scope.account));
  if (scope.conversations !== undefined) list.push(anyOf(scope.conversations.map(write.conversation)));
  const { any, none } = spansOf(scope);
  if (any.length > 0) list.push(anyOf(any.map(write.span)));
  const all = list.join(' AND ');
  return none.length > 0 ? `(${all}) NOT ${anyOf(none.map(write.span))}` : all;
}

/** Characters of two units. */
const PAIRED = /[\ud800-\udfff]/;

/** Grams that cover the text without overlapping more than they must. */
function gramsOf(text: string): string[] {
  const letters = PAIRED.test(text) ? [...text] : text;
  const last = letters.length - 3;
  if (last < 0) return [];
  const grams: string[] = [];
  for (let start = last; grams.length < TERM_GRAMS; start = Math.floor((start - 1) / 3) * 3) {
    const gram = letters.slice(start, start + 3);
    grams.unshift(typeof gram === 'string' ? gram : gram.join(''));
    if (start === 0) break;
  }
  return grams;
}

function termGrams({ kind, text, words }: Term): string[] {
  return kind === 'part' ? gramsOf(text) : words.flatMap(gramsOf).slice(0, TERM_GRAMS);
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** A phrase as one where its words are written in one way only; else its words, and the phrase is found when the text is compared. */
function wordsExpression({ kind, words }: Term): string {
  const star = kind === 'prefix' ? ' *' : '';
  const variants = words.map(accentVariants);
  if (variants.every(({ length }) => length === 1)) return `${quoted(words.join(' '))}${star}`;
  return variants.map((list, at) => anyOf(list.map((word) => quoted(word) + (at === words.length - 1 ? star : '')))).join(' AND ');
}

export type IndexPlan =
  | { readonly kind: 'word' | 'gram'; readonly expression: string }
  /** No index knows it (one or two characters of a script without spaces): texts are read, those with `text` in them. */
  | { readonly kind: 'scan'; readonly text: string };

/** What stands in a text as it does in a folded one: no letter that has case or accents. */
const UNFOLDED = /[\p{Lo}\p{Lm}\p{Extended_Pictographic}]+/gu;

/** The fewest ways to write it first: grams with too many are not asked for as long as there are others. */
function askableGrams(terms: readonly Term[]): string[] {
  const grams = [...new Set(terms.flatMap(termGrams))].slice(0, GRAMS_LIMIT);
  const askable = grams.filter((gram) => countVariants(gram) <= VARIANTS_LIMIT);
  return askable.length > 0 ? askable : grams;
}

/** A word that may be written in more ways than can be asked for; its grams in fewer, and all of them are compared with the query. */
const isManifold = (word: string): boolean => countVariants(word) > VARIANTS_LIMIT && gramsOf(word).length > 0;

/** Whole words are looked up as words; prefixes and parts by their grams. What is found is compared with the query itself. */
export function planSearch({ terms }: SearchQuery, scope: IndexScope): IndexPlan {
  const needsGrams = terms.some((term) => (term.kind === 'word' ? term.words.some(isManifold) : termGrams(term).length > 0));
  if (needsGrams) {
    const asked = askableGrams(terms).map((gram) => anyOf(accentVariants(gram).map(quoted)));
    return { kind: 'gram', expression: withScope(asked, scope, GRAM_SCOPE) };
  }
  const wholes = terms.filter((term) => term.kind !== 'part');
  if (wholes.length > 0) {
    const words = wholes.map(wordsExpression).join(' AND ');
    return { kind: 'word', expression: withScope([`text : (${words})`], scope, WORD_SCOPE) };
  }
  const [longest = ''] = terms.flatMap(({ text }) => text.match(UNFOLDED) ?? []).sort((a, b) => b.length - a.length);
  return { kind: 'scan', text: longest };
}
