// Floods, and an honest peer who keeps chatting through each of them: everybody honest is served, everything else refused and counted.
import { expect, it } from 'vitest';
import type { Endpoint } from '../../../main/sip/index.ts';
import { MOST_ERROR_ANSWERS_PER_SECOND } from '../../../main/sip/transport/receive-message.ts';
import { MOST_CONNECTIONS, MOST_CONNECTIONS_PER_SOURCE } from '../../../main/sip/transport/connection-table.ts';
import { MOST_UNANSWERED_PER_SOURCE } from '../../../main/sip/transaction/table.ts';
import { createDice } from '../../fuzz/dice.ts';
import { nextInput } from '../../fuzz/mutate.ts';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import type { TestInternet } from '../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest, statusesIn } from '../../support/raw-peer.ts';

const BOB = '192.0.2.2';

async function setUp(): Promise<{
  world: TestInternet;
  bob: Endpoint;
  alice: Endpoint;
  chat: (transport: 'udp' | 'tcp') => Promise<unknown>;
}> {
  const world = createTestInternet();
  const bob = await world.endpoint(BOB);
  const alice = await world.endpoint('192.0.2.1');
  bob.onRequest('MESSAGE', () => ({ status: 200 }));
  const chat = async (transport: 'udp' | 'tcp'): Promise<unknown> => {
    const to = sipUri('bob', BOB, { parameters: [{ name: 'transport', value: transport }] });
    const outcome = await world.clock.run(alice.send(textMessage(sipUri('alice', '192.0.2.1'), to, 'still there?')).outcome, 5_000);
    return outcome.kind === 'final' ? outcome.response.status : outcome.kind;
  };
  return { world, bob, alice, chat };
}

/** Nothing is left of it: no timer, no socket. */
async function expectNothingLeft({ clock, internet }: TestInternet, ...endpoints: readonly Endpoint[]): Promise<void> {
  for (const endpoint of endpoints) await endpoint.stop();
  await clock.advance(20_000);
  expect({ timers: clock.pendingTimers(), sockets: internet.openSockets() }).toEqual({ timers: 0, sockets: 0 });
}

it('garbage over UDP', async () => {
  const { world, bob, alice, chat } = await setUp();
  const attacker = await world.internet.host('192.0.2.66').openUdp({ address: '192.0.2.66', port: 5060 }, () => undefined);
  const dice = createDice(3);
  const seeds = [Buffer.from(rawRequest('MESSAGE')), Buffer.from(rawRequest('INVITE').replace('CSeq: 1', 'CSeq: x'))];
  for (let round = 0; round < 20; round += 1) {
    for (let count = 0; count < 200; count += 1) {
      // Nothing of it is a request that somebody could take.
      const input = Buffer.from(nextInput(seeds, dice)).toString('latin1').replaceAll('SIP/2.0', 'SIP/2.x');
      attacker.send(Buffer.from(input, 'latin1'), { address: BOB, port: 5060 }, () => undefined);
    }
    expect(await chat('udp')).toBe(200);
  }
  const { 'malformed-ignored': ignored = 0, 'malformed-answered': answered = 0, 'requests-received': received } = bob.counts;
  expect([received, ignored > 1_000, answered <= MOST_ERROR_ANSWERS_PER_SECOND * 2]).toEqual([20, true, true]);
  attacker.close();
  await expectNothingLeft(world, bob, alice);
});

it('connections that send one message a letter at a time', async () => {
  const { world, bob, alice, chat } = await setUp();
  const { clock } = world;
  const slow = [];
  for (let source = 0; source < 20; source += 1) {
    const peer = createRawPeer(world, BOB, `198.51.100.${source}`);
    for (let count = 0; count < 10; count += 1) slow.push(await peer.sendTcp('MESSAGE'));
  }
  const text = Buffer.from(rawRequest('MESSAGE').slice('MESSAGE'.length));
  for (let at = 0; at < 12; at += 1) {
    for (const { socket, isClosed } of slow) if (!isClosed) socket.write(text.subarray(at, at + 1));
    await clock.advance(5_000);
    expect(await chat('tcp')).toBe(200);
  }
  expect([slow.every(({ isClosed }) => isClosed), bob.counts['connections-slow-closed']]).toEqual([true, 200]);
  await expectNothingLeft(world, bob, alice);
});

