// Hostile and odd text is shown as text: nothing hidden, nothing turned around, links only where they are.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldedText, safeUrl, shownName, shownText, snippetParts, textParts } from '../../../renderer/state/safe-text.ts';
import { hueOf, initials, personName, shownAddress, typedAddress } from '../../../renderer/state/naming.ts';

const hostile = fc.string({
  unit: fc.constantFrom(
    'a',
    ' ',
    '\n',
    '\r',
    '\u0000',
    '\u0007',
    '\u202E',
    '\u202C',
    '\u2066',
    '\u200B',
    '(',
    'https://x.example/',
    '😀',
    '\u009F',
  ),
});

/** A control character, or one that steers direction by force. */
function isHidden(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x202a && code <= 0x202e);
}

describe('shownText', () => {
  it('makes control characters and overrides visible', () => {
    expect(shownText('a\u0000b\u0007c\u007f\u0085\r\nd\re\tf\u202Eg\u202C')).toBe('a\u2400b\u2407c\u2421\ufffd\nd\ne\tf⟨U+202E⟩g⟨U+202C⟩');
  });

  it('leaves no steering or control character, whatever comes', () => {
    fc.assert(fc.property(hostile, (text) => ![...shownText(text)].some((one) => one !== '\t' && one !== '\n' && isHidden(one))));
  });
});

describe('shownName', () => {
  it('is one bounded line without steering', () => {
    expect(shownName('  Bob\n\tMartin \u202E(admin)\u0000\u200B ')).toBe('Bob Martin (admin)');
    expect(shownName('x'.repeat(500))).toBe(`${'x'.repeat(120)}…`);
    fc.assert(fc.property(hostile, (text) => ![...shownName(text)].some(isHidden) && shownName(text).length <= 121));
  });
});

describe('foldedText', () => {
  it('leaves short texts alone and cuts long ones', () => {
    expect(foldedText('short')).toBe(null);
    expect(foldedText('x'.repeat(2_000))).toBe(null);
    expect(foldedText('x'.repeat(2_001))).toBe('x'.repeat(2_000));
    expect(foldedText('line\n'.repeat(30))).toBe(`${'line\n'.repeat(23)}line`);
  });

  it('never cuts a character in half', () => {
    expect(foldedText('x' + '😀'.repeat(2_000))).toBe('x' + '😀'.repeat(999));
  });
});

describe('textParts', () => {
  it('finds links and leaves their surroundings', () => {
    expect(textParts('See https://example.org/a(b)?q=1, (http://example.net). Bye')).toEqual([
      { kind: 'text', text: 'See ' },
      { kind: 'link', text: 'https://example.org/a(b)?q=1', url: 'https://example.org/a(b)?q=1' },
      { kind: 'text', text: ', (' },
      { kind: 'link', text: 'http://example.net', url: 'http://example.net/' },
      { kind: 'text', text: '). Bye' },
    ]);
  });

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'sip:bob@example.org',
    'https://good.example@evil.example/',
    'https://',
    'http://[',
    'data:text/html,x',
  ])('makes no link of %s', (text) => {
    expect(textParts(text)).toEqual([{ kind: 'text', text }]);
  });

  it('gives the whole text back, and only http(s) links', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const parts = textParts(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const part of parts) if (part.kind === 'link') expect(safeUrl(part.url)).toBe(part.url);
      }),
    );
  });

  it('is quick on a megabyte of brackets', () => {
    expect(textParts(`https://x.example/${')'.repeat(1_000_000)}`)).toHaveLength(2);
    expect(textParts(`https://x.example/${'()'.repeat(500_000)}`)).toHaveLength(1);
    expect(textParts('https://x.example/) '.repeat(20_000))).toHaveLength(40_000);
  });
});

describe('snippetParts', () => {
  it('splits at the marks and bears missing ones', () => {
    expect(snippetParts('a \u0001b\u0002 c')).toEqual([
      { isMatch: false, text: 'a ' },
      { isMatch: true, text: 'b' },
      { isMatch: false, text: ' c' },
    ]);
    expect(snippetParts('\u0002\u0001open')).toEqual([{ isMatch: true, text: 'open' }]);
    expect(snippetParts('')).toEqual([]);
  });
});

describe('names', () => {
  it('prefer what the person chose, then what is claimed, then the address', () => {
    expect(personName('sip:bob@example.org', 'Bobby', 'Robert')).toBe('Bobby');
    expect(personName('sip:bob@example.org', '', 'Robert')).toBe('Robert');
    expect(personName('sip:bob@example.org', ' ', '\u202E')).toBe('bob');
  });

  it('have initials and a hue', () => {
    expect(['Bob Martin', 'bob', '(admin) x', '', '山田 ゆき', '😀'].map(initials)).toEqual(['BM', 'B', 'AX', '?', '山ゆ', '?']);
    expect(hueOf('sip:bob@example.org')).toBe(hueOf('sip:bob@example.org'));
    fc.assert(fc.property(fc.string(), (text) => hueOf(text) >= 0 && hueOf(text) < 360));
  });

  it('of addresses are shown without, and typed with or without, their scheme', () => {
    expect([shownAddress('sip:ada@example.org'), shownAddress('pres:ada@example.org'), shownAddress('tel:+4912')]).toEqual([
      'ada@example.org',
      'ada@example.org',
      'tel:+4912',
    ]);
    expect([typedAddress(' ada@example.org '), typedAddress('sips:ada@example.org'), typedAddress('')]).toEqual([
      'sip:ada@example.org',
      'sips:ada@example.org',
      '',
    ]);
  });
});
