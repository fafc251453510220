// Names are found however they are typed: case and accents of every script away.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { folded } from '../../../renderer/state/folded.ts';

it.each([
  ['Ελένη ΟΔΟΣ Οδός', 'ελενη οδοσ οδοσ'],
  ['Йод Ёж Київ', 'иод еж киів'],
  ['Straße ŁÓDŹ Ørsted Æon', 'strasse lodz orsted aeon'],
  ['İstanbul ISPARTA ılık', 'istanbul isparta ilik'],
  ['Ｆｕｌｌ ﬁn', 'full fin'],
])('%s', (text, plain) => expect(folded(text)).toBe(plain));

it('stays what it is when folded again, whatever the case it began in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(folded(folded(text))).toBe(folded(text));
    }),
  );
});
