// CPIM: the RFC's message, escapes, IMDN headers, what Kamailio makes of it, hostile input (RFC 3862).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IMDN_HEADERS, looksLikeCpim, parseCpim, printCpim, type CpimMessage } from '../../../../main/simple/document/cpim.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const EMPTY: CpimMessage = {
  from: undefined,
  to: [],
  cc: [],
  dateTimeMs: undefined,
  subject: undefined,
  required: [],
  headers: [],
  contentType: 'text/plain',
  contentHeaders: [],
  body: new Uint8Array(),
};

const RFC_EXAMPLE = [
  'From: MR SANDERS <im:piglet@100akerwood.com>',
  'To: Depressed Donkey <im:eeyore@100akerwood.com>',
  'DateTime: 2000-12-13T13:40:00-08:00',
  'Subject: the weather will be fine today',
  'Subject:;lang=fr beau temps prevu pour aujourd\\u2019hui',
  'NS: MyFeatures <mid:MessageFeatures@id.foo.com>',
  'Require: MyFeatures.VitalMessageOption',
  'MyFeatures.VitalMessageOption: Confirmation-requested',
  'MyFeatures.WackyMessageOption: Use-silly-font',
  '',
  'Content-type: text/xml; charset=utf-8',
  'Content-ID: <1234567890@foo.com>',
  '',
  '<body>\r\nHere is the text of my message.\r\n</body>',
].join('\r\n');

describe('parseCpim', () => {
  it('RFC 3862 §5.1', () => {
    expect(parseCpim(bytes(RFC_EXAMPLE))).toEqual({
      kind: 'ok',
      message: {
        from: { displayName: 'MR SANDERS', uri: 'im:piglet@100akerwood.com' },
        to: [{ displayName: 'Depressed Donkey', uri: 'im:eeyore@100akerwood.com' }],
        cc: [],
        dateTimeMs: Date.UTC(2000, 11, 13, 21, 40),
        subject: 'the weather will be fine today',
        required: ['MyFeatures.VitalMessageOption'],
        headers: [
          { namespace: 'mid:MessageFeatures@id.foo.com', name: 'VitalMessageOption', value: 'Confirmation-requested' },
          { namespace: 'mid:MessageFeatures@id.foo.com', name: 'WackyMessageOption', value: 'Use-silly-font' },
        ],
        contentType: 'text/xml; charset=utf-8',
        contentHeaders: [{ name: 'Content-ID', value: '<1234567890@foo.com>' }],
        body: bytes('<body>\r\nHere is the text of my message.\r\n</body>'),
      },
    });
  });

  it('reads IMDN headers, bare line feeds and an empty envelope', () => {
    const text =
      'from: <sip:a@b>\nTo: sip:c@d\nNS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: 34jk324j\nimdn.Disposition-Notification: positive-delivery, display\n\nContent-Type: text/plain\n\nhi\n\nthere';
    expect(parseCpim(bytes(text))).toEqual({
      kind: 'ok',
      message: {
        ...EMPTY,
        from: { displayName: '', uri: 'sip:a@b' },
        to: [{ displayName: '', uri: 'sip:c@d' }],
        headers: [
          { namespace: IMDN_HEADERS, name: 'Message-ID', value: '34jk324j' },
          { namespace: IMDN_HEADERS, name: 'Disposition-Notification', value: 'positive-delivery, display' },
        ],
        body: bytes('hi\n\nthere'),
      },
    });
    expect(parseCpim(bytes('\r\n\r\nbody'))).toEqual({ kind: 'ok', message: { ...EMPTY, body: bytes('body') } });
  });

  it.each([
    ['nothing', ''],
    ['plain text', 'hello\r\n\r\nthere'],
    ['no end of headers', 'From: <im:a@b>\r\n'],
    ['no part', 'From: <im:a@b>\r\n\r\nContent-Type: text/plain'],
    ['a very long header', `Subject: ${'x'.repeat(10_000)}\r\n\r\n\r\n`],
    ['very many headers', `${'X: y\r\n'.repeat(100)}\r\n\r\n`],
  ])('refuses: %s', (_name, text) => {
    expect(parseCpim(bytes(text))).toMatchObject({ kind: 'failure', reason: expect.any(String) as string });
  });

  it.each([
    ['CPIM', RFC_EXAMPLE, true],
    ['text with a colon', 'From: here on\r\n\r\nnothing', false],
    ['text in two paragraphs', 'To: do\n\nNote: buy milk\n\nbread', false],
    ['empty', '', false],
  ])('knows CPIM by its shape: %s', (_name, text, expected) => {
    expect(looksLikeCpim(bytes(text))).toBe(expected);
  });

  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(RFC_EXAMPLE.length), (junk, at) => {
        const good = bytes(RFC_EXAMPLE);
        expect(['ok', 'failure']).toContain(parseCpim(junk).kind);
        expect(['ok', 'failure']).toContain(parseCpim(Uint8Array.from([...good.subarray(0, at), ...junk, ...good.subarray(at)])).kind);
      }),
    );
  });
});

describe('printCpim', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((value) => value.trim() === value && value.isWellFormed());
  const address = fc.record({ displayName: fc.oneof(fc.constant(''), text), uri: fc.constantFrom('sip:a@b', 'im:piglet@100akerwood.com') });
  const token = fc
    .stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/)
    .filter((name) => !/^(from|to|cc|datetime|subject|require|ns|content-type)$/i.test(name));
  const message: fc.Arbitrary<CpimMessage> = fc.record({
    from: fc.option(address, { nil: undefined }),
    to: fc.array(address, { maxLength: 2 }),
    cc: fc.array(address, { maxLength: 2 }),
    dateTimeMs: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 }), { nil: undefined }),
    subject: fc.option(text, { nil: undefined }),
    required: fc.constantFrom([], ['imdn.Message-ID'], ['a.b', 'c.d']),
    headers: fc.array(fc.record({ namespace: fc.constantFrom('', IMDN_HEADERS, 'urn:x', 'urn:y'), name: token, value: text }), {
      maxLength: 3,
    }),
    contentType: fc.constantFrom('text/plain', 'text/plain;charset=utf-8', 'message/imdn+xml'),
    contentHeaders: fc.array(fc.record({ name: token, value: fc.constantFrom('<a@b>', 'notification') }), { maxLength: 2 }),
    body: fc.uint8Array({ maxLength: 40 }),
  });

  it('what is printed reads back the same', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(parseCpim(printCpim(value))).toEqual({ kind: 'ok', message: value });
      }),
    );
  });

  it('lets no value begin a header or a part', () => {
    const evil = 'x\r\nTo: <im:eve@example.org>\r\n\r\nContent-Type: text/html\r\n\r\n<b>';
    const printed = printCpim({
      ...EMPTY,
      from: { displayName: `${evil}" <im:eve@e>`, uri: `im:a@b>\r\nTo: <im:eve@e` },
      subject: evil,
      contentType: evil,
      headers: [{ namespace: 'urn:x>\r\n', name: 'A\r\nB', value: evil }],
    });
    const parsed = parseCpim(printed);
    expect(parsed).toMatchObject({ kind: 'ok', message: { to: [], subject: evil, body: new Uint8Array() } });
  });
});
