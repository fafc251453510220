// What the receiver writes into the top Via, and where the response goes (RFC 3261 §18.2, RFC 3581).
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../main/sip/index.ts';
import type { SipRequest } from '../../../../main/sip/index.ts';
import { responseAddress, stampTopVia } from '../../../../main/sip/transport/via.ts';

const SOURCE = { address: '192.0.2.9', port: 40_000 };

function request(sentBy: string, parameters: string): SipRequest {
  const text = [
    'OPTIONS sip:bob@192.0.2.2 SIP/2.0',
    `Via: SIP/2.0/UDP ${sentBy};branch=z9hG4bK1${parameters}`,
    'Via: SIP/2.0/UDP far.test;branch=z9hG4bK0;rport',
    'From: <sip:alice@example.test>;tag=a',
    'To: <sip:bob@192.0.2.2>',
    'Call-ID: c',
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  const result = parseMessage(Buffer.from(text));
  if (result.kind !== 'message' || result.message.kind !== 'request') throw new Error('no request');
  return result.message;
}

describe('the top Via', () => {
  it.each([
    ['a name as sent-by', 'host.test:5062', '', 'branch=z9hG4bK1 received=192.0.2.9', '192.0.2.9:5062'],
    ['no port in sent-by', 'host.test', '', 'branch=z9hG4bK1 received=192.0.2.9', '192.0.2.9:5060'],
    ['the true address', '192.0.2.9:5062', '', 'branch=z9hG4bK1', '192.0.2.9:5062'],
    ['rport asked', '192.0.2.9:5062', ';rport', 'branch=z9hG4bK1 received=192.0.2.9 rport=40000', '192.0.2.9:40000'],
    [
      'a false received and rport',
      '10.0.0.1',
      ';received=203.0.113.1;rport=53',
      'branch=z9hG4bK1 received=192.0.2.9 rport=40000',
      '192.0.2.9:40000',
    ],
    ['maddr of somebody else', 'host.test', ';maddr=203.0.113.1', 'branch=z9hG4bK1 maddr=203.0.113.1 received=192.0.2.9', '192.0.2.9:5060'],
  ])('with %s', (...[, sentBy, parameters, expected, answerTo]) => {
    const stamped = stampTopVia(request(sentBy, parameters), SOURCE);
    const [top, second] = stamped.vias;
    if (top === undefined) throw new Error('no Via');
    expect(top.parameters.map(({ name, value }) => `${name}=${value}`).join(' ')).toBe(expected);
    expect(second).toEqual(request(sentBy, parameters).vias[1]);
    const answer = responseAddress(top, SOURCE);
    expect(`${answer.address}:${answer.port}`).toBe(answerTo);
  });
});
