// One letter as it is compared when people look for something, a person or a message: without case and accents.

/** What is an accent in the scripts below. Vowel signs of other scripts are letters of their own and stay. */
const ACCENT = /^[\u0300-\u036f]+$/u;
const ACCENTED_SCRIPT = /[\p{sc=Latin}\p{sc=Greek}]/u;
/**
 * Of Cyrillic: those of the Slavic languages. WHY й too: it is also written as и and a breve, and nobody sees the difference.
 * Other letters with marks are letters of their own, e.g. Chuvash ӑ.
 */
const ACCENTED = /[йѝёѐїўѓќ]/iu;

/** `character` is one code point. Gives '' for an accent alone; a letter keeps its length. */
export function foldLetter(character: string): string {
  const [letter = '', ...marks] = character.normalize('NFD');
  if (marks.length === 0 && ACCENT.test(letter)) return '';
  const isAccented = ACCENT.test(marks.join('')) && (ACCENTED_SCRIPT.test(letter) || ACCENTED.test(character));
  const bare = isAccented ? letter : character;
  const lower = bare === 'ς' ? 'σ' : bare.toLowerCase();
  // WHY: a few letters grow when they become small; they keep their length so that every place in a text stays known.
  return lower.length === bare.length ? lower : bare;
}
