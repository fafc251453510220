// Who is heard by an account's endpoint, INVITE as every other method: its own server, and nobody else.
import { expect, it } from 'vitest';
import { guardEndpoint } from '../../../main/accounts/guarded-endpoint.ts';
import { createSessions } from '../../../main/sip/index.ts';
import type { Endpoint, Sessions } from '../../../main/sip/index.ts';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import type { TestInternet } from '../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { createRawPeer, rawRequest } from '../../support/raw-peer.ts';
import { messages } from '../../support/session-pair.ts';

const BOB = '192.0.2.2';
const SERVER = '192.0.2.1';

interface Guarded {
  readonly world: TestInternet;
  readonly server: Endpoint;
  readonly sessions: Sessions;
  /** The methods that got through. */
  readonly heard: string[];
  /** Makes the server ours. */
  askServer(): Promise<unknown>;
}

async function setUp(): Promise<Guarded> {
  const world = createTestInternet();
  const { clock } = world;
  const log = (level: string, text: string): void => void world.log.push(`${level} ${text}`);
  const bob = guardEndpoint(await world.endpoint(BOB), clock, log);
  const server = await world.endpoint(SERVER);
  server.onRequest('MESSAGE', () => ({ status: 200 }));
  const sessions = createSessions({ endpoint: bob, clock, random: createFakeRandom(9), log, contact: { user: 'bob' } });
  const heard: string[] = [];
  sessions.onInvite(() => {
    heard.push('INVITE');
    return { kind: 'accept', description: messages('b') };
  });
  bob.onRequest('MESSAGE', () => {
    heard.push('MESSAGE');
    return { status: 200 };
  });
  const greeting = textMessage(sipUri('bob', BOB), sipUri('bob', SERVER), 'hello');
  return { world, server, sessions, heard, askServer: () => clock.run(bob.send(greeting).outcome) };
}

async function statusesOf({ world }: Guarded, from: string, ...requests: readonly string[]): Promise<string[]> {
  const peer = createRawPeer(world, BOB, from);
  for (const text of requests) peer.sendUdp(text.replaceAll('192.0.2.7', from));
  // Less than T1, so that nothing is sent twice.
  await world.clock.advance(100);
  peer.close();
  const toPeer = peer.datagrams.filter(({ to }) => to.startsWith(from));
  return toPeer.map(({ text }) => `${/^SIP\/2\.0 (\d+)/.exec(text)?.[1] ?? '-'} ${/^CSeq: (.*)\r$/m.exec(text)?.[1] ?? '-'}`);
}

it.each(['INVITE', 'MESSAGE', 'BYE', 'UPDATE', 'PRACK'])('%s of a stranger gets 403, before and after a server is ours', async (method) => {
  const all = await setUp();
  const ask = (branch: string): Promise<string[]> => statusesOf(all, '203.0.113.7', rawRequest(method, { branch, callId: branch }));
  const before = await ask('z9hG4bKbefore');
  await all.askServer();
  const after = await ask('z9hG4bKafter');
  expect([before, after, all.heard, all.sessions.size]).toEqual([[`403 1 ${method}`], [`403 1 ${method}`], [], 0]);
});

it('an INVITE through our server makes a session', async () => {
  const all = await setUp();
  await all.askServer();
  await all.server.stop();
  expect(await statusesOf(all, SERVER, rawRequest('INVITE'))).toEqual(['200 1 INVITE']);
  expect([all.heard, all.sessions.size]).toEqual([['INVITE'], 1]);
  all.sessions.close();
});

it('a stranger who gives up at once gets 487, and nobody is asked', async () => {
  const all = await setUp();
  const invite = rawRequest('INVITE');
  const statuses = await statusesOf(all, '203.0.113.7', invite, invite.replaceAll('INVITE', 'CANCEL'));
  expect([statuses.toSorted(), all.heard, all.sessions.size]).toEqual([['200 1 CANCEL', '487 1 INVITE'], [], 0]);
});
