// Who is not admitted: a bare refusal and nothing else, whatever is asked; and what comes before the gate says nothing of us.
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../main/sip/index.ts';
import { printStunRequest } from '../../../main/sip/transport/stun.ts';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import type { TestInternet } from '../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest } from '../../support/raw-peer.ts';
import type { RawPeer } from '../../support/raw-peer.ts';

const BOB = '192.0.2.2';
const STRANGER = '192.0.2.7';
const SERVER = '192.0.2.8';

interface World {
  readonly world: TestInternet;
  readonly bob: Endpoint;
  readonly stranger: RawPeer;
  readonly server: RawPeer;
  readonly heard: string[];
  /** All that Bob sent to the stranger, and to the server. */
  sentTo(address: string): string[];
  stop(): Promise<void>;
}

/** Bob hears his server alone; the verdict on strangers comes a moment later, as where it has to be looked up. */
async function setUp(): Promise<World> {
  const world = createTestInternet();
  const bob = await world.endpoint(BOB);
  const heard: string[] = [];
  bob.onRequest('MESSAGE', ({ source }) => {
    heard.push(source.address);
    return { status: 200 };
  });
  bob.setGate(({ source }) => source.address === SERVER || new Promise((resolve) => void world.clock.startTimer(5, () => resolve(false))));
  const stranger = createRawPeer(world, BOB);
  const server = createRawPeer(world, BOB, SERVER);
  return {
    world,
    bob,
    stranger,
    server,
    heard,
    sentTo: (address) => server.datagrams.flatMap(({ to, text }) => (to.startsWith(`${address}:`) ? [text] : [])),
    stop: async () => {
      stranger.close();
      server.close();
      await bob.stop();
    },
  };
}

function fromServer(text: string): string {
  return text.replaceAll(STRANGER, SERVER);
}

describe('a stranger', () => {
  it.each([
    ['what is handled', rawRequest('MESSAGE')],
    ['what nobody handles', rawRequest('SUBSCRIBE')],
    ['a method nobody knows', rawRequest('FLY')],
    ['what the endpoint answers by itself', rawRequest('OPTIONS')],
    ['an extension', rawRequest('MESSAGE', { headers: ['Require: nothing'] })],
    ['another scheme', rawRequest('MESSAGE').replace('sip:bob@192.0.2.2 SIP', 'tel:+1 SIP')],
    ['a CANCEL', rawRequest('CANCEL')],
    ['an INVITE', rawRequest('INVITE')],
  ])('who asks for %s gets a bare 403', async (_, text) => {
    const { world, bob, stranger, heard, sentTo, stop } = await setUp();
    stranger.sendUdp(text);
    await world.clock.advance(20);
    const [answer = ''] = sentTo(STRANGER);
    expect([sentTo(STRANGER).length, answer.split('\r\n')[0], heard]).toEqual([1, 'SIP/2.0 403 Forbidden', []]);
    const names = answer.split('\r\n').flatMap((line) => (line.includes(':') ? [line.slice(0, line.indexOf(':'))] : []));
    expect(names).toEqual(['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Content-Length']);
    expect(bob.counts).toEqual({ 'requests-received': 1, 'requests-not-admitted': 1 });
    await stop();
  });

  it.each(['INVITE', 'MESSAGE'])('gets one 403 for each %s, and leaves nothing behind', async (method) => {
    const { world, bob, stranger, sentTo, stop } = await setUp();
    const before = world.clock.pendingTimers();
    stranger.sendUdp(rawRequest(method));
    await world.clock.advance(40);
    expect(world.clock.pendingTimers()).toBe(before);
    await world.clock.advance(40_000);
    expect(sentTo(STRANGER)).toHaveLength(1);
    stranger.sendUdp(rawRequest(method));
    await world.clock.advance(20);
    stranger.sendUdp(rawRequest('ACK'));
    await world.clock.advance(40_000);
    expect([sentTo(STRANGER).length, world.clock.pendingTimers()]).toEqual([2, before]);
    expect(bob.counts).toEqual({ 'requests-received': 3, 'requests-not-admitted': 2, 'acks-unmatched': 1 });
    await stop();
  });

  it('learns of no request that came before by another way, and takes no place of one to come', async () => {
    const { world, stranger, server, heard, sentTo, stop } = await setUp();
    server.sendUdp(fromServer(rawRequest('MESSAGE')).replace('Call-ID: raw', 'Call-ID: first'));
    await world.clock.advance(20);
    // The same From, Call-ID and CSeq, by another way.
    const copy = (callId: string): string =>
      rawRequest('MESSAGE', { callId, branch: `z9hG4bK${callId}` }).replace(`From: <sip:alice@${STRANGER}>`, `From: <sip:alice@${SERVER}>`);
    stranger.sendUdp(copy('first'));
    stranger.sendUdp(copy('second'));
    await world.clock.advance(20);
    server.sendUdp(fromServer(rawRequest('MESSAGE')).replace('Call-ID: raw', 'Call-ID: second').replace('z9hG4bK1', 'z9hG4bK2'));
    await world.clock.advance(20);
    expect(sentTo(STRANGER).map((text) => text.slice(8, 11))).toEqual(['403', '403']);
    expect(sentTo(SERVER).map((text) => text.slice(8, 11))).toEqual(['200', '200']);
    expect(heard).toEqual([SERVER, SERVER]);
    await stop();
  });

  it('is not told by STUN where we see them; whom we talk to is', async () => {
    const { world, bob, stranger, server, sentTo, stop } = await setUp();
    const question = printStunRequest(new Uint8Array(12).fill(7));
    stranger.sendUdp(question);
    server.sendUdp(question);
    await world.clock.advance(20);
    expect([sentTo(STRANGER), sentTo(SERVER)]).toEqual([[], []]);
    const sent = bob.send(textMessage(sipUri('bob', BOB), sipUri('ada', SERVER), 'x'));
    await world.clock.advance(20);
    sent.cancel();
    const before = sentTo(SERVER).length;
    stranger.sendUdp(question);
    server.sendUdp(question);
    await world.clock.advance(20);
    expect([sentTo(STRANGER), sentTo(SERVER).length - before]).toEqual([[], 1]);
    await stop();
  });

  it('who sends what is too broken to be a request gets an answer that says nothing of us', async () => {
    const { world, stranger, sentTo, stop } = await setUp();
    stranger.sendUdp(rawRequest('MESSAGE', { headers: ['Via: broken'] }));
    await world.clock.advance(20);
    const [answer = ''] = sentTo(STRANGER);
    expect(answer.split('\r\n')[0]).toBe('SIP/2.0 400 Bad Request');
    expect(answer).not.toMatch(/^(Server|Allow|Supported|Contact|User-Agent|Accept|Warning):/im);
    await stop();
  });

  it('on a connection gets the answer to a keep-alive', async () => {
    const { world, stranger, stop } = await setUp();
    const stream = await stranger.sendTcp('\r\n\r\n');
    await world.clock.advance(20);
    expect([stream.text, stream.isClosed]).toEqual(['\r\n', false]);
    stream.socket.close();
    await stop();
  });
});

it('without a gate everybody is answered by STUN', async () => {
  const world = createTestInternet();
  const bob = await world.endpoint(BOB);
  const stranger = createRawPeer(world, BOB);
  stranger.sendUdp(printStunRequest(new Uint8Array(12).fill(7)));
  await world.clock.advance(20);
  expect(stranger.datagrams).toHaveLength(1);
  stranger.close();
  await bob.stop();
});
