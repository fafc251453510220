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
/** The indexes know this one: it is s in them. */
const LONG_S = 'ſ';

interface Replaced {
  readonly character: string;
  readonly by: string;
  /** Of its UTF-8, in hex: the first byte says enough, but those of three bytes share it with many scripts. */
  readonly lead: string;
}

function replaced(character: string, by: string): Replaced {
  const bytes = Buffer.from(character);
  return { character, by, lead: bytes.toString('hex', 0, bytes.length > 2 ? bytes.length : 1) };
}

/** Each character that the indexes would not fold as we do. */
const REPLACED = [
  ...LATIN_BLOCKS.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)).flatMap((letter) => {
      const [bare = ''] = letter.normalize('NFD');
      const by = SAME_LETTERS[bare.toLowerCase()];
      return by === undefined || bare === LONG_S ? [] : [replaced(letter, by)];
    }),
  ),
  ...GREEK_MARKS.map((mark) => replaced(mark, '')),
];
/** The lead of ß, æ and ø, and of the accented letters of Western Europe: most texts that are not ASCII have no other. */
const COMMON_LEAD = 'c3';

/**
 * The SQL expression of a column's text with these characters replaced.
 * WHY asked before: most texts have none of them, and each replacement goes over the whole text, 0.07 µs for 100 characters.
 */
export function foldedInSql(column: string): string {
  const hasLead = (lead: string): string => `instr(CAST(${column} AS BLOB), x'${lead}')`;
  const fold = (list: readonly Replaced[]): string =>
    list.reduce((sql, { character, by }) => `replace(${sql}, '${character}', '${by}')`, column);
  const common = REPLACED.filter(({ lead }) => lead === COMMON_LEAD);
  const rareLeads = new Set(REPLACED.filter((each) => !common.includes(each)).map(({ lead }) => lead));
  return `CASE WHEN octet_length(${column}) = length(${column}) THEN ${column}
    WHEN ${[...rareLeads].map(hasLead).join(' OR ')} THEN ${fold(REPLACED)}
    WHEN ${hasLead(COMMON_LEAD)} THEN ${fold(common)} ELSE ${column} END`;
}
