// Printing: what was parsed comes back, and no value can start a header of its own.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SipRequest } from '../../../../main/sip/message/message.ts';
import { parseMessage } from '../../../../main/sip/message/parse-message.ts';
import { printMessage } from '../../../../main/sip/message/print-message.ts';
import type { Uri } from '../../../../main/sip/uri/uri.ts';
import { anyMessage } from '../arbitrary.ts';

const uri = (user: string): Uri => ({
  kind: 'sip',
  scheme: 'sip',
  user,
  password: undefined,
  host: 'example.com',
  port: undefined,
  parameters: [],
  headers: [],
});

const plain: SipRequest = {
  kind: 'request',
  method: 'MESSAGE',
  uri: uri('bob'),
  vias: [{ transport: 'TCP', host: '192.0.2.1', port: 5060, parameters: [{ name: 'branch', value: 'z9hG4bK1' }] }],
  from: { displayName: 'Al "A" \\', uri: uri('alice'), parameters: [{ name: 'tag', value: 'a=b' }] },
  to: { displayName: undefined, uri: uri('bob'), parameters: [] },
  callId: 'id@host',
  cseq: { number: 7, method: 'MESSAGE' },
  contacts: [],
  headers: [
    { name: 'Subject', value: 'Grüße' },
    { name: 'X-Empty', value: '' },
  ],
  body: Buffer.from('hi'),
};

function text(message: SipRequest): string {
  return Buffer.from(printMessage(message)).toString('utf8');
}

describe('printMessage', () => {
  it('prints one header to a line, Content-Length last', () => {
    expect(text(plain)).toBe(
      [
        'MESSAGE sip:bob@example.com SIP/2.0',
        'Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1',
        'From: "Al \\"A\\" \\\\" <sip:alice@example.com>;tag=a=b',
        'To: <sip:bob@example.com>',
        'Call-ID: id@host',
        'CSeq: 7 MESSAGE',
        'Subject: Grüße',
        'X-Empty: ',
        'Content-Length: 2',
        '',
        'hi',
      ].join('\r\n'),
    );
  });

  it('prints responses, stars and quoted parameters', () => {
    const { method: _method, uri: _uri, ...fields } = plain;
    const contact = { displayName: undefined, uri: uri('a'), parameters: [{ name: '+sip.instance', value: '<urn:uuid:1>' }] };
    const lines = (contacts: SipRequest['contacts']): string[] =>
      Buffer.from(printMessage({ ...fields, kind: 'response', status: 200, reason: 'OK', contacts }))
        .toString()
        .split('\r\n');
    expect([lines('*')[0], lines('*')[6], lines([contact])[6]]).toEqual([
      'SIP/2.0 200 OK',
      'Contact: *',
      'Contact: <sip:a@example.com>;+sip.instance="<urn:uuid:1>"',
    ]);
  });

  it.each(['\r\nVia: evil', '\nVia: evil', '\rVia: evil', '\r\n\r\nbody', '\0', '\r\n folded'])('keeps %j in its place', (attack) => {
    const attacked: SipRequest = {
      ...plain,
      method: `MESSAGE${attack}`,
      vias: [{ transport: `TCP${attack}`, host: `h${attack}`, port: 1, parameters: [{ name: `n${attack}`, value: attack }] }],
      from: { displayName: attack, uri: { ...uri(attack), host: `h${attack}` } as Uri, parameters: [{ name: 'tag', value: attack }] },
      to: { displayName: attack, uri: { kind: 'other', scheme: `x${attack}`, rest: attack }, parameters: [{ name: 'tag', value: attack }] },
      callId: attack,
      cseq: { number: 1, method: attack },
      contacts: [{ displayName: attack, uri: uri(attack), parameters: [] }],
      headers: [{ name: `Subject${attack}`, value: attack }],
    };
    const head = text(attacked);
    expect([head.split(/[\r\n]+/).map((line) => line.slice(0, 5)), /[\0]/.test(head)]).toEqual([
      ['MESSA', 'Via: ', 'From:', 'To: "', 'Call-', 'CSeq:', 'Conta', 'Subje', 'Conte', 'hi'],
      false,
    ]);
  });

  it('is undone by parseMessage', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(parseMessage(printMessage(message))).toEqual({ kind: 'message', message });
      }),
      { numRuns: 300 },
    );
  });
});
