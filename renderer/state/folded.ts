// Names as they are compared when people look for somebody: by the rule for messages, and wider where only an index could not follow.
import { foldLetter } from '../../app/domain/fold-letter.ts';

const ASCII = /^[ -~]*$/u;

export function folded(text: string): string {
  // WHY: most names are plain, and ten thousand are folded at the start.
  if (ASCII.test(text)) return text.toLowerCase();
  const bare = Array.from(text.normalize('NFKC'), foldLetter).join('');
  // Marks of all scripts, e.g. the hamza of an Arabic name.
  return bare.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
