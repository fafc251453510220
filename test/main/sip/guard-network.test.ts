// What is thrown while bytes are worked on never reaches the system's callbacks: a datagram is lost, a connection closed, everybody else served.
import { expect, it } from 'vitest';
import { guardNetwork } from '../../../main/sip/guard-network.ts';
import type { Reply, StreamEvents, StreamSocket } from '../../../main/sip/index.ts';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest, statusesIn } from '../../support/raw-peer.ts';

const AT = { address: '192.0.2.2', port: 5060 };
const boom = (): never => {
  throw new Error('boom');
};

it('is told where it was thrown, and closes what may be half read', async () => {
  const { clock, internet } = createTestInternet();
  const thrown: string[] = [];
  const network = guardNetwork(internet.host(AT.address), (where, error) => void thrown.push(`${where}: ${String(error)}`));
  const datagrams = await network.openUdp(AT, boom);
  let accepted = 0;
  const server = await network.listenTcp(AT, (): StreamEvents => (++accepted === 1 ? boom() : { onData: boom, onClosed: boom }));
  const peer = internet.host('192.0.2.7');
  const udp = await peer.openUdp({ address: '192.0.2.7', port: 5060 }, () => undefined);
  udp.send(Uint8Array.of(1), AT, () => undefined);
  let closed = 0;
  const connect = (): Promise<StreamSocket> =>
    clock.run(peer.connectTcp(AT, { onData: () => undefined, onClosed: () => void closed++ }, new AbortController().signal));
  await connect();
  (await connect()).write(Uint8Array.of(1));
  await clock.advance(100);
  expect([closed, thrown.toSorted()]).toEqual([
    2,
    [
      'a datagram: Error: boom',
      'a new connection: Error: boom',
      'the bytes of a connection: Error: boom',
      'the end of a connection: Error: boom',
    ],
  ]);
  const away = await network.openUdp({ address: AT.address, port: 5061 }, () => undefined);
  for (const socket of [udp, datagrams, server, away]) socket.close();
  const listener = await peer.listenTcp({ address: '192.0.2.7', port: 5060 }, (socket) => {
    socket.write(Uint8Array.of(2));
    return { onData: () => undefined, onClosed: () => void closed++ };
  });
  const bad = { onData: boom, onClosed: () => undefined };
  await clock.run(network.connectTcp({ address: '192.0.2.7', port: 5060 }, bad, new AbortController().signal));
  await clock.advance(100);
  expect([closed, thrown.length]).toEqual([3, 5]);
  listener.close();
});

it('a clock of ours that fails within one message: the next peer is served all the same', async () => {
  const world = createTestInternet();
  let isBroken = false;
  const clock = {
    ...world.clock,
    startTimer: (...given: Parameters<typeof world.clock.startTimer>) => (isBroken ? boom() : world.clock.startTimer(...given)),
  };
  const bob = await world.endpoint(AT.address, { clock });
  const alice = await world.endpoint('192.0.2.1');
  bob.onRequest('MESSAGE', () => ({ status: 200 }));
  bob.onRequest('INVITE', () => Promise.withResolvers<{ status: number }>().promise);
  const peer = createRawPeer(world, AT.address);
  isBroken = true;
  peer.sendUdp(rawRequest('INVITE'));
  const stream = await peer.sendTcp(rawRequest('INVITE', { branch: 'z9hG4bK2', callId: 'two' }));
  await world.clock.advance(20);
  isBroken = false;
  const to = sipUri('bob', AT.address);
  const outcome = await world.clock.run(alice.send(textMessage(sipUri('alice', '192.0.2.1'), to, 'x')).outcome);
  expect({
    kind: outcome.kind,
    statuses: statusesIn(stream.text),
    isClosed: stream.isClosed,
    thrown: bob.counts['internal-errors'],
  }).toEqual({
    kind: 'final',
    statuses: [],
    isClosed: true,
    thrown: 2,
  });
  expect(world.log.filter((line) => line.startsWith('error ')).length).toBe(2);
  peer.close();
});

it('what a listener to flows throws keeps the next one from nothing', async () => {
  const world = createTestInternet();
  const bob = await world.endpoint(AT.address);
  const heard: string[] = [];
  bob.onFlowClosed(boom);
  bob.onFlowClosed((flow) => void heard.push(flow.protocol));
  const { socket } = await createRawPeer(world, AT.address).sendTcp('\r\n\r\n');
  await world.clock.advance(10);
  socket.close();
  await world.clock.advance(10);
  expect([heard, bob.counts['internal-errors']]).toEqual([['tcp'], 1]);
});

it.each([
  ['at once', (reply: Reply) => reply],
  ['late', async (reply: Reply) => Promise.resolve(reply)],
])('a reply that cannot be sent, given %s, becomes 500', async (_, give) => {
  const world = createTestInternet();
  const broken: Reply = { status: 200, headers: [{ name: 'Subject', value: undefined as unknown as string }] };
  const bob = await world.endpoint(AT.address);
  bob.onRequest('MESSAGE', () => give(broken));
  bob.onRequest('SUBSCRIBE', () => give({ ...broken, contact: { user: 'bob' } }), 'presence');
  const peer = createRawPeer(world, AT.address);
  peer.sendUdp(rawRequest('MESSAGE'));
  peer.sendUdp(rawRequest('SUBSCRIBE', { branch: 'z9hG4bK2', callId: 'two', headers: ['Event: presence'] }));
  await world.clock.advance(20);
  expect([peer.datagrams.map(({ text }) => text.split(' ')[1]), bob.counts['handler-errors']]).toEqual([['500', '500'], 2]);
  peer.close();
  await bob.stop();
});
