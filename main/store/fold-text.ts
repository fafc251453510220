// Folding for search: case and accents away, so that `Café` is found by `cafe`. The indexes fold Latin in the same way by themselves;
// for the others see accent-variants.ts.
import { foldLetter } from '../../app/domain/fold-letter.ts';

/** A text as it is compared. `starts[i]` is where its i-th code unit began in the text; undefined: at i. */
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
  for (const character of text) {
    const piece = foldedCharacter(character);
    for (let unit = 0; unit < piece.length; unit += 1) starts.push(place + unit);
    folded += piece;
    place += character.length;
  }
  return { text: folded, starts: folded.length === text.length ? undefined : [...starts, text.length] };
}
