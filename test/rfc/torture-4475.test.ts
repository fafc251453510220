// The torture messages of RFC 4475, byte for byte from its Appendix A: what the parser makes of each.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dateHeader } from '../../main/sip/message/header/date.ts';
import { expiresHeader } from '../../main/sip/message/header/expires.ts';
import { headerText } from '../../main/sip/message/header/header.ts';
import { maxForwardsHeader } from '../../main/sip/message/header/max-forwards.ts';
import { routeHeader } from '../../main/sip/message/header/route.ts';
import type { SipMessage, SipRequest } from '../../main/sip/message/message.ts';
import { parseMultipart } from '../../main/sip/message/multipart.ts';
import { contentTypeHeader } from '../../main/sip/message/header/content-type.ts';
import { parseMessage } from '../../main/sip/message/parse-message.ts';
import { printMessage } from '../../main/sip/message/print-message.ts';
import { StreamFramer } from '../../main/sip/message/stream-framer.ts';
import { printUri } from '../../main/sip/uri/print-uri.ts';

const folder = join(import.meta.dirname, '4475');

function load(name: string): Buffer {
  return readFileSync(join(folder, `${name}.dat`));
}

/** `ok`: a message; a status: refused, and answered with it; `silent`: refused without an answer. */
const expected: readonly (readonly [name: string, section: string, outcome: 'ok' | 'silent' | number])[] = [
  ['wsinv', '3.1.1.1', 'ok'],
  ['intmeth', '3.1.1.2', 'ok'],
  ['esc01', '3.1.1.3', 'ok'],
  ['escnull', '3.1.1.4', 'ok'],
  ['esc02', '3.1.1.5', 'ok'],
  ['lwsdisp', '3.1.1.6', 'ok'],
  ['longreq', '3.1.1.7', 'ok'],
  ['dblreq', '3.1.1.8', 'ok'],
  ['semiuri', '3.1.1.9', 'ok'],
  ['transports', '3.1.1.10', 'ok'],
  ['mpart01', '3.1.1.11', 'ok'],
  ['unreason', '3.1.1.12', 'ok'],
  ['noreason', '3.1.1.13', 'ok'],
  ['badinv01', '3.1.2.1', 400],
  ['clerr', '3.1.2.2', 400],
  ['ncl', '3.1.2.3', 400],
  ['scalar02', '3.1.2.4', 400],
  ['scalarlg', '3.1.2.5', 'silent'],
  ['quotbal', '3.1.2.6', 400],
  ['ltgtruri', '3.1.2.7', 400],
  ['lwsruri', '3.1.2.8', 400],
  ['lwsstart', '3.1.2.9', 400],
  ['trws', '3.1.2.10', 400],
  ['escruri', '3.1.2.11', 400],
  // Only who needs the date refuses it; see below.
  ['baddate', '3.1.2.12', 'ok'],
  ['regbadct', '3.1.2.13', 400],
  ['badaspec', '3.1.2.14', 400],
  ['baddn', '3.1.2.15', 400],
  ['badvers', '3.1.2.16', 505],
  ['mismatch01', '3.1.2.17', 400],
  ['mismatch02', '3.1.2.18', 501],
  ['bigcode', '3.1.2.19', 'silent'],
  // The branch without identifier is a matter of transaction matching.
  ['badbranch', '3.2.1', 'ok'],
  ['insuf', '3.3.1', 400],
  // The rest of §3.3 is for the layers above, but for values that must not repeat.
  ['unkscm', '3.3.2', 'ok'],
  ['novelsc', '3.3.3', 'ok'],
  ['unksm2', '3.3.4', 'ok'],
  ['bext01', '3.3.5', 'ok'],
  ['invut', '3.3.6', 'ok'],
  ['regaut01', '3.3.7', 'ok'],
  ['multi01', '3.3.8', 400],
  ['mcl01', '3.3.9', 400],
  ['bcast', '3.3.10', 'ok'],
  ['zeromf', '3.3.11', 'ok'],
  ['cparam01', '3.3.12', 'ok'],
  ['cparam02', '3.3.13', 'ok'],
  ['regescrt', '3.3.14', 'ok'],
  ['sdp01', '3.3.15', 'ok'],
  ['inv2543', '3.4.1', 'ok'],
];

