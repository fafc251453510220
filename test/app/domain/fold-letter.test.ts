// One rule for people and messages: what is an accent in the letters that both know.
import { expect, it } from 'vitest';
import { foldLetter } from '../../../app/domain/fold-letter.ts';
import { foldText } from '../../../main/store/fold-text.ts';
import { folded } from '../../../renderer/state/folded.ts';

const fold = (text: string): string => Array.from(text, foldLetter).join('');

it.each([
  ['Café Ñandú Łódź', 'cafe nandu lodz'],
  ['Straße STRAẞE Ærø Œuvre Đurđa Þór Ǿ Ħal ıſ', 'strasse strasse aero oeuvre durda thor o hal is'],
  ['Ελένη ἄνθρωπος ἐλπίς ᾨδή ΟΔΟΣ ῥόδον', 'ελενη ανθρωποσ ελπισ ωδη οδοσ ροδον'],
  ['Йод Ёж Київ Ўзбек Ѓорче', 'иод еж киів узбек горче'],
  ['हिन्दी ไทย 한국어 ガ أحمد', 'हिन्दी ไทย 한국어 ガ أحمد'],
  ['İstanbul ﬁn', 'istanbul ﬁn'],
])('%s', (text, plain) => {
  expect(fold(text)).toBe(plain);
});

it.each(['Йод мой', 'Ёлка', 'Київ', 'Ελένη', 'ἄνθρωπος ἐλπίς', 'Café', 'Tiếng Việt'])(
  '%s is the same to who looks for a person and to who looks for a message, composed or not',
  (text) => {
    const ways = [text, text.normalize('NFD')].flatMap((way) => [folded(way), foldText(way).text]);
    expect(new Set(ways).size).toBe(1);
  },
);
