// What is left after `stop`: no timer, no socket, no listener; and thousands of waiting things share one native timer.
import { expect, it } from 'vitest';
import { createNodeNetwork } from '../../../main/sip/index.ts';
import { createSubscriber } from '../../../main/simple/event/subscriber.ts';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';
import { createRawPeer, rawRequest } from '../../support/raw-peer.ts';
import { callTo, leftovers, messages, party } from '../../support/session-pair.ts';

const MANY = 2_000;
const LOOPBACK = { address: '127.0.0.1', port: 0 };

it('an endpoint stopped in the middle of everything leaves nothing', async () => {
  const world = createTestInternet();
  const { clock, internet } = world;
  const alice = await world.endpoint('192.0.2.1');
  const bob = await world.endpoint('192.0.2.2');
  bob.onRequest('MESSAGE', () => Promise.withResolvers<{ status: number }>().promise);
  bob.onRequest('INFO', () => ({ status: 200 }));
  bob.onRequest('INVITE', () => ({ status: 486 }));
  const outcomes = [];
  for (let count = 0; count < 100; count += 1) {
    const over = { parameters: [{ name: 'transport', value: count % 2 === 0 ? 'udp' : 'tcp' }] };
    outcomes.push(alice.send(textMessage(sipUri('alice', '192.0.2.1'), sipUri('bob', '192.0.2.2', over), 'x')).outcome);
    // Nobody is there.
    outcomes.push(alice.send(textMessage(sipUri('alice', '192.0.2.1'), sipUri('carol', '192.0.2.3', over), 'x')).outcome);
  }
  const peer = createRawPeer(world, '192.0.2.2');
  for (const method of ['INFO', 'INVITE', 'OPTIONS']) {
    for (let count = 0; count < 100; count += 1) {
      peer.sendUdp(rawRequest(method, { branch: `z9hG4bK${method}${count}`, callId: `${method}${count}` }));
    }
  }
  await peer.sendTcp('MESSAGE sip:half');
  await clock.advance(100);
  expect(clock.pendingTimers() > 200).toBe(true);
  await alice.stop();
  await bob.stop();
  peer.close();
  const kinds = new Set((await Promise.all(outcomes)).map(({ kind }) => kind));
  // What is still on its way arrives nowhere; nothing is armed again by it.
  await clock.advance(100);
  expect({ timers: clock.pendingTimers(), sockets: internet.openSockets(), kinds: [...kinds].sort() }).toEqual({
    timers: 0,
    sockets: 0,
    kinds: ['cancelled', 'transport-failed'],
  });
  expect(() => alice.send(textMessage(sipUri('alice', '192.0.2.1'), sipUri('bob', '192.0.2.2'), 'late'))).not.toThrow();
});

it('thousands of requests that wait for answers share one native timer', async () => {
  const endpoint = await openEndpoint({
    listen: [{ protocol: 'udp', local: LOOPBACK }],
  });
  const before = nativeTimers();
  // Somebody who hears and never answers.
  const deaf = await createNodeNetwork().openUdp(LOOPBACK, () => undefined);
  const to = sipUri('nobody', '127.0.0.1', { port: deaf.local.port });
  const sent = Array.from({ length: MANY }, () => endpoint.send(textMessage(sipUri('a', '127.0.0.1'), to, 'x')));
  await new Promise((resolve) => setImmediate(resolve));
  expect(nativeTimers() - before <= 1).toBe(true);
  await endpoint.stop();
  deaf.close();
  const kinds = new Set((await Promise.all(sent.map(({ outcome }) => outcome))).map(({ kind }) => kind));
  expect({ kinds: [...kinds], isDisarmed: nativeTimers() <= before }).toEqual({ kinds: ['cancelled'], isDisarmed: true });
});

function nativeTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

it('thousands of subscriptions are ended and forgotten', async () => {
  const world = createTestInternet();
  const { clock, internet } = world;
  const server = await world.endpoint('192.0.2.1');
  server.onRequest('SUBSCRIBE', () => ({ status: 200, headers: [{ name: 'Expires', value: '3600' }], contact: { user: 's' } }), 'presence');
  const bob = await world.endpoint('192.0.2.2');
  const subscriber = createSubscriber({
    endpoint: bob,
    clock,
    random: createFakeRandom(3),
    log: () => undefined,
    address: sipUri('bob', '192.0.2.2'),
    event: 'presence',
  });
  for (let count = 0; count < MANY / 4; count += 1) {
    subscriber.subscribe({
      target: sipUri(`u${count}`, '192.0.2.1'),
      accept: ['application/pidf+xml'],
      onNotify: () => undefined,
      onState: () => undefined,
    });
  }
  await clock.advance(20_000);
  expect(server.counts['requests-received']! >= MANY / 4).toBe(true);
  await clock.run(subscriber.stop());
  await bob.stop();
  await server.stop();
  await clock.advance(10);
  expect({ timers: clock.pendingTimers(), sockets: internet.openSockets() }).toEqual({ timers: 0, sockets: 0 });
});

it('calls and sessions in every phase are ended and forgotten', async () => {
  const world = createTestInternet();
  const alice = await party(world, 'alice', '192.0.2.1');
  const bob = await party(world, 'bob', '192.0.2.2');
  const nobody = sipUri('carol', '192.0.2.3');
  let invitations = 0;
  bob.sessions.onInvite(async (invitation) => {
    const turn = (invitations += 1) % 4;
    if (turn === 0) return { kind: 'refuse', status: 486 };
    // Rings reliably, or simply waits.
    if (turn === 1) void invitation.progress({ status: 180, isReliable: true });
    if (turn <= 2) return invitation.session.ended.then(() => ({ kind: 'refuse', status: 480 }));
    return { kind: 'accept', description: messages('b') };
  });
  const calls = Array.from({ length: 200 }, (_, count) => alice.sessions.invite(callTo(alice, count % 10 === 9 ? nobody : bob.uri)));
  await world.clock.advance(1_000);
  for (const call of calls.slice(0, 40)) call.cancel();
  const peer = createRawPeer(world, '192.0.2.2');
  // Their 2xx are never acknowledged.
  for (let count = 0; count < 40; count += 1) peer.sendUdp(rawRequest('INVITE', { branch: `z9hG4bKi${count}`, callId: `i${count}` }));
  await world.clock.advance(300);
  expect([alice.sessions.size > 50, bob.sessions.size > 50, world.clock.pendingTimers() > 100]).toEqual([true, true, true]);
  peer.close();
  alice.sessions.close();
  await alice.endpoint.stop();
  bob.sessions.close();
  expect(await leftovers(world, alice, bob)).toEqual({ timers: 0, sockets: 0, sessions: 0 });
  expect((await Promise.all(calls.map(({ outcome }) => outcome))).length).toBe(calls.length);
});
