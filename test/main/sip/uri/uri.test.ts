// URIs: parse and print by table and by property, comparison by the rows of RFC 3261 §19.1.4.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOctets, encodeText } from '../../../../main/sip/uri/octets.ts';
import { parseUri } from '../../../../main/sip/uri/parse-uri.ts';
import { printUri } from '../../../../main/sip/uri/print-uri.ts';
import type { SipUri, Uri } from '../../../../main/sip/uri/uri.ts';
import { uriEquals } from '../../../../main/sip/uri/uri-equals.ts';
import { anyUri } from '../arbitrary.ts';

function sip(parts: Partial<SipUri>): SipUri {
  const empty = { scheme: 'sip', user: undefined, password: undefined, port: undefined, parameters: [], headers: [] } as const;
  return { kind: 'sip', ...empty, host: 'example.com', ...parts };
}

function read(text: string): Uri {
  const result = parseUri(text);
  if (result.kind === 'failure') throw new Error(`${text}: ${result.reason}`);
  return result.value;
}

const parsed: readonly (readonly [text: string, uri: Uri, printed?: string])[] = [
  ['sip:example.com', sip({})],
  ['SIP:example.com', sip({}), 'sip:example.com'],
  ['sips:alice@example.com', sip({ scheme: 'sips', user: 'alice' })],
  ['sip:alice:secret@example.com:5070', sip({ user: 'alice', password: 'secret', port: 5070 })],
  ['sip:alice:@example.com', sip({ user: 'alice', password: '' })],
  ['sip:%61lice%40home@example.com', sip({ user: 'alice@home' }), 'sip:alice%40home@example.com'],
  ['sip:j%C3%BCrgen@example.com', sip({ user: 'jürgen' })],
  ['sip:a%FF@example.com', sip({ user: 'a\udcff' })],
  ['sip:a;b?c/d@example.com', sip({ user: 'a;b?c/d' })],
  ['sip:[2001:db8::1]:5061', sip({ host: '[2001:db8::1]', port: 5061 })],
  ['sip:my_host', sip({ host: 'my_host' })],
  [
    'sip:example.com;transport=TCP;lr;x=%20?subject=a%20b&to=',
    sip({
      parameters: [
        { name: 'transport', value: 'TCP' },
        { name: 'lr', value: undefined },
        { name: 'x', value: ' ' },
      ],
      headers: [
        { name: 'subject', value: 'a b' },
        { name: 'to', value: '' },
      ],
    }),
  ],
  ['tel:+358-555-1234567;phone-context=x', { kind: 'other', scheme: 'tel', rest: '+358-555-1234567;phone-context=x' }],
  ['IM:alice@example.com', { kind: 'other', scheme: 'im', rest: 'alice@example.com' }, 'im:alice@example.com'],
  ['urn:service:sos', { kind: 'other', scheme: 'urn', rest: 'service:sos' }],
];

const refused = [
  '', 'sip', 'sip:', 'sips:', ':x', 'x:', '1a:b', 'sip:@example.com', 'sip:a@', 'sip:a b@example.com', 'sip:a@b@c', 'sip:a%4@example.com',
  'sip:a%zz@example.com', 'sip:example.com:', 'sip:example.com:65536', 'sip:example.com:5x', 'sip:2001:db8::1', 'sip:[::1', 'sip:[abc]',
  'sip:example.com;', 'sip:example.com;=x', 'sip:example.com?', 'sip:example.com?a', 'sip:example.com;a=b=c', 'sip:example.com;x=%', 'sip:é@example.com',
  'tel:a b', 'tel:<x>', 'sip:example.com\r\nVia: x', ' sip:example.com', 'sip:a:b/c@example.com',
]; // prettier-ignore

describe('parseUri and printUri', () => {
  it.each(parsed.map(([text, uri, printed = text]) => ({ text, uri, printed })))('$text', ({ text, uri, printed }) => {
    expect([parseUri(text), printUri(uri)]).toEqual([{ kind: 'ok', value: uri }, printed]);
  });

  it.each(refused)('refuses %j', (text) => {
    expect(parseUri(text)).toEqual({ kind: 'failure', offset: expect.any(Number) as number, reason: expect.any(String) as string });
  });

  it('gives back what was printed', () => {
    fc.assert(
      fc.property(anyUri, (uri) => {
        expect(parseUri(printUri(uri))).toEqual({ kind: 'ok', value: uri });
      }),
    );
  });

  it('takes any text without a throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `sip:${text}`),
        ),
        (text) => {
          expect(['ok', 'failure']).toContain(parseUri(text).kind);
        },
      ),
    );
  });

  it('never prints what would leave the brackets around it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const other = printUri({ kind: 'other', scheme: 'x', rest: text });
        const own = printUri(sip({ user: text, parameters: [{ name: 'a', value: text }], headers: [{ name: text, value: text }] }));
        expect(/[<>"\s]/.test(other + own)).toBe(false);
      }),
    );
  });
});

describe('octets', () => {
  it('keeps every byte through text and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(encodeText(decodeOctets(buffer.toString('latin1'))).equals(buffer)).toBe(true);
      }),
    );
  });
});

const rows: readonly (readonly [a: string, b: string, isEqual: boolean])[] = [
  // The examples of §19.1.4.
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp', true],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5', true],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on', true],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    true,
  ],
  ['sip:alice@atlanta.com?subject=project%20x&priority=urgent', 'sip:alice@atlanta.com?priority=urgent&subject=project%20x', true],
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP', false],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060', false],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp', false],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp', false],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting', false],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4', false],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off', false],
  // Its other rules.
  ['sip:a@b', 'sips:a@b', false],
  ['sip:a@b;user=phone', 'sip:a@b', false],
  ['sip:a@b;ttl=1', 'sip:a@b', false],
  ['sip:a@b;method=INVITE', 'sip:a@b', false],
  ['sip:a@b;maddr=192.0.2.1', 'sip:a@b', false],
  ['sip:a:x@b', 'sip:a@b', false],
  ['sip:a@b;lr', 'sip:a@b;lr', true],
  ['sip:a@b?x=1', 'sip:a@b?x=2', false],
  // RFC 5954 §4.2, and other schemes.
  ['sip:[2001:db8::1]', 'sip:[2001:0DB8:0:0:0:0:0:1]', true],
  ['sip:[2001:db8::1]', 'sip:[2001:db8::2]', false],
  ['tel:+1', 'tel:+1', true],
  ['tel:+1', 'tel:+2', false],
  ['tel:+1', 'sip:1', false],
];

describe('uriEquals', () => {
  it.each(rows)('%s, %s: %s', (a, b, isEqual) => {
    expect([uriEquals(read(a), read(b)), uriEquals(read(b), read(a))]).toEqual([isEqual, isEqual]);
  });
});
