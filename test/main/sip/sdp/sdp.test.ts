// Session descriptions parsed and printed: RFC 8866 §5 and §9, message media of RFC 4975 §8, and hostile text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeText, attributeWords, directionOf, withAttribute } from '../../../../main/sip/sdp/attribute.ts';
import { sdpDescription, sdpMedia } from '../../../../main/sip/sdp/description.ts';
import type { SdpAttribute, SessionDescription } from '../../../../main/sip/sdp/description.ts';
import { MAX_SDP_BYTES, MAX_SDP_LINES, MAX_SDP_MEDIA, parseSdp } from '../../../../main/sip/sdp/parse-sdp.ts';
import { printSdp } from '../../../../main/sip/sdp/print-sdp.ts';

const MSRP = [
  'v=0',
  'o=alice 2890844526 2890844527 IN IP4 alice.example.test',
  's= ',
  'c=IN IP4 alice.example.test',
  't=0 0',
  'm=message 7394 TCP/MSRP *',
  'a=accept-types:message/cpim text/plain text/html',
  'a=accept-wrapped-types:*',
  'a=path:msrp://alice.example.test:7394/2s93i9ek2a;tcp',
  'a=sendonly',
];
function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\r\n`).join('');
}
const MINIMUM = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 't=0 0'];

describe('a message session', () => {
  it('is read into its parts and printed the same', () => {
    const media = sdpMedia({
      kind: 'message',
      port: 7394,
      protocol: 'TCP/MSRP',
      formats: ['*'],
      attributes: [
        { name: 'accept-types', value: 'message/cpim text/plain text/html' },
        { name: 'accept-wrapped-types', value: '*' },
        { name: 'path', value: 'msrp://alice.example.test:7394/2s93i9ek2a;tcp' },
        { name: 'sendonly', value: undefined },
      ],
    });
    const value: SessionDescription = {
      ...sdpDescription({ sessionId: '2890844526', address: 'alice.example.test', media: [media] }),
      name: ' ',
      origin: {
        username: 'alice',
        sessionId: '2890844526',
        version: '2890844527',
        networkType: 'IN',
        addressType: 'IP4',
        address: 'alice.example.test',
      },
    };
    expect(parseSdp(lines(MSRP))).toEqual({ kind: 'ok', value });
    expect(printSdp(value)).toBe(lines(MSRP));
  });

  it('tells path, types and direction', () => {
    const result = parseSdp(Buffer.from(lines(MSRP)));
    if (result.kind === 'failure') throw new Error(result.reason);
    const media = result.value.media[0]!;
    expect({
      path: attributeText(media.attributes, 'path'),
      types: attributeWords(media.attributes, 'accept-types'),
      flag: attributeText(media.attributes, 'sendonly'),
      absent: [attributeText(media.attributes, 'setup'), attributeWords(media.attributes, 'setup')],
      direction: directionOf(media, result.value),
      ofSession: directionOf({ ...media, attributes: [] }, { attributes: [{ name: 'inactive', value: undefined }] }),
      byDefault: directionOf({ ...media, attributes: [] }, { attributes: [] }),
    }).toEqual({
      path: 'msrp://alice.example.test:7394/2s93i9ek2a;tcp',
      types: ['message/cpim', 'text/plain', 'text/html'],
      flag: '',
      absent: [undefined, []],
      direction: 'sendonly',
      ofSession: 'inactive',
      byDefault: 'sendrecv',
    });
  });

  it('replaces an attribute in its place', () => {
    const list: SdpAttribute[] = ['a', 'b', 'a', 'c'].map((name) => ({ name, value: '1' }));
    expect(withAttribute(list, 'b', '2').map(({ name, value }) => `${name}${value}`)).toEqual(['a1', 'b2', 'a1', 'c1']);
    expect(withAttribute(list, 'a', '2').map(({ name, value }) => `${name}${value}`)).toEqual(['a2', 'b1', 'c1']);
    expect(withAttribute(list, 'd', undefined).map(({ name, value }) => `${name}${value}`)).toEqual(['a1', 'b1', 'a1', 'c1', 'dundefined']);
  });
});

describe('every kind of line', () => {
  const FULL = [
    ...['v=0', 'o=jdoe 2890844526 2890842807 IN IP6 2001:db8::1', 's=Seminar', 'i=About it', 'u=http://example.test/a.pdf'],
    ...['e=j.doe@example.test', 'e=second@example.test', 'p=+1 617 555-6011', 'c=IN IP4 224.2.17.12/127', 'b=AS:128', 'b=X-YZ:64'],
    ...['t=3034423619 3042462419', 'r=604800 3600 0 90000', 'r=7d 1h 0 25h', 't=0 0', 'z=2882844526 -1h', 'k=prompt', 'a=recvonly'],
    ...['m=audio 49170/2 RTP/AVP 0 8', 'i=sound', 'c=IN IP4 192.0.2.1', 'c=IN IP4 192.0.2.2', 'b=AS:64', 'k=clear:x'],
    ...['a=rtpmap:0 PCMU/8000', 'a=sendonly', 'm=message 0 TCP/TLS/MSRP *', 'a=x:'],
  ];

  it('is printed in the order of RFC 8866 after being read', () => {
    const result = parseSdp(lines(FULL));
    if (result.kind === 'failure') throw new Error(`${result.line} ${result.reason}`);
    expect(printSdp(result.value).split('\r\n')).toEqual([...FULL, '']);
  });

  it.each<[string, readonly string[]]>([
    ['for all streams', ['c=IN IP4 x', 'm=a 1 b c', 'm=a 2 b c']],
    ['for each stream', ['m=a 1 b c', 'c=IN IP4 x', 'm=a 2 b c', 'c=IN IP6 y']],
    ['for each stream that is not refused', ['m=a 1 b c', 'c=IN IP4 x', 'm=a 0 b c']],
    ['for none, where there is no stream', []],
  ])('has its address %s (RFC 8866 §5.7)', (_name, list) => {
    expect(parseSdp(lines([...MINIMUM, ...list]))).toMatchObject({ kind: 'ok' });
  });

  it('may end in LF alone, and a last line in nothing', () => {
    expect(parseSdp(FULL.join('\n'))).toEqual(parseSdp(lines(FULL)));
  });

  it.each<[string, readonly string[], number, string]>([
    ['nothing', [], 0, 'o= is missing'],
    ['another version', ['v=1', ...MINIMUM.slice(1)], 1, 'version 0 expected'],
    ['no origin', ['v=0', 's=-', 't=0 0'], 3, 'o= is missing'],
    ['no name', ['v=0', MINIMUM[1]!, 't=0 0'], 3, 's= is missing'],
    ['no time', MINIMUM.slice(0, 3), 3, 't= is missing'],
    ['two origins', [...MINIMUM, MINIMUM[1]!], 5, 'a second o='],
    ['two names', [...MINIMUM, 's=-'], 5, 'a line that may come once came twice'],
    ['five fields of o=', ['v=0', 'o=- 1 1 IN IP4'], 2, 'o= has six fields'],
    ['letters in o=', ['v=0', 'o=- a 1 IN IP4 x'], 2, 'o= has numbers for session and version'],
    ['two connections', [...MINIMUM, 'c=IN IP4 x', 'c=IN IP4 x'], 6, 'a second c='],
    ['a short connection', [...MINIMUM, 'c=IN IP4'], 5, 'c= has three fields'],
    ['a repeat before its time', ['v=0', 'r=1 2 3'], 2, 'r= before t='],
    ['a bandwidth without number', [...MINIMUM, 'b=AS:x'], 5, 'b= has a type and a number'],
    ['an attribute without name', [...MINIMUM, 'a=:x'], 5, 'a= has a name'],
    ['a time with three numbers', ['v=0', 't=0 0 0'], 2, 't= has two numbers'],
    ['a port too large', [...MINIMUM, 'm=message 65536 TCP/MSRP *'], 5, 'm= has a port'],
    ['no formats', [...MINIMUM, 'm=message 1 TCP/MSRP'], 5, 'm= has four fields or more'],
    ['zero ports', [...MINIMUM, 'm=message 1/0 TCP/MSRP *'], 5, 'm= has a port'],
    ['an unknown letter', [...MINIMUM, 'y=1'], 5, 'unexpected y='],
    ['a session line below a medium', [...MINIMUM, 'm=message 1 TCP/MSRP *', 't=0 0'], 6, 'unexpected t='],
    ['an empty line', [...MINIMUM, '', 'a=x'], 5, 'letter and equals sign expected'],
    ['a lone CR', [...MINIMUM, 'a=x:1\r2'], 5, 'letter and equals sign expected'],
    ['a stream without address', [...MINIMUM, 'm=a 1 b c', 'c=IN IP4 x', 'm=a 1 b c'], 7, 'c= is missing'],
    ['too many media', [...MINIMUM, ...Array<string>(MAX_SDP_MEDIA + 1).fill('m=a 1 b c')], 5 + MAX_SDP_MEDIA, 'too many media'],
    ['too many lines', [...MINIMUM, ...Array<string>(MAX_SDP_LINES).fill('a=b')], MAX_SDP_LINES, 'too many lines'],
    ['too many bytes', [...MINIMUM, `a=${'b'.repeat(MAX_SDP_BYTES)}`], 0, 'too large'],
  ])('fails on %s', (_name, list, line, reason) => {
    expect(parseSdp(lines(list))).toEqual({ kind: 'failure', line, reason });
  });
});

const word = fc.stringMatching(/^[A-Za-z0-9.:@/_+-]{1,12}$/);
const value = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replace(/[\0\r\n]/g, ''));
const digits = fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const list = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 3 });
const connection = fc.record({ networkType: word, addressType: word, address: word });
const bandwidth = fc.record({ kind: word.map((text) => text.replaceAll(':', '-')), value: digits });
const attribute = fc.record({ name: fc.stringMatching(/^[a-z][a-z-]{0,9}$/), value: maybe(value) });
const media = fc.record({
  kind: word,
  port: fc.nat(65_535),
  portCount: maybe(fc.integer({ min: 1, max: 9 })),
  protocol: word,
  formats: fc.array(word, { minLength: 1, maxLength: 3 }),
  information: maybe(value),
  connections: list(connection),
  bandwidths: list(bandwidth),
  key: maybe(value),
  attributes: list(attribute),
});
const anyDescription: fc.Arbitrary<SessionDescription> = fc.record({
  origin: fc.record({ username: word, sessionId: digits, version: digits, networkType: word, addressType: word, address: word }),
  name: value,
  information: maybe(value),
  uri: maybe(value),
  emails: list(value),
  phones: list(value),
  connection: maybe(connection),
  bandwidths: list(bandwidth),
  times: fc.array(fc.record({ startSeconds: fc.maxSafeNat(), stopSeconds: fc.maxSafeNat(), repeats: list(value) }), {
    minLength: 1,
    maxLength: 3,
  }),
  zones: maybe(value),
  key: maybe(value),
  attributes: list(attribute),
  media: list(media),
});
/** With an address wherever there is a stream. */
const description = anyDescription.map((one): SessionDescription => {
  const lacksOne = one.media.some(({ port, connections }) => port !== 0 && connections.length === 0);
  return lacksOne ? { ...one, connection: one.connection ?? { networkType: 'IN', addressType: 'IP4', address: '192.0.2.1' } } : one;
});

describe('for all descriptions', () => {
  it('parse(print(x)) = x, as text and as bytes', () => {
    fc.assert(
      fc.property(description, (one) => {
        expect(parseSdp(printSdp(one))).toEqual({ kind: 'ok', value: one });
        expect(parseSdp(new TextEncoder().encode(printSdp(one)))).toEqual({ kind: 'ok', value: one });
      }),
    );
  });

  it('no value brings lines of its own', () => {
    fc.assert(
      fc.property(description, fc.constantFrom('\r\n', '\n', '\r', '\0\n'), (one, lineBreak) => {
        const hostile = {
          ...one,
          name: `x${lineBreak}m=message 1 TCP/MSRP *`,
          attributes: [{ name: 'a', value: `1${lineBreak}a=path:x` }],
        };
        const result = parseSdp(printSdp(hostile));
        const expected = { ...one, name: 'x m=message 1 TCP/MSRP *', attributes: [{ name: 'a', value: '1 a=path:x' }] };
        expect(result).toEqual({ kind: 'ok', value: expected });
      }),
    );
  });

  it('bytes of any kind are a value or a failure', () => {
    const mutated = fc.tuple(description, fc.nat(), fc.uint8Array({ maxLength: 4 })).map(([one, at, change]) => {
      const bytes = new TextEncoder().encode(printSdp(one));
      bytes.set(change.subarray(0, Math.max(0, bytes.length - (at % bytes.length))), at % bytes.length);
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const result = parseSdp(bytes);
        if (result.kind === 'ok') expect(parseSdp(printSdp(result.value))).toEqual(result);
        else expect(result.reason).not.toBe('');
      }),
    );
  });
});
