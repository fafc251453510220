// Promise: people not in the contacts arrive apart until accepted; blocked addresses are refused, kept nowhere, and counted.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { conversationsOf, cpimText, messagesOf, sendRaw, sendUntil } from '../support/message-flow.ts';

let world: FlowWorld;
let bob: Person;
let accountId: string;
beforeEach(async () => {
  world = await createFlowWorld();
  bob = await world.person('bob');
  accountId = await bob.signIn();
});
afterEach(() => world.end());

const ADA = 'sip:ada@example.test';
const isUnknown = async (): Promise<boolean> => (await conversationsOf(bob))[0]?.isUnknown ?? false;

it('a stranger stays one over a restart, until accepted', async () => {
  await sendRaw(world, bob, { body: 'hello' });
  const atFirst = await isUnknown();
  await bob.restart();
  const afterRestart = await isUnknown();
  await bob.call('acceptConversation', { conversationId: (await conversationsOf(bob))[0]?.conversationId ?? '' });
  expect([atFirst, afterRestart, await isUnknown()]).toEqual([true, true, false]);
});

it.each<[string, () => Promise<unknown>]>([
  ['added to the contacts', () => bob.call('addContact', { accountId, address: ADA })],
  ['answered', () => sendUntil(world, bob, { accountId, address: ADA, text: 'who are you?' }, 'accepted')],
])('a stranger who is %s is none any more', async (_name, act) => {
  await sendRaw(world, bob, { body: 'hello' });
  await act();
  await world.clock.advance(1_000);
  expect(await isUnknown()).toBe(false);
});

it('a contact is never unknown', async () => {
  await bob.call('addContact', { accountId, address: ADA });
  await sendRaw(world, bob, { body: 'hello' });
  expect(await isUnknown()).toBe(false);
});

it('a stranger learns that it arrived, not that it was read', async () => {
  const bodies: string[] = [];
  world.server.registrar.refuse = (request) => (bodies.push(new TextDecoder().decode(request.body)), undefined);
  await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('hello', 'id-1') });
  await world.clock.advance(5_000);
  await bob.call('markRead', { conversationId: (await conversationsOf(bob))[0]?.conversationId ?? '' });
  await world.clock.advance(5_000);
  expect(bodies.map((body) => /<(delivered|displayed)\/>/.exec(body)?.[1])).toEqual(['delivered']);
});

it('blocked: refused with 603 or silently, by choice; nothing kept, no report, all counted', async () => {
  const bodies: string[] = [];
  world.server.registrar.refuse = (request) => (bodies.push(new TextDecoder().decode(request.body)), undefined);
  const sinceMs = world.clock.nowMs();
  await bob.call('blockAddress', { accountId, address: ADA });
  const declined = await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('let me in', 'id-1') });
  await bob.call('blockAddress', { accountId, address: ADA, isSilent: true });
  const silent = await sendRaw(world, bob, { body: 'again' });
  await world.clock.advance(10_000);
  const { blocked } = await bob.call('listBlocked', { accountId });
  expect({ declined, silent, bodies, kept: await conversationsOf(bob), blocked }).toEqual({
    declined: 603,
    silent: 200,
    bodies: [],
    kept: [],
    blocked: [{ address: ADA, isSilent: true, sinceMs, refusedCount: 2 }],
  });
  await bob.call('unblockAddress', { accountId, address: ADA });
  expect([await sendRaw(world, bob, { body: 'thanks' }), (await messagesOf(bob)).map(({ text }) => text)]).toEqual([200, ['thanks']]);
});

it('blocked by the answer to their request: refused and counted the same, until another answer', async () => {
  await bob.call('decideWatcher', { accountId, address: ADA, decision: 'block' });
  const sinceMs = world.clock.nowMs();
  const answers = [await sendRaw(world, bob, { body: 'let me in' }), await sendRaw(world, bob, { body: 'please' })];
  await world.clock.advance(1_000);
  const { blocked } = await bob.call('listBlocked', { accountId });
  expect({ answers, kept: await conversationsOf(bob), blocked }).toEqual({
    answers: [603, 603],
    kept: [],
    blocked: [{ address: ADA, isSilent: false, sinceMs, refusedCount: 2, isByAnswer: true }],
  });
  // Who is blocked as well is counted there, once.
  await bob.call('blockAddress', { accountId, address: ADA, isSilent: true });
  expect(await sendRaw(world, bob, { body: 'hello?' })).toBe(200);
  await world.clock.advance(1_000);
  expect((await bob.call('listBlocked', { accountId })).blocked.map(({ isSilent, refusedCount }) => [isSilent, refusedCount])).toEqual([
    [true, 1],
  ]);
  await bob.call('unblockAddress', { accountId, address: ADA });
  await bob.call('decideWatcher', { accountId, address: ADA, decision: 'allow' });
  expect([await sendRaw(world, bob, { body: 'thanks' }), (await bob.call('listBlocked', { accountId })).blocked]).toEqual([200, []]);
});

it('a message of theirs that a server kept is taken and dropped: refused, it would come again at every sign-in', async () => {
  await bob.call('blockAddress', { accountId, address: ADA });
  const kept = {
    body: '[Offline message - Mon Nov 23 11:30:00 2026] let me in',
    headers: [{ name: 'Date', value: 'Mon, 23 Nov 2026 11:30:00 GMT' }],
  };
  const status = await sendRaw(world, bob, kept);
  await world.clock.advance(1_000);
  const { blocked } = await bob.call('listBlocked', { accountId });
  expect([status, await conversationsOf(bob), blocked.map(({ refusedCount }) => refusedCount)]).toEqual([200, [], [1]]);
});
