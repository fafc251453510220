// Text as it is compared when people look for something: without case and accents, in every script and whatever the language of the window.

const ASCII = /^[ -~]*$/u;

/** Letters that are the same to who looks for a name, and that Unicode takes apart in no other way. */
const SAME: Readonly<Record<string, string>> = { ς: 'σ', ß: 'ss', ı: 'i', ø: 'o', ł: 'l', đ: 'd', æ: 'ae', œ: 'oe' };
const OTHERS = new RegExp(`[${Object.keys(SAME).join('')}]`, 'gu');

export function folded(text: string): string {
  // WHY: most names are plain, and ten thousand are folded at the start.
  if (ASCII.test(text)) return text.toLowerCase();
  const bare = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return bare.replace(OTHERS, (letter) => SAME[letter] ?? letter);
}
