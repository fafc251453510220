// Accents that the indexes keep: Greek and Cyrillic ones. A query without them asks for the words that have one, so that `ελενη` finds `Ελένη`.
import { foldLetter } from '../../app/domain/fold-letter.ts';

/** Where the letters with such accents are: Greek, Cyrillic of the Slavic languages, old Greek. */
const BLOCKS = [
  [0x370, 0x3ff],
  [0x400, 0x45f],
  [0x1f00, 0x1fff],
] as const;

/** By the bare letter, the others that stand for it in the indexes, which fold case by themselves. */
const OTHERS = new Map<string, string[]>();
for (const [first, last] of BLOCKS) {
  for (let code = first; code <= last; code += 1) {
    const letter = String.fromCodePoint(code);
    const bare = foldLetter(letter);
    // ς is σ in the indexes too.
    if (/\p{Ll}/u.test(letter) && bare !== letter && letter !== 'ς') OTHERS.set(bare, [...(OTHERS.get(bare) ?? []), letter]);
  }
}
const HAS_OTHERS = new RegExp(`[${[...OTHERS.keys()].join('')}]`, 'u');
const othersOf = (letter: string): readonly string[] => OTHERS.get(letter) ?? [];

/** In how many ways a folded text may be written. */
export function countVariants(folded: string): number {
  if (!HAS_OTHERS.test(folded)) return 1;
  return [...folded].reduce((count, letter) => count * (1 + othersOf(letter).length), 1);
}

/** Two vowels of old Greek fit (27 × 27). More ways to write it are not asked for; then it has one accent at most. */
export const VARIANTS_LIMIT = 750;

/** All ways to write a folded text, itself first. */
export function accentVariants(folded: string): string[] {
  if (!HAS_OTHERS.test(folded)) return [folded];
  const letters = [...folded];
  if (countVariants(folded) <= VARIANTS_LIMIT) {
    return letters.reduce<string[]>(
      (begun, next) => begun.flatMap((text) => [next, ...othersOf(next)].map((letter) => text + letter)),
      [''],
    );
  }
  return [folded, ...letters.flatMap((letter, at) => othersOf(letter).map((other) => letters.with(at, other).join('')))];
}
