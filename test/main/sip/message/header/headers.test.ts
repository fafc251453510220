// Every header codec: what it reads, how it prints that, and what it refuses.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptHeader } from '../../../../../main/sip/message/header/accept.ts';
import { allowEventsHeader } from '../../../../../main/sip/message/header/allow-events.ts';
import { allowHeader } from '../../../../../main/sip/message/header/allow.ts';
import { authenticationInfoHeader } from '../../../../../main/sip/message/header/authentication-info.ts';
import { authorizationHeader } from '../../../../../main/sip/message/header/authorization.ts';
import { callIdHeader } from '../../../../../main/sip/message/header/call-id.ts';
import { contactHeader } from '../../../../../main/sip/message/header/contact.ts';
import { contentDispositionHeader } from '../../../../../main/sip/message/header/content-disposition.ts';
import { contentEncodingHeader } from '../../../../../main/sip/message/header/content-encoding.ts';
import { contentIdHeader } from '../../../../../main/sip/message/header/content-id.ts';
import { contentTypeHeader } from '../../../../../main/sip/message/header/content-type.ts';
import { cseqHeader } from '../../../../../main/sip/message/header/cseq.ts';
import { dateHeader } from '../../../../../main/sip/message/header/date.ts';
import { eventHeader } from '../../../../../main/sip/message/header/event.ts';
import { expiresHeader } from '../../../../../main/sip/message/header/expires.ts';
import { fromHeader } from '../../../../../main/sip/message/header/from.ts';
import { type HeaderCodec, readHeader, readHeaderList, readHeaders } from '../../../../../main/sip/message/header/header.ts';
import { inReplyToHeader } from '../../../../../main/sip/message/header/in-reply-to.ts';
import { maxForwardsHeader } from '../../../../../main/sip/message/header/max-forwards.ts';
import { minExpiresHeader } from '../../../../../main/sip/message/header/min-expires.ts';
import { minSeHeader } from '../../../../../main/sip/message/header/min-se.ts';
import { pathHeader } from '../../../../../main/sip/message/header/path.ts';
import { priorityHeader } from '../../../../../main/sip/message/header/priority.ts';
import { proxyAuthenticateHeader } from '../../../../../main/sip/message/header/proxy-authenticate.ts';
import { proxyAuthorizationHeader } from '../../../../../main/sip/message/header/proxy-authorization.ts';
import { proxyRequireHeader } from '../../../../../main/sip/message/header/proxy-require.ts';
import { rackHeader } from '../../../../../main/sip/message/header/rack.ts';
import { reasonHeader } from '../../../../../main/sip/message/header/reason.ts';
import { recordRouteHeader } from '../../../../../main/sip/message/header/record-route.ts';
import { replacesHeader } from '../../../../../main/sip/message/header/replaces.ts';
import { requireHeader } from '../../../../../main/sip/message/header/require.ts';
import { retryAfterHeader } from '../../../../../main/sip/message/header/retry-after.ts';
import { routeHeader } from '../../../../../main/sip/message/header/route.ts';
import { rseqHeader } from '../../../../../main/sip/message/header/rseq.ts';
import { securityClientHeader } from '../../../../../main/sip/message/header/security-client.ts';
import { securityServerHeader } from '../../../../../main/sip/message/header/security-server.ts';
import { securityVerifyHeader } from '../../../../../main/sip/message/header/security-verify.ts';
import { serverHeader } from '../../../../../main/sip/message/header/server.ts';
import { serviceRouteHeader } from '../../../../../main/sip/message/header/service-route.ts';
import { sessionExpiresHeader } from '../../../../../main/sip/message/header/session-expires.ts';
import { sipETagHeader } from '../../../../../main/sip/message/header/sip-etag.ts';
import { sipIfMatchHeader } from '../../../../../main/sip/message/header/sip-if-match.ts';
import { subjectHeader } from '../../../../../main/sip/message/header/subject.ts';
import { subscriptionStateHeader } from '../../../../../main/sip/message/header/subscription-state.ts';
import { supportedHeader } from '../../../../../main/sip/message/header/supported.ts';
import { toHeader } from '../../../../../main/sip/message/header/to.ts';
import { unsupportedHeader } from '../../../../../main/sip/message/header/unsupported.ts';
import { userAgentHeader } from '../../../../../main/sip/message/header/user-agent.ts';
import { viaHeader } from '../../../../../main/sip/message/header/via.ts';
import { warningHeader } from '../../../../../main/sip/message/header/warning.ts';
import { wwwAuthenticateHeader } from '../../../../../main/sip/message/header/www-authenticate.ts';
import type { NameAddr, SipRequest } from '../../../../../main/sip/message/message.ts';
import type { Parameter } from '../../../../../main/sip/uri/parameter.ts';

