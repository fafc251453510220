// Addresses: what is read, what is equal, what is refused (RFC 3261 §19.1.4, §20.10; RFC 3966).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesEqual, parseAddress } from '../../../app/domain/address.ts';

const READ: [string, string, string?][] = [
  ['ada@example.org', 'sip:ada@example.org'],
  [' ada@Example.ORG ', 'sip:ada@example.org'],
  ['sip:ada@example.org', 'sip:ada@example.org'],
  ['SIPS:ada@example.org', 'sip:ada@example.org'],
  ['pres:ada@example.org', 'sip:ada@example.org'],
  ['im:ada@example.org?subject=x', 'sip:ada@example.org'],
  ['<sip:ada@example.org>', 'sip:ada@example.org'],
  ['"Ada \\"L\\" <x>" <sip:ada@example.org;transport=tcp>;tag=1', 'sip:ada@example.org', 'Ada "L" <x>'],
  ['Ada Lovelace <ada@example.org>', 'sip:ada@example.org', 'Ada Lovelace'],
  ['"\u202Eada\u0007" <sip:ada@example.org>', 'sip:ada@example.org', 'ada'],
  ['sip:Ada@example.org', 'sip:Ada@example.org'],
  ['sip:%61da%2d1@example.org', 'sip:ada-1@example.org'],
  ['sip:a%3bb;c@example.org', 'sip:a%3Bb;c@example.org'],
  ['sip:jos\u00e9@example.org', 'sip:jos%C3%A9@example.org'],
  ['sip:ada:secret@example.org:5070;lr?x=y@z', 'sip:ada@example.org:5070'],
  ['sip:ada@[2001:DB8::1]:5060', 'sip:ada@[2001:db8::1]:5060'],
  ['sip:ada@192.0.2.1', 'sip:ada@192.0.2.1'],
  ['sip:example.org', 'sip:example.org'],
  ['ada@example.org.', 'sip:ada@example.org'],
  ['tel:+49-30-123 45', 'tel:+493012345'],
  ['tel:7042;phone-context=Example.com', 'tel:7042;phone-context=example.com'],
  ['tel:+1-201-555-0123;phone-context=x', 'tel:+12015550123'],
];

const REFUSED: readonly string[] = [
  '',
  '   ',
  '<>',
  'ada',
  '@example.org',
  'ada@',
  'ada@exa mple.org',
  'ada lovelace@example.org',
  'ada@-example.org',
  'ada@example..org',
  'ada@example.org:0',
  'ada@example.org:70000',
  'ada@[::1',
  'sip:',
  'sip::secret@example.org',
  'sip:a%zz@example.org',
  'sip:a\u0000b@example.org',
  'mailto:ada@example.org',
  'javascript:alert(1)',
  'http://example.org/',
  'tel:',
  'tel:call-me',
  'ada@ex\u00e4mple.org',
  `${'a'.repeat(600)}@example.org`,
  'x'.repeat(100_000),
  '\ud800@example.org',
];

describe('parseAddress', () => {
  it.each(READ)('reads %s', (text, address, display) => {
    expect(parseAddress(text)).toEqual(display === undefined ? { kind: 'ok', address } : { kind: 'ok', address, display });
  });

  it.each(REFUSED)('refuses %j with a sentence', (text) => {
    expect(parseAddress(text)).toEqual({ kind: 'failure', reason: expect.stringMatching(/^.{10,}\.$/) as string });
  });

  it('never throws, and what it gives is canonical already', () => {
    const pieces = fc.constantFrom(
      'sip:',
      'ada',
      '@',
      'example.org',
      '<',
      '>',
      '"',
      '%41',
      '%',
      ';',
      ':',
      '[',
      ']',
      '\u202e',
      'tel:',
      '+49',
      ' ',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const first = parseAddress(text);
        if (first.kind === 'ok') expect(parseAddress(first.address)).toEqual({ kind: 'ok', address: first.address });
        else expect(first.reason).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

describe('addressesEqual', () => {
  it.each([
    ['sip:ada@example.org', 'pres:ada@EXAMPLE.org', true],
    ['sip:ada@example.org', '"Ada" <sips:%61da@example.org;transport=tls>', true],
    ['sip:ada@example.org', 'sip:Ada@example.org', false],
    ['sip:ada@example.org', 'sip:ada@example.org:5060', false],
    ['tel:+491', 'sip:+491@example.org', false],
    ['tel:+49 1', 'tel:+491', true],
    ['nobody', 'nobody', false],
  ])('%s and %s: %s', (first, second, expected) => {
    expect(addressesEqual(first, second)).toBe(expected);
  });
});
