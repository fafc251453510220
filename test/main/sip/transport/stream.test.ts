// Connections as a stranger meets them: pings, garbage, floods, idleness; over an internet in memory.
import { describe, expect, it } from 'vitest';
import type { StreamSocket } from '../../../../main/sip/index.ts';
import { MOST_CONNECTIONS_PER_SOURCE } from '../../../../main/sip/transport/connection-table.ts';
import { createTestInternet, sipUri, textMessage } from '../../../support/endpoint-pair.ts';

const BOB = { address: '192.0.2.2', port: 5060 };

async function setUp() {
  const { clock, internet, endpoint } = createTestInternet();
  const bob = await endpoint(BOB.address);
  const handled: string[] = [];
  bob.onRequest('MESSAGE', ({ message }) => {
    handled.push(message.callId);
    return { status: 200 };
  });
  const connect = async (from = '192.0.2.1') => {
    const received: string[] = [];
    const ends: string[] = [];
    const promise = internet.host(from).connectTcp(
      BOB,
      {
        onData: (bytes) => void received.push(new TextDecoder().decode(bytes)),
        onClosed: (error) => void ends.push(error?.message ?? 'orderly'),
      },
      new AbortController().signal,
    );
    const socket: StreamSocket = await clock.run(promise);
    const write = async (text: string): Promise<void> => {
      socket.write(new TextEncoder().encode(text));
      await clock.advance(10);
    };
    return { received, ends, write, socket };
  };
  return { clock, internet, endpoint, bob, handled, connect };
}

function message(callId: string, more = ''): string {
  const head = [
    'MESSAGE sip:bob@192.0.2.2 SIP/2.0',
    `Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK${callId}`,
    'From: <sip:alice@192.0.2.1>;tag=a',
    'To: <sip:bob@192.0.2.2>',
    `Call-ID: ${callId}`,
    'CSeq: 1 MESSAGE',
  ];
  return [...head, ...(more === '' ? [] : [more]), 'Content-Length: 0', '', ''].join('\r\n');
}

describe('a connection', () => {
  it('answers a double CRLF with a single one', async () => {
    const { bob, connect } = await setUp();
    const peer = await connect();
    await peer.write('\r\n\r\n');
    expect({ received: peer.received, pings: bob.counts['pings-answered'] }).toEqual({ received: ['\r\n'], pings: 1 });
    await bob.stop();
  });

  it('answers all messages of one read in one write', async () => {
    const { bob, handled, connect } = await setUp();
    const peer = await connect();
    await peer.write(message('one') + message('two') + message('three'));
    expect(handled).toEqual(['one', 'two', 'three']);
    expect(peer.received.map((text) => text.match(/^SIP\/2\.0 200 OK/gm)?.length)).toEqual([3]);
    await bob.stop();
  });

  it('answers 400 to a broken request and goes on with the next', async () => {
    const { bob, handled, connect } = await setUp();
    const peer = await connect();
    await peer.write(message('broken', 'Contact: <sip:') + message('good'));
    expect(peer.received.join('').match(/^SIP\/2\.0 \d+/gm)).toEqual(['SIP/2.0 400', 'SIP/2.0 200']);
    expect({ handled, answered: bob.counts['malformed-answered'] }).toEqual({ handled: ['good'], answered: 1 });
    await bob.stop();
  });

  it('ends where the next message cannot be found', async () => {
    const { bob, handled, connect } = await setUp();
    const peer = await connect();
    await peer.write(message('lost').replace('Content-Length: 0', 'Content-Length: many') + message('next'));
    expect({ handled, ends: peer.ends }).toEqual({ handled: [], ends: ['orderly'] });
    await bob.stop();
  });

  it('is refused beyond the bound of one source, while another source is served', async () => {
    const { bob, handled, connect } = await setUp();
    for (let index = 0; index < MOST_CONNECTIONS_PER_SOURCE; index++) await connect();
    const tooMany = await connect();
    const other = await connect('192.0.2.3');
    await other.write(message('other'));
    expect({ ends: tooMany.ends, handled, refused: bob.counts['connections-refused'] }).toEqual({
      ends: ['orderly'],
      handled: ['other'],
      refused: 1,
    });
    await bob.stop();
  });

  it('is closed after ten idle minutes when the peer opened it', async () => {
    const { clock, bob, connect } = await setUp();
    const peer = await connect();
    await peer.write('\r\n\r\n');
    await clock.advance(12 * 60_000);
    expect({ ends: peer.ends, idle: bob.counts['connections-idle-closed'], timers: clock.pendingTimers() }).toEqual({
      ends: ['orderly'],
      idle: 1,
      timers: 0,
    });
    await bob.stop();
  });

  it('is given up when the peer does not read', async () => {
    const { clock, internet, bob, connect } = await setUp();
    bob.onRequest('INFO', () => ({ status: 200, body: new Uint8Array(200_000) }));
    const peer = await connect();
    internet.quality = { ...internet.quality, delayMs: 10_000 };
    const infos = Array.from({ length: 8 }, (_, index) => message(`info-${index}`).replaceAll('MESSAGE', 'INFO')).join('');
    peer.socket.write(new TextEncoder().encode(infos));
    await clock.advance(25_000);
    expect(bob.counts['connections-overflowed']).toBe(1);
    await bob.stop();
  });

  it('carries requests back to the peer that opened it', async () => {
    const { clock, endpoint, bob } = await setUp();
    const alice = await endpoint('192.0.2.1');
    const heard: string[] = [];
    alice.onRequest('MESSAGE', ({ flow }) => {
      heard.push(flow.protocol);
      return { status: 200 };
    });
    const over = { parameters: [{ name: 'transport', value: 'tcp' }] };
    const alicesUri = sipUri('alice', '192.0.2.1');
    const contact = { user: 'alice' };
    const sent = await clock.run(alice.send(textMessage(alicesUri, sipUri('bob', BOB.address, over), 'x', { contact })).outcome);
    if (sent.kind !== 'final' || sent.request.contacts === '*') throw new Error(sent.kind);
    const target = sent.request.contacts[0]?.uri;
    if (target?.kind !== 'sip') throw new Error('no contact');
    await clock.run(bob.send(textMessage(sipUri('bob', BOB.address), target, 'back')).outcome);
    expect({ heard, opened: bob.counts['connections-opened'] }).toEqual({ heard: ['tcp'], opened: undefined });
    await alice.stop();
    await bob.stop();
  });
});
