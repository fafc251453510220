// What counts as the same in header fields: names and tokens in any case and spelling, quoted text and Call-ID byte by byte (RFC 3261 §7.3.1, §7.3.3, §20.8).
import { expect, it } from 'vitest';
import { messages, party } from '../../support/session-pair.ts';
import { printSdp } from '../../../main/sip/index.ts';
import { createTestInternet } from '../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest } from '../../support/raw-peer.ts';

const BOB = '192.0.2.2';
const SDP = printSdp(messages('a'));
const withBody = (text: string): string => text.replace('Content-Length: 0\r\n\r\n', `Content-Length: ${SDP.length}\r\n\r\n${SDP}`);

it.each([
  ['an option tag in capitals', rawRequest('MESSAGE', { headers: ['rEqUiRe: EVENTLIST'] }), 200],
  ['another option tag', rawRequest('MESSAGE', { headers: ['Require: eventlist2'] }), 420],
  ['an event package in capitals, its field in the compact form', rawRequest('NOTIFY', { headers: ['O: PRESENCE;ID=7'] }), 200],
  ['another event package', rawRequest('NOTIFY', { headers: ['o: presence.winfo'] }), 489],
  ['fields in capitals and compact forms', rawRequest('MESSAGE').replace('Call-ID', 'I').replace('Via', 'V').replace('CSeq', 'CSEQ'), 200],
  ['a method in small letters, for methods are not tokens of fields', rawRequest('message'), 501],
  ['a media type in capitals', withBody(rawRequest('INVITE', { headers: ['C: Application/SDP'] })), 486],
  [
    'a disposition and handling in capitals',
    withBody(rawRequest('INVITE', { headers: ['c: a/b', 'Content-Disposition: Icon;Handling="OPTIONAL"'] })),
    486,
  ],
  ['a content encoding in capitals', withBody(rawRequest('INVITE', { headers: ['c: application/sdp', 'E: IDENTITY'] })), 486],
])('%s', async (_, text, status) => {
  const world = createTestInternet();
  const { endpoint, sessions } = await party(world, 'bob', BOB, { endpointOptions: { supported: ['EventList'] } });
  sessions.onInvite(() => ({ kind: 'refuse', status: 486 }));
  endpoint.onRequest('MESSAGE', () => ({ status: 200 }));
  endpoint.onRequest('NOTIFY', () => ({ status: 200 }), 'Presence');
  const peer = createRawPeer(world, BOB);
  peer.sendUdp(text);
  await world.clock.advance(100);
  expect(peer.datagrams.map((datagram) => datagram.text.split(' ')[1])).toEqual([String(status)]);
  peer.close();
  sessions.close();
  await endpoint.stop();
});

it('Call-ID and tags are other ones in another case', async () => {
  const world = createTestInternet();
  const bob = await party(world, 'bob', BOB);
  bob.sessions.onInvite(() => ({ kind: 'accept', description: messages('b') }));
  const peer = createRawPeer(world, BOB);
  peer.sendUdp(rawRequest('INVITE', { callId: 'Call' }));
  await world.clock.advance(10);
  const toTag = /^To:.*;tag=(\S+)\r$/m.exec(peer.datagrams[0]?.text ?? '')?.[1] ?? '';
  const bye = (branch: string, callId: string, more: (text: string) => string): void =>
    peer.sendUdp(more(rawRequest('BYE', { branch, callId, toTag }).replace('CSeq: 1', 'CSeq: 2')));
  bye('z9hG4bKb1', 'call', (text) => text);
  bye('z9hG4bKb2', 'Call', (text) => text.replace('tag=a', 'tag=A'));
  await world.clock.advance(10);
  expect([peer.datagrams.slice(1).map(({ text }) => text.split(' ')[1]), bob.sessions.size]).toEqual([['481', '481'], 1]);
  bye('z9hG4bKb3', 'Call', (text) => text);
  await world.clock.advance(10);
  expect([peer.datagrams[3]?.text.split(' ')[1], bob.sessions.size]).toEqual(['200', 0]);
  peer.close();
  bob.sessions.close();
  await bob.endpoint.stop();
});
