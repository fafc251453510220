// Promise: typing is told and shown by the rules of RFC 3994, never to a stranger before the first real message, and never in the way of texts.
//
//   Ada: first key  → active, refresh        Bob: shown
//   Ada: 75 s later, still typing → active   Bob: still shown
//   Ada: 15 s without a key → idle           Bob: gone
import { afterEach, beforeEach, expect, it } from 'vitest';
import { headerText } from '../../main/sip/index.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { conversationsOf, messagesOf, sendRaw, sendUntil } from '../support/message-flow.ts';

let world: FlowWorld;
let ada: Person;
let bob: Person;
let adaAccount: string;
let conversationId: string;
let notices: string[];
beforeEach(async () => {
  world = await createFlowWorld();
  ada = await world.person('ada');
  bob = await world.person('bob');
  adaAccount = await ada.signIn();
  await bob.signIn();
  const { conversation } = await ada.call('openConversation', { accountId: adaAccount, address: bob.address });
  conversationId = conversation.conversationId;
  notices = [];
});
afterEach(() => world.end());

/** Notes the typing notices that reach the server, and refuses them when asked to. */
function watchNotices(status?: number): void {
  world.server.registrar.refuse = (request) => {
    if (headerText(request, 'Content-Type') !== 'application/im-iscomposing+xml') return undefined;
    notices.push(/<state>(\w+)</.exec(new TextDecoder().decode(request.body))?.[1] ?? '');
    return status === undefined ? undefined : { status };
  };
}
const type = (isTyping = true): Promise<unknown> => ada.call('noteTyping', { conversationId, isTyping });
const first = (): Promise<string> => sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'first' }, 'accepted');
async function isShown(): Promise<boolean> {
  return (await conversationsOf(bob))[0]?.isTyping ?? false;
}

it('is told at the first key, again while it lasts, and ends when it rests', async () => {
  watchNotices();
  await first();
  await bob.call('acceptConversation', { conversationId: (await conversationsOf(bob))[0]?.conversationId ?? '' });
  for (let second = 0; second < 100; second += 5) {
    await type();
    await world.clock.advance(5_000);
  }
  const whileTyping = [...notices];
  const shownWhileTyping = await isShown();
  await world.clock.advance(20_000);
  expect({ whileTyping, shownWhileTyping, atTheEnd: notices, shownAtTheEnd: await isShown() }).toEqual({
    whileTyping: ['active', 'active'],
    shownWhileTyping: true,
    atTheEnd: ['active', 'active', 'idle'],
    shownAtTheEnd: false,
  });
});

it('ends with the message itself, or when the field is emptied', async () => {
  watchNotices();
  await first();
  await type();
  await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'done' }, 'accepted');
  await world.clock.advance(30_000);
  const afterSending = [...notices];
  await type();
  await type(false);
  await world.clock.advance(1_000);
  expect([afterSending, notices]).toEqual([['active'], ['active', 'active', 'idle']]);
});

it('is not told to a stranger before the first message, nor against the person’s choice', async () => {
  watchNotices();
  await type();
  await world.clock.advance(1_000);
  const toStranger = [...notices];
  await first();
  await ada.call('setReporting', { accountId: adaAccount, address: bob.address, typing: false });
  await type();
  await world.clock.advance(1_000);
  const switchedOff = [...notices];
  await ada.call('setReporting', { accountId: adaAccount, address: bob.address, typing: null });
  await type();
  await world.clock.advance(1_000);
  expect({ toStranger, switchedOff, notices }).toEqual({ toStranger: [], switchedOff: [], notices: ['active'] });
});

it('refused: no more notices, texts go on', async () => {
  watchNotices(415);
  await first();
  await type();
  await world.clock.advance(60_000);
  await type();
  await world.clock.advance(60_000);
  await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'still here' }, 'accepted');
  expect([notices, (await messagesOf(bob)).map(({ text }) => text)]).toEqual([['active'], ['first', 'still here']]);
});

it('of others goes away by itself, and is never shown for strangers', async () => {
  const notice = (state: string): string =>
    `<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>${state}</state><refresh>90</refresh></isComposing>`;
  const hear = (state: string): Promise<number> =>
    sendRaw(world, bob, { contentType: 'application/im-iscomposing+xml', body: notice(state) });
  await hear('active');
  expect(await conversationsOf(bob)).toEqual([]);
  await sendRaw(world, bob, { body: 'hello' });
  await hear('active');
  const asStranger = await isShown();
  await bob.call('acceptConversation', { conversationId: (await conversationsOf(bob))[0]?.conversationId ?? '' });
  await hear('active');
  const accepted = await isShown();
  await world.clock.advance(91_000);
  expect({ asStranger, accepted, later: await isShown() }).toEqual({ asStranger: false, accepted: true, later: false });
});