const p = (name: string, value?: string): Parameter => ({ name, value });

function address(
  host: string,
  parameters: readonly Parameter[] = [],
  displayName?: string,
  uriParameters: readonly Parameter[] = [],
): NameAddr {
  return {
    displayName,
    uri: {
      kind: 'sip',
      scheme: 'sip',
      user: undefined,
      password: undefined,
      host,
      port: undefined,
      parameters: uriParameters,
      headers: [],
    },
    parameters,
  };
}

interface Row {
  readonly name: string;
  readonly read: unknown;
  readonly wanted: unknown;
  readonly printed: string | undefined;
}

/** A value that is read; printed again it is `printed`, or the same text. */
function row<T>(codec: HeaderCodec<T>, text: string, value: T, printed = text): Row {
  const read = codec.parse(text);
  return { name: `${codec.name}: ${text}`, read: [read, codec.print(value)], wanted: [{ kind: 'ok', value }, printed], printed };
}

const lr = [p('lr')];
const rows: readonly Row[] = [
  row(viaHeader, 'SIP/2.0/TLS h:5061;branch=z9;rport, SIP/2.0/UDP [::1];received=::2', [
    { transport: 'TLS', host: 'h', port: 5061, parameters: [p('branch', 'z9'), p('rport')] },
    { transport: 'UDP', host: '[::1]', port: undefined, parameters: [p('received', '::2')] },
  ]),
  row(fromHeader, 'A  b <sip:h>;tag=1', address('h', [p('tag', '1')], 'A  b'), '"A  b" <sip:h>;tag=1'),
  row(toHeader, '"" <sip:h>', address('h', [], '')),
  row(toHeader, 'sip:h;tag=x', address('h', [p('tag', 'x')]), '<sip:h>;tag=x'),
  row(callIdHeader, ' a@b ', 'a@b', 'a@b'),
  row(cseqHeader, '7  BYE', { number: 7, method: 'BYE' }, '7 BYE'),
  row(contactHeader, '*', '*'),
  row(contactHeader, '<sip:h>;expires=5;methods="BYE", <sip:i>', [address('h', [p('expires', '5'), p('methods', 'BYE')]), address('i')]),
  row(routeHeader, '<sip:a;lr>, <sip:b>;x="y z"', [address('a', [], undefined, lr), address('b', [p('x', 'y z')])]),
  row(recordRouteHeader, '<sip:a;lr>', [address('a', [], undefined, lr)]),
  row(pathHeader, '<sip:a;lr>,<sip:b>', [address('a', [], undefined, lr), address('b')], '<sip:a;lr>, <sip:b>'),
  row(serviceRouteHeader, '<sip:a;lr>', [address('a', [], undefined, lr)]),
  row(maxForwardsHeader, '0070', 70, '70'),
  row(expiresHeader, '4294967295', 4294967295),
  row(minExpiresHeader, '60', 60),
  row(sessionExpiresHeader, '1800;refresher=uac', { seconds: 1800, parameters: [p('refresher', 'uac')] }),
  row(minSeHeader, '90', { seconds: 90, parameters: [] }),
  row(rseqHeader, '1', 1),
  row(rackHeader, '776656 1 INVITE', { rseq: 776656, cseq: { number: 1, method: 'INVITE' } }),
  row(eventHeader, 'presence.winfo;id=2', { package: 'presence.winfo', parameters: [p('id', '2')] }),
  row(subscriptionStateHeader, 'Terminated;reason=Rejected;retry-after=9;x', {
    state: 'terminated',
    reason: 'rejected',
    expiresSeconds: undefined,
    retryAfterSeconds: 9,
    parameters: [p('x')],
  }, 'terminated;reason=rejected;retry-after=9;x'),
  row(subscriptionStateHeader, 'active;expires=600', {
    state: 'active',
    reason: undefined,
    expiresSeconds: 600,
    retryAfterSeconds: undefined,
    parameters: [],
  }),
  row(allowHeader, 'BYE ,ACK', ['BYE', 'ACK'], 'BYE, ACK'),
  row(allowHeader, '', []),
  row(allowEventsHeader, 'presence, presence.winfo', ['presence', 'presence.winfo']),
  row(supportedHeader, '', []),
  row(requireHeader, '100rel', ['100rel']),
  row(unsupportedHeader, 'a, b', ['a', 'b']),
  row(proxyRequireHeader, 'a', ['a']),
  row(contentEncodingHeader, 'gzip', ['gzip']),
  row(acceptHeader, 'text/*;q=0.5, Message/CPIM', [
    { type: 'text', subtype: '*', parameters: [p('q', '0.5')] },
    { type: 'message', subtype: 'cpim', parameters: [] },
  ], 'text/*;q=0.5, message/cpim'),
  row(acceptHeader, ' ', [], ''),
  row(contentTypeHeader, 'multipart/mixed ; boundary="a b"', { type: 'multipart', subtype: 'mixed', parameters: [p('boundary', 'a b')] }, 'multipart/mixed;boundary="a b"'),
  row(contentDispositionHeader, 'Render;handling=optional', { disposition: 'render', parameters: [p('handling', 'optional')] }, 'render;handling=optional'),
  row(contentIdHeader, ' <a@b> ', 'a@b', '<a@b>'),
  row(dateHeader, 'Sat, 13 Nov 2010 23:29:00 GMT', Date.UTC(2010, 10, 13, 23, 29, 0)),
  row(retryAfterHeader, '18000 (in a (nested) meeting);duration=3600', { seconds: 18000, parameters: [p('duration', '3600')] }, '18000;duration=3600'),
  row(wwwAuthenticateHeader, 'Digest realm="a, b", nonce="x\\"y", algorithm=SHA-256, qop="auth,auth-int", stale=true', {
    scheme: 'Digest',
    parameters: [p('realm', 'a, b'), p('nonce', 'x"y'), p('algorithm', 'SHA-256'), p('qop', 'auth,auth-int'), p('stale', 'true')],
  }),
  row(proxyAuthenticateHeader, 'Digest  realm=x ,, nonce = "n"', { scheme: 'Digest', parameters: [p('realm', 'x'), p('nonce', 'n')] }, 'Digest realm="x", nonce="n"'),
  row(authorizationHeader, 'Digest username="u", uri="sip:h", qop=auth, nc=00000001, algorithm=MD5', {
    scheme: 'Digest',
    parameters: [p('username', 'u'), p('uri', 'sip:h'), p('qop', 'auth'), p('nc', '00000001'), p('algorithm', 'MD5')],
  }),
  row(proxyAuthorizationHeader, 'Digest response="r"', { scheme: 'Digest', parameters: [p('response', 'r')] }),
  row(authenticationInfoHeader, 'nextnonce="n", qop=auth, nc=00000001', [p('nextnonce', 'n'), p('qop', 'auth'), p('nc', '00000001')]),
  row(sipETagHeader, 'dx200xyz', 'dx200xyz'),
  row(sipIfMatchHeader, 'a.1.2', 'a.1.2'),
  row(priorityHeader, 'urgent', 'urgent'),
  row(userAgentHeader, ' A/1 (b) ', 'A/1 (b)', 'A/1 (b)'),
  row(serverHeader, 'A', 'A'),
  row(subjectHeader, '', ''),
  row(securityClientHeader, 'tls;q=0.2', 'tls;q=0.2'),
  row(securityServerHeader, 'tls', 'tls'),
  row(securityVerifyHeader, 'tls', 'tls'),
  row(inReplyToHeader, 'a@b, c@d', ['a@b', 'c@d']),
  row(reasonHeader, 'SIP;cause=200;text="Call completed", Q.850;cause=16', [
    { protocol: 'SIP', parameters: [p('cause', '200'), p('text', 'Call completed')] },
    { protocol: 'Q.850', parameters: [p('cause', '16')] },
  ]),
  row(replacesHeader, 'a@b;from-tag=f;to-tag=t;early-only;x=1', { callId: 'a@b', toTag: 't', fromTag: 'f', isEarlyOnly: true, parameters: [p('x', '1')] }, 'a@b;to-tag=t;from-tag=f;early-only;x=1'),
  row(warningHeader, '307 isi.edu "Say \\"x\\"", 399 [::1]:5060 ""', [
    { code: 307, agent: 'isi.edu', text: 'Say "x"' },
    { code: 399, agent: '[::1]:5060', text: '' },
  ]),
]; // prettier-ignore

