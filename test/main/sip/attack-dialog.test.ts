// Strangers who guess at dialogs and transactions: 481 and nothing changed (RFC 3261 §12.2.2, §9.2, §15.1.2; RFC 6665 §4.1.3).
import { expect, it } from 'vitest';
import type { Session } from '../../../main/sip/index.ts';
import { createSubscriber } from '../../../main/simple/event/subscriber.ts';
import { createTestInternet, sipUri } from '../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { acceptAll, callTo, party } from '../../support/session-pair.ts';
import { createRawPeer, rawRequest, statusesIn } from '../../support/raw-peer.ts';

it('a session is not ended, changed or acknowledged by guessed tags', async () => {
  const world = createTestInternet();
  const alice = await party(world, 'alice', '192.0.2.1');
  const bob = await party(world, 'bob', '192.0.2.2');
  const taken: Session[] = [];
  acceptAll(bob, taken);
  const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
  if (outcome.kind !== 'answered') throw new Error(outcome.kind);
  const { callId, remoteTag } = outcome.session.dialog;
  const peer = createRawPeer(world, '192.0.2.2', '192.0.2.66');
  const guesses = [
    { callId, toTag: 'guess' },
    // Even who knows the Call-ID and one tag lacks the other.
    { callId, toTag: remoteTag },
    { callId: 'guess', toTag: remoteTag },
  ];
  let branch = 0;
  for (const method of ['BYE', 'INVITE', 'UPDATE', 'PRACK']) {
    for (const guess of guesses) peer.sendUdp(rawRequest(method, { ...guess, branch: `z9hG4bKg${(branch += 1)}` }));
  }
  peer.sendUdp(rawRequest('CANCEL', { callId, branch: 'z9hG4bKguess' }));
  peer.sendUdp(rawRequest('ACK', { callId, toTag: 'guess', branch: 'z9hG4bKack' }));
  await world.clock.advance(50);
  const statuses = peer.datagrams.flatMap(({ to, text }) => (to.startsWith('192.0.2.66') ? statusesIn(text) : []));
  expect(statuses).toEqual(Array.from({ length: 13 }, () => 481));
  expect([outcome.session.phase, taken[0]?.phase]).toEqual(['confirmed', 'confirmed']);
  peer.close();
  for (const { sessions, endpoint } of [alice, bob]) {
    sessions.close();
    await endpoint.stop();
  }
});

it('a NOTIFY for a subscription that is not ours is 481, and one with a guessed tag changes nothing', async () => {
  const world = createTestInternet();
  const { clock } = world;
  const bob = await world.endpoint('192.0.2.2');
  const random = createFakeRandom(5);
  const subscriber = createSubscriber({
    endpoint: bob,
    clock,
    random,
    log: () => undefined,
    address: sipUri('bob', '192.0.2.2'),
    event: 'presence',
  });
  const peer = createRawPeer(world, '192.0.2.2', '192.0.2.66');
  const headers = ['Event: presence', 'Subscription-State: terminated'];
  peer.sendUdp(rawRequest('NOTIFY', { callId: 'guess', toTag: 'guess', headers }));
  await clock.advance(50);
  expect(peer.datagrams.flatMap(({ text }) => statusesIn(text))).toEqual([481]);
  peer.close();
  await clock.run(subscriber.stop());
  await bob.stop();
});

it.each([
  ['405 with Allow', rawRequest('MESSAGE'), [405], /^Allow: .*OPTIONS/m],
  ['501', rawRequest('BREAKIN'), [501], /^CSeq: 1 BREAKIN/m],
  ['420 with Unsupported', rawRequest('OPTIONS', { headers: ['Require: x-new'] }), [420], /^Unsupported: x-new\r$/m],
  ['416', rawRequest('OPTIONS').replace('sip:bob@192.0.2.2 SIP', 'tel:+358 SIP'), [416], /^CSeq/m],
  ['489 with Allow-Events', rawRequest('SUBSCRIBE', { headers: ['Event: weather'] }), [489], /^Allow-Events: presence\r$/m],
  ['505', rawRequest('OPTIONS').replace('SIP/2.0\r', 'SIP/3.0\r'), [505], /^CSeq/m],
  ['482 for a copy by another way', rawRequest('OPTIONS') + '\n' + rawRequest('OPTIONS', { branch: 'z9hG4bK2' }), [200, 482], /^CSeq/m],
  ['nothing for an ACK', rawRequest('ACK'), [], /^/],
])('%s', async (_, text, statuses, header) => {
  const world = createTestInternet();
  const bob = await world.endpoint('192.0.2.2');
  bob.onRequest('SUBSCRIBE', () => ({ status: 200 }), 'presence');
  const peer = createRawPeer(world, '192.0.2.2');
  for (const one of text.split('\n\n')) {
    peer.sendUdp(`${one}${one.endsWith('\r\n\r\n') ? '' : '\n'}`);
    await world.clock.advance(20);
  }
  expect([peer.datagrams.flatMap((datagram) => statusesIn(datagram.text)), header.test(peer.datagrams[0]?.text ?? '')]).toEqual([
    statuses,
    true,
  ]);
  peer.close();
  await bob.stop();
});
