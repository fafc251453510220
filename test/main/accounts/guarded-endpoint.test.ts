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
  readonly bob: Endpoint;
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
  return { world, bob, server, sessions, heard, askServer: () => clock.run(bob.send(greeting).outcome) };
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

it('a stranger who gives up at once is refused twice, and nobody is asked', async () => {
  const all = await setUp();
  const invite = rawRequest('INVITE');
  const statuses = await statusesOf(all, '203.0.113.7', invite, invite.replaceAll('INVITE', 'CANCEL'));
  expect([statuses.toSorted(), all.heard, all.sessions.size]).toEqual([['403 1 CANCEL', '403 1 INVITE'], [], 0]);
});

it('an INVITE through our server that is cancelled at once ends with 487', async () => {
  const all = await setUp();
  await all.askServer();
  await all.server.stop();
  all.sessions.close();
  all.bob.invites.open({ onInvite: () => all.heard.push('INVITE'), onAck: () => undefined }, []);
  const invite = rawRequest('INVITE');
  const statuses = await statusesOf(all, SERVER, invite, invite.replaceAll('INVITE', 'CANCEL'));
  expect([statuses.toSorted(), all.heard]).toEqual([['200 1 CANCEL', '487 1 INVITE'], ['INVITE']]);
});

const OWN_ANSWERS: readonly (readonly [string, string])[] = [
  ['what we can do', rawRequest('OPTIONS')],
  ['a method nobody takes', rawRequest('PUBLISH')],
  ['a method nobody knows', rawRequest('DANCE')],
  ['an extension we lack', rawRequest('MESSAGE', { headers: ['Require: dancing'] })],
  ['an event package', rawRequest('SUBSCRIBE', { headers: ['Event: dance'] })],
  ['a telephone number', rawRequest('MESSAGE').replace(/^MESSAGE \S+/, 'MESSAGE tel:+1234')],
];

it.each(OWN_ANSWERS)('a stranger who asks for %s gets 403 and learns nothing', async (_, text) => {
  const all = await setUp();
  await all.askServer();
  const peer = createRawPeer(all.world, BOB, '203.0.113.7');
  peer.sendUdp(text.replaceAll('192.0.2.7', '203.0.113.7'));
  await all.world.clock.advance(100);
  peer.close();
  const answers = peer.datagrams.filter(({ to }) => to.startsWith('203.0.113.7')).map((datagram) => datagram.text);
  const names = answers.flatMap((answer) => [...answer.matchAll(/^([A-Za-z-]+):/gm)].map(([, name]) => name));
  expect([answers.map((answer) => answer.slice(0, 11)), names]).toEqual([
    ['SIP/2.0 403'],
    ['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Content-Length'],
  ]);
});

it('a flood of strangers makes one line a minute for each kind, with their number', async () => {
  const all = await setUp();
  const ask = (method: string, count: number): Promise<string[]> => {
    const requests = Array.from({ length: count }, (_, index) => rawRequest(method, { branch: `z9hG4bK${index}`, callId: `c${index}` }));
    return statusesOf(all, '203.0.113.7', ...requests);
  };
  await ask('MESSAGE', 300);
  await ask('INVITE', 2);
  await all.world.clock.advance(60_000);
  await all.world.clock.advance(60_000);
  const lines = all.world.log.filter((line) => line.includes('refused'));
  expect(lines).toEqual([
    "warn refused MESSAGE from 203.0.113.7: not from the account's server",
    "warn refused INVITE from 203.0.113.7: not from the account's server",
    "warn refused 299 more MESSAGE in a minute, not from the account's server, the last from 203.0.113.7",
    "warn refused 1 more INVITE in a minute, not from the account's server, the last from 203.0.113.7",
  ]);
});