it('thousands of connections, from one address and from many', async () => {
  const { world, bob, alice, chat } = await setUp();
  expect(await chat('tcp')).toBe(200);
  const single = createRawPeer(world, BOB, '198.51.100.200');
  const streams = [];
  for (let count = 0; count < 1_000; count += 1) streams.push(await single.sendTcp(''));
  await world.clock.advance(10);
  expect(streams.filter(({ isClosed }) => !isClosed).length).toBe(MOST_CONNECTIONS_PER_SOURCE);
  for (let source = 0; source < 100; source += 1) {
    const peer = createRawPeer(world, BOB, `198.51.100.${source}`);
    for (let count = 0; count < 20; count += 1) await peer.sendTcp('');
  }
  // Who chatted keeps the connection, and who is new gets one.
  expect(await chat('tcp')).toBe(200);
  const carol = createRawPeer(world, BOB, '192.0.2.3');
  const stream = await carol.sendTcp(rawRequest('MESSAGE'));
  await world.clock.advance(10);
  expect(statusesIn(stream.text)).toEqual([200]);
  const { 'connections-accepted': accepted = 0, 'connections-evicted': evicted = 0, 'connections-refused': refused } = bob.counts;
  expect([accepted - evicted, refused]).toEqual([MOST_CONNECTIONS, 1_000 - MOST_CONNECTIONS_PER_SOURCE]);
  await expectNothingLeft(world, bob, alice);
});

it('connections that all chat, from many addresses, and still others and we ourselves get through', async () => {
  const { world, bob, alice, chat } = await setUp();
  const open = [];
  for (let source = 0; source < 20; source += 1) {
    const peer = createRawPeer(world, BOB, `198.51.100.${source}`);
    for (let count = 0; count < MOST_CONNECTIONS_PER_SOURCE; count += 1) {
      open.push(await peer.sendTcp(rawRequest('OPTIONS', { branch: `b${source}-${count}`, callId: `c${source}-${count}` })));
    }
  }
  expect(await chat('tcp')).toBe(200);
  const carol = createRawPeer(world, BOB, '192.0.2.3');
  const stream = await carol.sendTcp(rawRequest('MESSAGE'));
  await world.clock.advance(10);
  expect(statusesIn(stream.text)).toEqual([200]);
  const dave = await world.endpoint('192.0.2.4');
  dave.onRequest('MESSAGE', () => ({ status: 200 }));
  const toDave = sipUri('dave', '192.0.2.4', { parameters: [{ name: 'transport', value: 'tcp' }] });
  const outcome = await world.clock.run(bob.send(textMessage(sipUri('bob', BOB), toDave, 'hello')).outcome);
  expect([outcome.kind, open.filter(({ isClosed }) => !isClosed).length <= MOST_CONNECTIONS]).toEqual(['final', true]);
  await expectNothingLeft(world, bob, alice, dave);
});

it('INVITEs that wait, and SUBSCRIBEs for what nobody offers', async () => {
  const { world, bob, alice, chat } = await setUp();
  let asked = 0;
  bob.onRequest('INVITE', () => {
    asked += 1;
    return Promise.withResolvers<{ status: number }>().promise;
  });
  bob.onRequest('SUBSCRIBE', () => ({ status: 200 }), 'presence');
  const peer = createRawPeer(world, BOB, '192.0.2.66');
  const FLOOD = 2_000;
  for (let count = 0; count < FLOOD; count += 1) {
    peer.sendUdp(rawRequest('INVITE', { branch: `z9hG4bKi${count}`, callId: `i${count}` }));
    peer.sendUdp(rawRequest('SUBSCRIBE', { branch: `z9hG4bKs${count}`, callId: `s${count}`, headers: ['Event: weather'] }));
  }
  await world.clock.advance(50);
  // Those before the last INVITE that may wait were answered 489, and are forgotten; everything after it is refused.
  const before = 2 * MOST_UNANSWERED_PER_SOURCE - 1;
  expect([asked, bob.counts['requests-over-limit']]).toEqual([MOST_UNANSWERED_PER_SOURCE, 2 * FLOOD - before]);
  const refusals = peer.datagrams.filter(({ text }) => text.startsWith('SIP/2.0 503 '));
  expect(refusals.every(({ text }) => /^Retry-After: \d+\r$/m.test(text))).toBe(true);
  expect([await chat('udp'), await chat('tcp')]).toEqual([200, 200]);
  peer.close();
  await expectNothingLeft(world, bob, alice);
});

it.each([
  ['a Request-URI beyond its bound', rawRequest('MESSAGE').replace('sip:bob@', `sip:${'b'.repeat(3_000)}@`), 414],
  ['headers beyond their bound', rawRequest('MESSAGE', { headers: Array.from({ length: 300 }, () => 'Subject: x') }), 513],
  ['a head beyond its bound', rawRequest('MESSAGE', { headers: Array.from({ length: 5 }, () => `Subject: ${'x'.repeat(9_000)}`) }), 513],
  ['Via beyond their bound', rawRequest('MESSAGE', { headers: Array.from({ length: 120 }, () => 'Via: SIP/2.0/UDP 192.0.2.9') }), 483],
  ['a body beyond its bound', rawRequest('MESSAGE').replace('Content-Length: 0', 'Content-Length: 2000000'), 413],
])('%s', async (_, text, status) => {
  const { world, bob, alice, chat } = await setUp();
  const peer = createRawPeer(world, BOB, '192.0.2.66');
  const stream = await peer.sendTcp(text);
  await world.clock.advance(50);
  expect([statusesIn(stream.text), await chat('tcp'), await chat('udp')]).toEqual([[status], 200, 200]);
  await expectNothingLeft(world, bob, alice);
});
