// A Via that lies: responses go back where the request came from, and what others send as our responses is dropped (RFC 3261 §18).
import { describe, expect, it } from 'vitest';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest } from '../../support/raw-peer.ts';

const BOB = '192.0.2.2';
const ALICE = '192.0.2.1';

describe('a request whose Via names a third party', () => {
  it.each([
    ['as sent-by', 'SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bK1', '192.0.2.7:5060'],
    ['as sent-by, with rport', 'SIP/2.0/UDP 203.0.113.9:9;branch=z9hG4bK1;rport', '192.0.2.7:5060'],
    ['as received', 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;received=203.0.113.9', '192.0.2.7:5060'],
    ['as received and rport', 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;received=203.0.113.9;rport=9', '192.0.2.7:5060'],
    ['as maddr', 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;maddr=203.0.113.9', '192.0.2.7:5060'],
    ['as maddr of a group', 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;maddr=224.0.1.75;ttl=255', '192.0.2.7:5060'],
    ['in a message that is broken', 'SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK1;received=203.0.113.9\r\nMax-Forwards: x', '192.0.2.7:5060'],
  ])('%s is answered where it came from', async (_, via, place) => {
    const world = createTestInternet();
    const bob = await world.endpoint(BOB);
    const peer = createRawPeer(world, BOB);
    peer.sendUdp(rawRequest('MESSAGE').replace(/SIP\/2.0\/UDP .*/, via));
    await world.clock.advance(20);
    expect(peer.datagrams.map(({ to }) => to)).toEqual([place]);
    expect(/^Via: .*received=203/m.test(peer.datagrams[0]?.text ?? '')).toBe(false);
    peer.close();
    await bob.stop();
  });
});

describe('a response that is not for us', () => {
  /** Alice sends a MESSAGE; the peer at Bob's address answers with what `forge` makes of the right answer. */
  async function outcomeOf(forge: (right: string) => string): Promise<unknown> {
    const world = createTestInternet();
    const alice = await world.endpoint(ALICE);
    const peer = await world.internet.host(BOB).openUdp({ address: BOB, port: 5060 }, (bytes, from) => {
      const request = Buffer.from(bytes).toString();
      const copied = request.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      const right = ['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n').replace(/^To: .*$/m, '$&;tag=b');
      peer.send(Buffer.from(forge(right)), from, () => undefined);
    });
    const outcome = await world.clock.run(alice.send(textMessage(sipUri('alice', ALICE), sipUri('bob', BOB), 'x')).outcome);
    const { 'responses-unmatched': unmatched = 0, 'responses-not-for-us': foreign = 0, 'malformed-ignored': malformed = 0 } = alice.counts;
    peer.close();
    await alice.stop();
    await world.clock.advance(10_000);
    expect({ timers: world.clock.pendingTimers(), sockets: world.internet.openSockets() }).toEqual({ timers: 0, sockets: 0 });
    return [outcome.kind, unmatched > 0, foreign > 0, malformed > 0];
  }

  it.each([
    ['the right one is taken', (right: string) => right, ['final', false, false, false]],
    ['another branch', (right: string) => right.replace(/branch=z9hG4bK/, 'branch=z9hG4bKx'), ['timeout', true, false, false]],
    ['no branch', (right: string) => right.replace(/;branch=[^;\r]*/, ''), ['timeout', false, true, false]],
    ['another method in CSeq', (right: string) => right.replace('1 MESSAGE', '1 INVITE'), ['timeout', true, false, false]],
    ['another sent-by', (right: string) => right.replace('UDP 192.0.2.1:', 'UDP 192.0.2.3:'), ['timeout', false, true, false]],
    ['another port in sent-by', (right: string) => right.replace('192.0.2.1:5060', '192.0.2.1:5070'), ['timeout', false, true, false]],
    ['two Vias', (right: string) => right.replace(/^Via: .*$/m, '$&\r\nVia: SIP/2.0/UDP 192.0.2.9'), ['timeout', false, true, false]],
    ['a status beyond 699', (right: string) => right.replace(' 200 ', ' 700 '), ['timeout', false, false, true]],
    ['a second response line in the reason', (right: string) => right.replace('OK', 'OK\nSIP/2.0 200 OK'), ['timeout', false, false, true]],
  ])('%s', async (_, forge, expected) => {
    expect(await outcomeOf(forge)).toEqual(expected);
  });
});
