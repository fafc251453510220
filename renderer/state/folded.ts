// Names as they are compared when people look for somebody: by the rule for messages, and wider where only an index could not follow.
import { foldLetter } from '../../app/domain/fold-letter.ts';

const ASCII = /^[ -~]*$/u;

/** Letters that are the same to who looks for a name, and that Unicode takes apart in no other way. */
const SAME: Readonly<Record<string, string>> = { ς: 'σ', ß: 'ss', ı: 'i', ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe' };
const OTHERS = new RegExp(`[${Object.keys(SAME).join('')}]`, 'gu');

export function folded(text: string): string {
  // WHY: most names are plain, and ten thousand are folded at the start.
  if (ASCII.test(text)) return text.toLowerCase();
  const bare = Array.from(text.normalize('NFKC'), foldLetter).join('');
  // Marks of all scripts, e.g. the hamza of an Arabic name.
  const wide = bare.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return wide.replace(OTHERS, (letter) => SAME[letter] ?? letter);
}
