// Accents that the indexes keep: Greek ones, and ё. A query without them asks for the words that have one, so that `ελενη` finds `Ελένη`.

/** By the bare letter, the others that stand for it in the indexes. й is a letter of its own. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  α: ['ά'],
  ε: ['έ'],
  η: ['ή'],
  ι: ['ί', 'ϊ', 'ΐ'],
  ο: ['ό'],
  υ: ['ύ', 'ϋ', 'ΰ'],
  ω: ['ώ'],
  е: ['ё'],
};
const HAS_OTHERS = new RegExp(`[${Object.keys(OTHERS).join('')}]`, 'u');

const BARE = new Map(Object.entries(OTHERS).flatMap(([letter, others]) => others.map((other): [string, string] => [other, letter])));

/** The bare letter for one of those that stand for it; anything else as it is. */
export function withoutAccent(letter: string): string {
  return BARE.get(letter) ?? letter;
}

/** More ways to write a word than this are not asked for; then it has one accent at most, as words of these languages have. */
const WAYS_LIMIT = 64;

/** All ways to write a folded text, itself first. */
export function accentVariants(folded: string): string[] {
  if (!HAS_OTHERS.test(folded)) return [folded];
  const letters = [...folded];
  const ways = letters.map((letter) => [letter, ...(OTHERS[letter] ?? [])]);
  if (ways.reduce((count, { length }) => count * length, 1) <= WAYS_LIMIT) {
    return ways.reduce<string[]>((begun, next) => begun.flatMap((text) => next.map((letter) => text + letter)), ['']);
  }
  return [folded, ...letters.flatMap((letter, at) => (OTHERS[letter] ?? []).map((other) => letters.with(at, other).join('')))];
}
