// What a person types into the search field: terms, what each one means, and how a text is compared with them. Never a syntax error.
import { foldText, unfoldedPlace } from './fold-text.ts';
import type { FoldedText } from './fold-text.ts';

/** More terms than a person types; each one is a list to intersect. */
const TERM_LIMIT = 16;
/** Fewer letters than this are looked for as a whole word: as a part of words they are nearly everywhere. */
const PART_LETTERS = 3;

/** `"a phrase"` (closed or not), or a run without space; a star right after it asks for a prefix. */
const TERM = /"([^"]*)"?(\*?)|([^\s"]+)/gu;
/** What the word index makes words of: letters, digits, private use. */
const WORD = '\\p{L}\\p{N}\\p{Co}';
const WORDS = new RegExp(`[${WORD}]+`, 'gu');
/** Scripts written without spaces between words: there a term is always looked for as a part. */
const SPACELESS = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const PICTURE = /\p{Extended_Pictographic}/u;

/**
 * `word`: whole words in this order (one, or a phrase). `prefix`: the same, and the last one may go on.
 * `part`: these characters, anywhere. All texts are folded.
 */
export interface Term {
  readonly kind: 'word' | 'prefix' | 'part';
  readonly text: string;
  readonly words: readonly string[];
  /** Finds each place of a phrase in a folded text; null: a part, or a single word. */
  readonly pattern: RegExp | null;
}

export interface SearchQuery {
  readonly terms: readonly Term[];
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}

function patternOf(kind: Term['kind'], words: readonly string[]): RegExp | null {
  if (kind === 'part' || words.length === 1) return null;
  const phrase = words.map(escape).join(`[^${WORD}]+`);
  return new RegExp(`(?<![${WORD}])${phrase}${kind === 'word' ? `(?![${WORD}])` : ''}`, 'gu');
}

function makeTerm(kind: Term['kind'], folded: string): Term {
  const words = folded.match(WORDS) ?? [];
  return { kind, text: folded, words, pattern: patternOf(kind, words) };
}

/** More places than this are sorted by the engine. */
const SORTED_BY_HAND = 16;

const lettersOf = (text: string): number => [...text].length;

/** The kind of a term that is not quoted: stars say it, else being the last one, which is still being typed. */
function kindOfRun(run: string, text: string, isTyped: boolean): Term['kind'] {
  if (SPACELESS.test(text) || PICTURE.test(text)) return 'part';
  const isLong = lettersOf(text) >= PART_LETTERS;
  if (run.startsWith('*') && isLong) return 'part';
  if (run.endsWith('*')) return lettersOf(text) > 1 ? 'prefix' : 'word';
  return isTyped && isLong ? 'part' : 'word';
}

function readRun(run: string, isTyped: boolean): Term | null {
  const bare = run.replace(/^\*+|\*+$/gu, '');
  const { text } = foldText(bare);
  if (!/[\p{L}\p{N}\p{Co}]/u.test(text) && !PICTURE.test(text)) return null;
  return makeTerm(kindOfRun(run, text, isTyped), text);
}

function readPhrase(phrase: string, isStarred: boolean): Term | null {
  const { text } = foldText(phrase.trim());
  if (!/[\p{L}\p{N}\p{Co}]/u.test(text)) return null;
  if (SPACELESS.test(text)) return makeTerm('part', text);
  return makeTerm(isStarred ? 'prefix' : 'word', text);
}

/**
 * All terms must be there, in any order: whole words, "phrases", prefixes (`lak*`), parts of words (`*ake*`). The last word, while
 * nothing follows it, counts as a part too. null: nothing to search for.
 */
export function readSearchQuery(query: string): SearchQuery | null {
  const terms: Term[] = [];
  // SECURITY: what goes to an index is a C string to SQLite; a NUL would cut it in the middle of a quoted term.
  for (const match of query.replaceAll('\0', ' ').matchAll(TERM)) {
    const [whole, phrase, star, run] = match;
    const isTyped = match.index + whole.length === query.length;
    const term = run === undefined ? readPhrase(phrase ?? '', star === '*') : readRun(run, isTyped);
    if (term !== null) terms.push(term);
    if (terms.length === TERM_LIMIT) break;
  }
  return terms.length === 0 ? null : { terms };
}

const IS_WORD = new RegExp(`[${WORD}]`, 'u');

/** Whether the character that ends before, or begins at, this place is part of a word. */
function isWordAt(text: string, place: number, side: 'before' | 'at'): boolean {
  const unit = text.charCodeAt(side === 'before' ? place - 1 : place);
  if (Number.isNaN(unit)) return false;
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a);
  const isSecond = side === 'before' && unit >= 0xdc00 && unit <= 0xdfff;
  return IS_WORD.test(String.fromCodePoint(text.codePointAt(isSecond ? place - 2 : side === 'before' ? place - 1 : place) ?? 0));
}

/** WHY by hand: for one word or part it takes a quarter of the time of a pattern, and each result needs it. */
function placesOf(text: string, needle: string, kind: Term['kind']): [number, number][] {
  const places: [number, number][] = [];
  for (let from = text.indexOf(needle); from !== -1; from = text.indexOf(needle, from + 1)) {
    const to = from + needle.length;
    if (kind !== 'part' && isWordAt(text, from, 'before')) continue;
    if (kind === 'word' && isWordAt(text, to, 'at')) continue;
    places.push([from, to]);
  }
  return places;
}

function placesOfTerm({ kind, text, words, pattern }: Term, folded: string): [number, number][] {
  const [word = ''] = words;
  if (pattern === null) return placesOf(folded, kind === 'part' ? text : word, kind);
  const places: [number, number][] = [];
  if (!folded.includes(word)) return places;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(folded); match !== null; match = pattern.exec(folded)) places.push([match.index, pattern.lastIndex]);
  return places;
}

/** Places in order, those that touch joined, as places of the text before folding. */
function joined(found: [number, number][], { starts }: FoldedText): [number, number][] {
  let end = 0;
  for (const place of found) {
    const last = found[end - 1];
    if (last !== undefined && place[0] <= last[1]) last[1] = Math.max(last[1], place[1]);
    else found[end++] = place;
  }
  found.length = end;
  return starts === undefined ? found : found.map((place) => unfoldedPlace(place, starts));
}

/** WHY by hand: each result has a few places, and for these `sort` takes longer than all else together. */
function sortPlaces(places: [number, number][]): void {
  if (places.length > SORTED_BY_HAND) {
    places.sort((a, b) => a[0] - b[0]);
    return;
  }
  for (let index = 1; index < places.length; index += 1) {
    const place = places[index];
    if (place === undefined) return;
    let at = index;
    for (let before = places[at - 1]; before !== undefined && before[0] > place[0]; before = places[at - 1]) {
      places[at] = before;
      at -= 1;
    }
    places[at] = place;
  }
}

/** The places of all matches as [from, to) in the text itself, in order, not overlapping. null: a term is not there. */
export function findMatches(query: SearchQuery, folded: FoldedText): [number, number][] | null {
  const [first, ...more] = query.terms;
  if (first === undefined) return null;
  const found = placesOfTerm(first, folded.text);
  if (found.length === 0) return null;
  for (const term of more) {
    const places = placesOfTerm(term, folded.text);
    if (places.length === 0) return null;
    for (const place of places) found.push(place);
  }
  if (more.length > 0) sortPlaces(found);
  return found.length === 1 && folded.starts === undefined ? found : joined(found, folded);
}
