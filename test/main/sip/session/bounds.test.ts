// How many sessions strangers can make: from one address, and altogether; beyond it 503, and the honest are still served.
import { expect, it } from 'vitest';
import { MOST_SESSIONS, MOST_SESSIONS_PER_SOURCE } from '../../../../main/sip/session/create-sessions.ts';
import { createTestInternet } from '../../../support/endpoint-pair.ts';
import type { TestInternet } from '../../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest } from '../../../support/raw-peer.ts';
import type { RawPeer } from '../../../support/raw-peer.ts';
import { callTo, leftovers, messages, party } from '../../../support/session-pair.ts';
import type { Party } from '../../../support/session-pair.ts';

const BOB = '192.0.2.2';

interface Target {
  readonly world: TestInternet;
  readonly bob: Party;
  readonly alice: Party;
}

/** Bob lets everybody wait but Alice. */
async function setUp(): Promise<Target> {
  const world = createTestInternet();
  const bob = await party(world, 'bob', BOB);
  const alice = await party(world, 'alice', '192.0.2.1');
  bob.sessions.onInvite(({ source, session }) =>
    source.address === '192.0.2.1'
      ? { kind: 'accept', description: messages('b') }
      : session.ended.then(() => ({ kind: 'refuse', status: 480 })),
  );
  return { world, bob, alice };
}

async function flood({ world }: Target, from: string, count: number): Promise<RawPeer> {
  const peer = createRawPeer(world, BOB, from);
  for (let at = 0; at < count; at += 1) {
    peer.sendUdp(rawRequest('INVITE', { branch: `z9hG4bK${from}-${at}`, callId: `${from}-${at}` }).replaceAll('192.0.2.7', from));
  }
  await world.clock.advance(50);
  return peer;
}

async function call({ world, alice, bob }: Target): Promise<string> {
  const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
  return outcome.kind === 'refused' ? String(outcome.response.status) : outcome.kind;
}

it('one address beyond its bound gets 503 with Retry-After, others are served, and room comes back', async () => {
  const all = await setUp();
  const peer = await flood(all, '203.0.113.1', MOST_SESSIONS_PER_SOURCE + 3);
  const refused = peer.datagrams.filter(({ text }) => text.startsWith('SIP/2.0 503 '));
  expect([all.bob.sessions.size, refused.length, refused.every(({ text }) => /^Retry-After: 30\r$/m.test(text))]).toEqual([
    MOST_SESSIONS_PER_SOURCE,
    3,
    true,
  ]);
  expect(await call(all)).toBe('answered');
  for (let at = 0; at < 2; at += 1) {
    const cancel = rawRequest('CANCEL', { branch: `z9hG4bK203.0.113.1-${at}`, callId: `203.0.113.1-${at}` });
    peer.sendUdp(cancel.replaceAll('192.0.2.7', '203.0.113.1'));
  }
  await all.world.clock.advance(50);
  expect(all.bob.sessions.size).toBe(MOST_SESSIONS_PER_SOURCE - 2 + 1);
  peer.sendUdp(rawRequest('INVITE', { branch: 'z9hG4bKagain', callId: 'again' }).replaceAll('192.0.2.7', '203.0.113.1'));
  await all.world.clock.advance(50);
  expect(all.bob.sessions.size).toBe(MOST_SESSIONS_PER_SOURCE - 1 + 1);
  peer.close();
  all.alice.sessions.close();
  all.bob.sessions.close();
  await all.alice.endpoint.stop();
  expect(await leftovers(all.world, all.bob)).toEqual({ timers: 0, sockets: 0, sessions: 0 });
});

it('all together beyond the whole bound: 503 for whoever comes, but our own calls go out', async () => {
  const all = await setUp();
  const peers = [];
  for (let at = 0; at < MOST_SESSIONS / MOST_SESSIONS_PER_SOURCE; at += 1) {
    peers.push(await flood(all, `203.0.113.${at + 1}`, MOST_SESSIONS_PER_SOURCE));
  }
  expect([all.bob.sessions.size, await call(all)]).toEqual([MOST_SESSIONS, '503']);
  all.alice.sessions.onInvite(() => ({ kind: 'accept', description: messages('a') }));
  const own = await all.world.clock.run(all.bob.sessions.invite(callTo(all.bob, all.alice.uri)).outcome);
  expect(own.kind).toBe('answered');
  for (const peer of peers) peer.close();
  all.bob.sessions.close();
  all.alice.sessions.close();
});
