// Promise: what is written while the server is away waits, survives the end of the program, and goes out by itself, in order.
//
//   Ada                       server            Bob
//    | sendMessage "one"         x
//    |-- MESSAGE --x             x               queued → sending → queued
//    | quit, start               x               still queued
//    |                           |  back
//    |-- REGISTER -------------->|
//    |-- MESSAGE "one" --------->|-------------->|
//    |-- MESSAGE "two" --------->|-------------->|
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld, isInOrder } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

function received(person: Person): string[] {
  return person.changes.flatMap((change) =>
    change.type === 'message-added' && change.message.direction === 'in' ? [change.message.text] : [],
  );
}

it('waits through silence and a restart, then goes out in order', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  await bob.signIn();
  world.server.goSilent();
  for (const text of ['one', 'two', 'three']) await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text });
  await world.clock.advance(90_000);
  await ada.restart();
  const { conversations } = await ada.call('listConversations', {});
  const { messages } = await ada.call('listMessages', { conversationId: conversations[0]?.conversationId ?? '' });
  expect(messages.map(({ text, state }) => `${text}: ${state}`)).toEqual(['one: queued', 'two: queued', 'three: queued']);
  world.server.comeBack();
  await world.until(() => received(bob).length === 3, 60_000);
  expect(received(bob)).toEqual(['one', 'two', 'three']);
});

it('a message to somebody who is away is accepted, and delivered when they sign in', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const adaAccount = await ada.signIn();
  const bob = await world.person('bob');
  await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text: 'for later' });
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'accepted'));
  await bob.signIn();
  await world.until(() => received(bob).length === 1);
  expect(received(bob)).toEqual(['for later']);
});

it('a refused message fails alone with its reason, the next one goes, and it can be sent again', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const adaAccount = await ada.signIn();
  const { messageId } = await ada.call('sendMessage', { accountId: adaAccount, address: 'nobody@example.test', text: 'hello?' });
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'failed'));
  const failed = ada.changes.findLast((change) => change.type === 'message-changed');
  expect(failed?.type === 'message-changed' && failed.message.failure).toEqual({
    code: 404,
    reason: 'There is nobody with this address.',
    by: 'server',
  });
  await ada.call('sendMessage', { accountId: adaAccount, address: 'carol@example.test', text: 'to carol' });
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'accepted'));
  ada.changes.length = 0;
  await ada.call('resendMessage', { messageId });
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'failed'));
  const states = ada.changes.flatMap((change) =>
    'message' in change && change.message.messageId === messageId ? [change.message.state] : [],
  );
  expect({ states, isInOrder: isInOrder(ada, adaAccount) }).toEqual({ states: ['queued', 'sending', 'failed'], isInOrder: false });
});