const refused: readonly (readonly [codec: HeaderCodec<unknown>, text: string])[] = [
  ...['', 'SIP/2.0/UDP', 'SIP/1.0/UDP h', 'HTTP/2.0/UDP h', 'SIP/2.0/UDPh', 'SIP/2.0/UDP h:', 'SIP/2.0/UDP h:65536', 'SIP/2.0/UDP h;', 'SIP/2.0/UDP h x', 'SIP/2.0/UDP h,'].map((text) => [viaHeader, text] as const),
  ...['', '<sip:h', '"A <sip:h>', '"A" sip:h', 'A, B <sip:h>', '<sip:h>;', '<sip:h> x', '<sip:h>;a="', 'sip:h?a=b', '< sip:h>', '<>'].map((text) => [fromHeader, text] as const),
  ...['', 'a b'].map((text) => [callIdHeader, text] as const),
  ...['', '1', 'x BYE', '1BYE', '2147483648 BYE', '1 BYE x', '99999999999999999999999 BYE'].map((text) => [cseqHeader, text] as const),
  ...['', '*, <sip:h>', '<sip:h>,'].map((text) => [contactHeader, text] as const),
  [routeHeader, ''],
  ...['256', '-1', 'x', ''].map((text) => [maxForwardsHeader, text] as const),
  [expiresHeader, '4294967296'],
  [rackHeader, '1 1'],
  ...['', ';id=1'].map((text) => [eventHeader, text] as const),
  [subscriptionStateHeader, ''],
  ...['', 'a,,b', 'a b'].map((text) => [requireHeader, text] as const),
  ...['text', 'text/', '/plain', 'text/plain;', ''].map((text) => [contentTypeHeader, text] as const),
  ...['a', '<>', '<a b>'].map((text) => [contentIdHeader, text] as const),
  ...['Fri, 01 Jan 2010 16:00:00 EST', 'Fri, 01 Xxx 2010 16:00:00 GMT', 'now'].map((text) => [dateHeader, text] as const),
  ...['', '5 (', 'x'].map((text) => [retryAfterHeader, text] as const),
  ...['', 'Digest x', 'Digest a="', 'Digest a=b c=d'].map((text) => [wwwAuthenticateHeader, text] as const),
  ...['', 'a@b', 'a@b;to-tag=1'].map((text) => [replacesHeader, text] as const),
  ...['', '1000 h "x"', '399 h', '399 "x"'].map((text) => [warningHeader, text] as const),
  [sipETagHeader, 'a b'],
]; // prettier-ignore

