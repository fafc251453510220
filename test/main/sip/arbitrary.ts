// What fast-check makes of SIP: URIs, addresses and messages with hostile text wherever the grammar lets text stand.
import fc from 'fast-check';
import type { NameAddr, SipMessage, ViaHeader } from '../../../main/sip/message/message.ts';
import type { Parameter } from '../../../main/sip/uri/parameter.ts';
import type { OtherUri, SipUri, Uri } from '../../../main/sip/uri/uri.ts';

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];

function from(characters: readonly string[], minLength: number, maxLength = 12): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });
}

export const token = from([...letters, ..."-.!%*_+`'~"], 1);
const host = fc.oneof(from([...letters, '-', '.'], 1), fc.constantFrom('[::1]', '[2001:db8::9:1]', '192.0.2.7'));
const port = fc.option(fc.integer({ min: 0, max: 65535 }), { nil: undefined });
/** Any text but CR, LF and NUL, which printing turns into spaces. */
export const lineText = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replace(/[\r\n\0]/g, '_').toWellFormed());
const escapedText = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed());
const filledText = escapedText.filter((text) => text !== '');

const uriParameter: fc.Arbitrary<Parameter> = fc.record({ name: filledText, value: fc.option(escapedText, { nil: undefined }) });
const uriHeader: fc.Arbitrary<Parameter> = fc.record({ name: filledText, value: escapedText });

const sipUri = (withHeaders: boolean): fc.Arbitrary<SipUri> =>
  fc
    .record({
      kind: fc.constant('sip' as const),
      scheme: fc.constantFrom('sip' as const, 'sips' as const),
      user: fc.option(filledText, { nil: undefined }),
      password: fc.option(escapedText, { nil: undefined }),
      host,
      port,
      parameters: fc.array(uriParameter, { maxLength: 3 }),
      headers: withHeaders ? fc.array(uriHeader, { maxLength: 2 }) : fc.constant([]),
    })
    .map((uri) => (uri.user === undefined ? { ...uri, password: undefined } : uri));

const otherUri: fc.Arbitrary<OtherUri> = fc.record({
  kind: fc.constant('other' as const),
  scheme: fc.constantFrom('tel', 'im', 'pres', 'urn', 'http'),
  rest: from([...letters, ..."-._~:/?#[]@!$&'()*+,;=%"], 1),
});

export const anyUri: fc.Arbitrary<Uri> = fc.oneof(sipUri(true), otherUri);

export const parameter: fc.Arbitrary<Parameter> = fc.record({
  name: fc.oneof(token, fc.constantFrom('tag', 'branch', 'received', '+sip.instance', 'text', 'methods')),
  value: fc.option(fc.oneof(lineText, token, fc.constantFrom('2001:db8::1', '[::1]')), { nil: undefined }),
});

export const nameAddr: fc.Arbitrary<NameAddr> = fc.record({
  displayName: fc.option(lineText, { nil: undefined }),
  uri: anyUri,
  parameters: fc.array(parameter, { maxLength: 3 }),
});

const via: fc.Arbitrary<ViaHeader> = fc.record({
  transport: fc.constantFrom('UDP', 'TCP', 'TLS', 'WSS', 'SCTP'),
  host,
  port,
  parameters: fc.array(parameter, { maxLength: 3 }),
});

const header = fc.record({
  name: fc.oneof(fc.constantFrom('Subject', 'Route', 'Event', 'X-Own', 'Authorization')),
  value: lineText.map((text) => text.replace(/^[ \t]+|[ \t]+$/g, '')),
});

const fields = {
  vias: fc.array(via, { minLength: 1, maxLength: 3 }),
  from: nameAddr,
  to: nameAddr,
  callId: from([...letters, '@', '.', '<', '"'], 1),
  number: fc.integer({ min: 0, max: 0x7fffffff }),
  method: fc.constantFrom('MESSAGE', 'INVITE', 'X-New.1'),
  contacts: fc.array(nameAddr, { maxLength: 2 }),
  headers: fc.array(header, { maxLength: 4 }),
  // As parsing gives them: a view of the buffer, or nothing.
  body: fc.uint8Array({ maxLength: 40 }).map((bytes): Uint8Array => (bytes.length === 0 ? bytes : Buffer.from(bytes))),
};

const request = fc
  .record({ ...fields, uri: fc.oneof(sipUri(false), otherUri) })
  .map(({ number, method, ...rest }): SipMessage => ({ kind: 'request', method, cseq: { number, method }, ...rest }));

const response = fc
  .record({ ...fields, status: fc.integer({ min: 100, max: 699 }), reason: lineText })
  .map(({ number, method, ...rest }): SipMessage => ({ kind: 'response', cseq: { number, method }, ...rest }));

export const anyMessage: fc.Arbitrary<SipMessage> = fc.oneof(request, response);
