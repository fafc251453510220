// Folding for search: case, accents and strokes away, so that `Café` is found by `cafe`. The indexes hold what `foldedInSql` makes of a
// text and fold case and Latin accents by themselves; for the accents they keep see accent-variants.ts.
import { foldLetter, SAME_LETTERS } from '../../app/domain/fold-letter.ts';

/** A text as it is compared. `starts[i]` is where the character of its i-th code unit began in the text; undefined: at i, all of them. */
export interface FoldedText {
  readonly text: string;
  readonly starts: readonly number[] | undefined;
}

const NOT_ASCII = /[\u0080-\uffff]/;

/** Folded characters, kept because texts repeat them: as many as a keyboard of several scripts has. */
const KEPT_LIMIT = 4_096;
const kept = new Map<string, string>();

function foldedCharacter(character: string): string {
  const known = kept.get(character);
  if (known !== undefined) return known;
  const folded = foldLetter(character);
  if (kept.size < KEPT_LIMIT) kept.set(character, folded);
  return folded;
}

export function foldText(text: string): FoldedText {
  if (!NOT_ASCII.test(text)) return { text: text.toLowerCase(), starts: undefined };
  const starts: number[] = [];
  let folded = '';
  let place = 0;
  let isAligned = true;
  for (const character of text) {
    const piece = foldedCharacter(character);
    for (let unit = 0; unit < piece.length; unit += 1) starts.push(place);
    if (piece.length !== character.length) isAligned = false;
    folded += piece;
    place += character.length;
  }
  return { text: folded, starts: isAligned ? undefined : [...starts, text.length] };
}

/** A place [from, to) of the folded text as one of the text itself: whole characters, with the accents that follow. */
export function unfoldedPlace([from, to]: readonly [number, number], starts: readonly number[]): [number, number] {
  let end = to;
  while (end < starts.length - 1 && starts[end] === starts[end - 1]) end += 1;
  return [starts[from] ?? from, starts[end] ?? end];
}

/** Greek marks that the indexes take for a gap between words. https://sqlite.org/fts5.html#unicode61_tokenizer */
const GREEK_MARKS = ['\u0313', '\u0314', '\u0342', '\u0345'];
const LATIN_BLOCKS = [
  [0x00c0, 0x024f],
  [0x1e00, 0x1eff],
] as const;

/** Each character that the indexes would not fold as we do, and what stands for it. */
function replacedCharacters(): (readonly [character: string, by: string])[] {
  const latin = LATIN_BLOCKS.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)),
  );
  return [...GREEK_MARKS.map((mark) => [mark, ''] as const), ...latin.flatMap((letter) => sameLetter(letter) ?? [])];
}

function sameLetter(letter: string): (readonly [string, string])[] | undefined {
  const [bare = ''] = letter.normalize('NFD');
  const by = SAME_LETTERS[bare.toLowerCase()];
  return by === undefined ? undefined : [[letter, by]];
}

/** The first byte says enough of most; those of three bytes share theirs with many scripts. */
function leadOf(character: string): string {
  const bytes = Buffer.from(character);
  return bytes.toString('hex', 0, bytes.length > 2 ? bytes.length : 1);
}

/**
 * The SQL expression of a column's text with these characters replaced.
 * WHY asked before: most texts have none of them, and each replacement goes over the whole text; 0.06 µs for 100 ASCII characters,
 * 2 µs for German ones, 1 µs for Russian ones.
 */
export function foldedInSql(column: string): string {
  const replaced = replacedCharacters();
  const leads = [...new Set(replaced.map(([character]) => leadOf(character)))].map((lead) => `instr(CAST(${column} AS BLOB), x'${lead}')`);
  const folded = replaced.reduce((sql, [character, by]) => `replace(${sql}, '${character}', '${by}')`, column);
  return `iif(octet_length(${column}) = length(${column}) OR NOT (${leads.join(' OR ')}), ${column}, ${folded})`;
}