const codecs: readonly HeaderCodec<unknown>[] = [...new Set(refused.map(([codec]) => codec))];

describe('header codecs', () => {
  it.each(rows)('$name', ({ read, wanted }) => {
    expect(read).toEqual(wanted);
  });

  it.each(refused.map(([codec, text]) => ({ codec, text, name: codec.name })))('$name refuses $text', ({ codec, text }) => {
    expect(codec.parse(text)).toEqual({ kind: 'failure', reason: expect.any(String) as string });
  });

  it('take any text without a throw, and print what they read so that they read it again', () => {
    const pieces = fc.array(
      fc.constantFrom('"', '<', '>', ';', ',', '=', '\\', ' ', 'sip:', 'h', '1', '(', ')', '/', '2.0', '%', ':', '*', 'é'),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...codecs),
        fc.oneof(
          fc.string(),
          pieces.map((list) => list.join('')),
        ),
        (codec, text) => {
          const result = codec.parse(text);
          if (result.kind === 'ok') expect(codec.parse(codec.print(result.value))).toEqual(result);
          else expect(result.kind).toBe('failure');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('reading headers of a message', () => {
  const message: SipRequest = {
    kind: 'request',
    method: 'OPTIONS',
    uri: address('h').uri,
    vias: [],
    from: address('h'),
    to: address('h'),
    callId: 'a',
    cseq: { number: 1, method: 'OPTIONS' },
    contacts: [],
    headers: [
      { name: 'Require', value: 'a, b' },
      { name: 'Expires', value: '5' },
      { name: 'Require', value: 'c' },
      { name: 'Supported', value: 'x' },
      { name: 'Supported', value: 'x y' },
    ],
    body: new Uint8Array(0),
  };

  it('takes the first, all as one list, or each', () => {
    expect([
      readHeader(message, expiresHeader),
      readHeader(message, minExpiresHeader),
      readHeaderList(message, requireHeader),
      readHeaderList(message, unsupportedHeader),
      readHeaderList(message, supportedHeader)?.kind,
      readHeaders(message, requireHeader),
    ]).toEqual([
      { kind: 'ok', value: 5 },
      undefined,
      { kind: 'ok', value: ['a', 'b', 'c'] },
      undefined,
      'failure',
      [
        { kind: 'ok', value: ['a', 'b'] },
        { kind: 'ok', value: ['c'] },
      ],
    ]);
  });
});
