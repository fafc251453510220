// Promise: a message that cannot be stored is not acknowledged; the person is told, and once more when the disk works again.
//
//   Ada            server              Bob (disk full)
//    |-- MESSAGE ---->|-- MESSAGE ------->|  commit fails
//    |                |<-- 500 -----------|  trouble-changed: storage
//    |<-- 500 --------|                   |
//    | failed, with the reason            |
//    |== resend =====>|== MESSAGE =======>|  commit works: 200, trouble-changed: null
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { holdDatabase } from '../support/hold-database.ts';

let world: FlowWorld;
afterEach(() => world.end());

it('500 and nothing acknowledged, then all is well again', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  await bob.signIn();
  const release = holdDatabase(bob.databaseFile);
  const { messageId } = await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text: 'is anybody there?' });
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'failed'), 120_000);
  const failed = ada.changes.findLast((change) => change.type === 'message-changed');
  expect(failed?.type === 'message-changed' && failed.message.failure?.code).toBe(500);
  const troubles = (): unknown[] =>
    bob.changes.flatMap((change) => (change.type === 'trouble-changed' ? [change.trouble?.kind ?? null] : []));
  expect(troubles().at(-1)).toBe('storage');
  expect((await bob.call('getTrouble', {})).trouble?.kind).toBe('storage');
  expect(bob.changes.some((change) => change.type === 'message-added')).toBe(false);

  release();
  await ada.call('resendMessage', { messageId });
  await world.until(() => bob.changes.some((change) => change.type === 'message-added'));
  expect(troubles().at(-1)).toBe(null);
  expect(await bob.call('getTrouble', {})).toEqual({ trouble: null });
  const { conversations } = await bob.call('listConversations', {});
  expect(conversations.map(({ lastMessage }) => lastMessage?.text)).toEqual(['is anybody there?']);
});

it('is told that it works again, though nothing else is stored', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const bob = await world.person('bob');
  const accountId = await bob.signIn();
  const release = holdDatabase(bob.databaseFile);
  const failing = bob.call('addContact', { accountId, address: 'carol@example.test' });
  await expect(failing).rejects.toThrow();
  release();
  const told = (): unknown[] => bob.changes.flatMap((change) => (change.type === 'trouble-changed' ? [change.trouble?.kind ?? null] : []));
  await world.until(() => told().length > 1, 120_000);
  expect(told()).toEqual(['storage', null]);
});

it('a request that came meanwhile is asked about as soon as it can be stored', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  await bob.signIn();
  const release = holdDatabase(bob.databaseFile);
  await ada.call('addContact', { accountId: adaAccount, address: bob.address });
  await world.until(() => bob.log.some((line) => line.includes('storing watchers failed')), 60_000);
  release();
  const asked = (): string[] => bob.changes.flatMap((change) => (change.type === 'request-added' ? [change.request.address] : []));
  await world.until(() => asked().length > 0, 60_000);
  expect(asked()).toEqual([ada.address]);
});
