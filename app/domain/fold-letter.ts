// One letter as it is compared when people look for something, a person or a message: without case, accents and strokes.

/**
 * Letters that are the same to who looks for something, and that Unicode takes apart in no way.
 * WHY here alone: whoever looks, the indexes of messages and the list of people fold by this. The indexes hold folded texts, so a change
 * needs a migration that makes them anew, as 0008 does.
 */
export const SAME_LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't', ŋ: 'n', ı: 'i', ſ: 's' },
  ς: 'σ',
};

/** The marks that Latin, Greek and Cyrillic letters are taken apart into. */
const MARK = '\\u0300-\\u0304\\u0306-\\u030c\\u030f\\u0311\\u0313\\u0314\\u031b\\u0323-\\u0328\\u032d\\u032e\\u0330\\u0331\\u0342\\u0345';
const ACCENTS = new RegExp(`^[${MARK}]+$`, 'u');
/** Scripts whose marks are accents. Vowel signs of other scripts are letters of their own and stay. */
const ACCENTED_SCRIPT = /[\p{sc=Latin}\p{sc=Greek}]/u;
/**
 * Of Cyrillic: those of the Slavic languages. WHY й too: it is also written as и and a breve, and nobody sees the difference.
 * Other letters with marks are letters of their own, e.g. Chuvash ӑ.
 */
const ACCENTED = /[йѝёѐїўѓќ]/iu;

/** `character` is one code point. Gives '' for an accent alone; most letters keep their length. */
export function foldLetter(character: string): string {
  if (ACCENTS.test(character)) return '';
  const [letter = '', ...marks] = character.normalize('NFD');
  const isAccented = ACCENTS.test(marks.join('')) && (ACCENTED_SCRIPT.test(letter) || ACCENTED.test(character));
  const bare = isAccented ? letter : character;
  const lower = bare.toLowerCase();
  // WHY: a few letters grow when they become small, by marks of their own.
  return SAME_LETTERS[lower] ?? (lower.length === bare.length ? lower : bare);
}