function read(name: string): SipMessage {
  const result = parseMessage(load(name));
  if (result.kind === 'failure') throw new Error(`${name}: ${result.reason}`);
  return result.message;
}

function readRequest(name: string): SipRequest {
  const message = read(name);
  if (message.kind !== 'request') throw new Error(`${name} is no request`);
  return message;
}

describe('RFC 4475', () => {
  it('has all 49 messages', () => {
    expect(readdirSync(folder).sort()).toEqual(expected.map(([name]) => `${name}.dat`).sort());
  });

  it.each(expected)('%s (§%s) is %s', (name, _section, outcome) => {
    const result = parseMessage(load(name));
    expect(result.kind === 'message' ? 'ok' : (result.answerable?.status ?? 'silent')).toBe(outcome);
  });

  it.each(expected.filter(([, , outcome]) => outcome === 'ok'))('%s is the same after printing', (name) => {
    const message = read(name);
    const again = parseMessage(printMessage(message));
    // §3.1.1.2 has a NUL in a quoted string; printed, it is a space.
    const clean = (text: string | undefined): string | undefined => text?.replaceAll('\0', ' ');
    expect(again).toEqual({ kind: 'message', message: { ...message, to: { ...message.to, displayName: clean(message.to.displayName) } } });
  });

  it('reads what wsinv hides in folds and case', () => {
    const message = readRequest('wsinv');
    expect({
      method: message.method,
      to: message.to,
      fromName: message.from.displayName,
      fromTag: message.from.parameters,
      cseq: message.cseq,
      vias: message.vias.map(({ transport, host, port }) => [transport, host, port]),
      subject: headerText(message, 'Subject'),
      unusual: headerText(message, 'UnknownHeaderWithUnusualValue'),
      contacts: message.contacts,
      bodyLength: message.body.length,
    }).toEqual({
      method: 'INVITE',
      to: {
        displayName: undefined,
        uri: {
          kind: 'sip',
          scheme: 'sip',
          user: 'vivekg',
          password: undefined,
          host: 'chair-dnrc.example.com',
          port: undefined,
          parameters: [],
          headers: [],
        },
        parameters: [{ name: 'tag', value: '1918181833n' }],
      },
      fromName: 'J Rosenberg \\"',
      fromTag: [{ name: 'tag', value: '98asjd8' }],
      cseq: { number: 9, method: 'INVITE' },
      vias: [
        ['UDP', '192.0.2.2', undefined],
        ['TCP', 'spindle.example.com', undefined],
        ['UDP', '192.168.255.111', undefined],
      ],
      subject: '',
      unusual: ';;,,;;,;',
      contacts: [
        {
          displayName: 'Quoted string ""',
          uri: {
            kind: 'sip',
            scheme: 'sip',
            user: 'jdrosen',
            password: undefined,
            host: 'example.com',
            port: undefined,
            parameters: [],
            headers: [],
          },
          parameters: [
            { name: 'newparam', value: 'newvalue' },
            { name: 'secondparam', value: undefined },
            { name: 'q', value: '0.33' },
          ],
        },
      ],
      bodyLength: 150,
    });
    const routes = message.headers.filter(({ name }) => name === 'Route').map(({ value }) => routeHeader.parse(value).kind);
    expect(routes).toEqual(['ok']);
  });

  it('unescapes once, and only escapes (§3.1.1.3, §3.1.1.4)', () => {
    const contact = (name: string): unknown => {
      const { contacts } = read(name);
      return contacts === '*' ? '*' : contacts.map(({ uri }) => printUri(uri));
    };
    expect(readRequest('esc01').uri).toMatchObject({ user: 'sips:user@example.com', host: 'example.net' });
    expect(contact('esc01')).toEqual(['sip:caller@host5.example.net;lr;name=value%2541']);
    expect(contact('escnull')).toEqual(['sip:%00@host5.example.com', 'sip:%00%00@host5.example.com']);
  });

  it('takes extra octets of a datagram for nothing (§3.1.1.8)', () => {
    expect(read('dblreq').body.length).toBe(0);
  });

  it('reads the nested parts of mpart01 (§3.1.1.11)', () => {
    const message = read('mpart01');
    const type = contentTypeHeader.parse(headerText(message, 'Content-Type') ?? '');
    if (type.kind === 'failure') throw new Error(type.reason);
    const parts = parseMultipart(message.body, type.value);
    expect(parts.kind === 'ok' ? parts.value.map(({ contentType }) => `${contentType.type}/${contentType.subtype}`) : parts).toEqual([
      'text/plain',
      'application/octet-stream',
    ]);
  });

  it('keeps the reason phrases of §3.1.1.12 and §3.1.1.13', () => {
    const reason = (name: string): string => {
      const message = read(name);
      return message.kind === 'response' ? message.reason : '';
    };
    expect([reason('unreason'), reason('noreason')]).toEqual(['= 2**3 * 5**2 но сто девяносто девять - простое', '']);
  });

  it('answers what is broken with what could be read of it', () => {
    const answer = (name: string): unknown => {
      const result = parseMessage(load(name));
      if (result.kind === 'message' || result.answerable === undefined) return undefined;
      const { request, status } = result.answerable;
      const bytes = printMessage({ ...request, kind: 'response', status, reason: 'x' });
      return Buffer.from(bytes).toString('latin1').split('\r\n').slice(0, -3);
    };
    expect([answer('quotbal'), answer('insuf'), answer('scalar02'), answer('badvers'), answer('badinv01')]).toEqual([
      [
        'SIP/2.0 400 x',
        'Via: SIP/2.0/UDP 192.0.2.59:5050;branch=z9hG4bKkdjuw39234',
        'From: <sip:caller@example.net>;tag=93334',
        'To: <sip:j.user@example.com>',
        'Call-ID: quotbal.aksdj',
        'CSeq: 8 INVITE',
      ],
      ['SIP/2.0 400 x', 'Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf', 'CSeq: 193942 INVITE'],
      [
        'SIP/2.0 400 x',
        'Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3',
        'From: <sip:user@example.com>;tag=239232jh3',
        'To: <sip:user@example.com>',
        'Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32',
        'CSeq: 36893488147419103232 REGISTER',
      ],
      [
        'SIP/2.0 505 x',
        'Via: SIP/2.0/UDP c.example.com;branch=z9hG4bKkdjuw',
        'From: "A. Bell" <sip:a.g.bell@example.com>;tag=qweoiqpe',
        'To: "T. Watson" <sip:t.watson@example.org>',
        'Call-ID: badvers.31417@c.example.com',
        'CSeq: 1 OPTIONS',
      ],
      [
        'SIP/2.0 400 x',
        'Via: SIP/2.0/UDP 192.0.2.15',
        'From: <sip:caller@example.net>;tag=134161461246',
        'To: <sip:j.user@example.com>',
        'Call-ID: badinv01.0ha0isndaksdjasdf3234nas',
        'CSeq: 8 INVITE',
      ],
    ]);
  });

  it('refuses single values where they are wanted, not before (§3.1.2.4, §3.1.2.12)', () => {
    expect([
      dateHeader.parse(headerText(read('baddate'), 'Date') ?? '').kind,
      maxForwardsHeader.parse('300').kind,
      expiresHeader.parse(`1${'0'.repeat(100)}`).kind,
    ]).toEqual(['failure', 'failure', 'failure']);
  });

  it('refuses baddn also with the line break that its archived bytes lack', () => {
    const result = parseMessage(Buffer.concat([load('baddn'), Buffer.from('\r\n')]));
    expect(result.kind === 'failure' ? result.answerable?.status : 'ok').toBe(400);
  });

  it('tells parameters of the header from those of the URI (§3.3.12, §3.3.13)', () => {
    const parameters = (name: string): unknown => {
      const { contacts } = read(name);
      return contacts === '*' ? '*' : contacts.map(({ uri, parameters: own }) => [uri.kind === 'sip' ? uri.parameters : [], own]);
    };
    const unknown = [{ name: 'unknownparam', value: undefined }];
    expect([parameters('cparam01'), parameters('cparam02')]).toEqual([[[[], unknown]], [[unknown, []]]]);
  });

  it('ends a stream where the length is not known (§3.1.2.3, §3.3.9), and waits where the body is (§3.1.2.2)', () => {
    const feed = (name: string): unknown =>
      new StreamFramer().feed(load(name)).map((item) => [item.kind, item.kind === 'failure' && item.isFatal]);
    expect([feed('ncl'), feed('mcl01'), feed('clerr'), feed('quotbal')]).toEqual([
      [['failure', true]],
      [['failure', true]],
      [],
      [['failure', false]],
    ]);
  });
});
