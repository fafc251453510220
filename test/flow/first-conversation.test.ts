// Promise: two people who add each other ask, are answered, see each other, chat, and the server is left clean when they quit.
//
//   Ada                      server                       Bob
//    | addContact(bob)          |                           |
//    |-- SUBSCRIBE presence --->|                           |
//    |<-- NOTIFY pending -------|-- NOTIFY winfo: pending ->|  request-added
//    |                          |<-- PUT pres-rules: allow -|  decideRequest(allow): waiting for the server
//    |<-- NOTIFY active, PIDF --|<-- SUBSCRIBE winfo -------|  (refresh: stock servers say nothing by themselves)
//    |                          |-- NOTIFY winfo: active -->|  watcher-changed: confirmed
//    |-- MESSAGE -------------->|-- MESSAGE --------------->|  stored, then 200
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

it.each(['udp', 'tcp'] as const)('request, allow, presence, message over %s', async (transport) => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn(transport);
  const bobAccount = await bob.signIn(transport);

  await bob.call('setOwnPresence', { accountId: bobAccount, availability: 'busy', note: 'writing' });
  await ada.call('addContact', { accountId: adaAccount, address: 'bob@example.test', name: 'Bob' });
  await world.until(() => bob.changes.some((change) => change.type === 'request-added'));
  const { requests } = await bob.call('listRequests', { accountId: bobAccount });
  expect(requests).toEqual([
    {
      requestId: '1',
      accountId: bobAccount,
      address: ada.address,
      displayName: '',
      state: 'pending',
      firstSeenAtMs: expect.any(Number) as number,
      lastSeenAtMs: expect.any(Number) as number,
      isPostponed: false,
      askedCount: 1,
      isOneTime: false,
      remindAtMs: null,
    },
  ]);
  const asked = await ada.call('listContacts', { accountId: adaAccount });
  expect(asked.contacts.map(({ subscription, presence }) => [subscription.state, presence.availability])).toEqual([['pending', 'unknown']]);

  await bob.call('decideRequest', { requestId: '1', decision: 'allow' });
  const decided = await bob.call('listWatchers', { accountId: bobAccount });
  expect(decided.watchers.map(({ decision, isConfirmed }) => [decision, isConfirmed])).toEqual([['allow', false]]);
  expect((await bob.call('listRequests', { accountId: bobAccount })).requests).toEqual([]);

  await world.until(() => bob.changes.some((change) => change.type === 'watcher-changed' && change.watcher.isConfirmed), 5_000);
  const watched = await ada.call('listContacts', { accountId: adaAccount });
  expect(
    watched.contacts.map(({ name, subscription, presence }) => [name, subscription.state, presence.availability, presence.note]),
  ).toEqual([['Bob', 'active', 'busy', 'writing']]);

  const { messageId } = await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text: 'Hello Bob' });
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'accepted'));
  const { conversations } = await bob.call('listConversations', {});
  expect(
    conversations.map(({ address, unreadCount, lastMessage }) => [address, unreadCount, lastMessage?.text, lastMessage?.state]),
  ).toEqual([[ada.address, 1, 'Hello Bob', 'received']]);
  const states = ada.changes.flatMap((change) =>
    'message' in change && change.message.messageId === messageId ? [change.message.state] : [],
  );
  expect(states).toEqual(['queued', 'sending', 'accepted']);

  await ada.quit();
  await bob.quit();
  expect({
    registered: [ada.address, bob.address].filter((address) => world.server.registrar.isRegistered(address)),
    watching: world.server.agent.describe(),
    published: world.server.agent.publications(bob.address),
  }).toEqual({ registered: [], watching: [], published: 0 });
});

it('presence follows what the person chooses, and invisible looks like offline', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  const bobAccount = await bob.signIn();
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow' });
  await ada.call('addContact', { accountId: adaAccount, address: bob.address });
  const seen: string[] = [];
  const note = (): void => {
    const last = ada.changes.findLast((change) => change.type === 'contact-changed');
    if (last?.type === 'contact-changed' && seen.at(-1) !== last.contact.presence.availability)
      seen.push(last.contact.presence.availability);
  };
  for (const availability of ['available', 'away', 'busy', 'invisible', 'available'] as const) {
    await bob.call('setOwnPresence', { accountId: bobAccount, availability });
    await world.clock.advance(2_000);
    note();
  }
  expect(seen).toEqual(['available', 'away', 'busy', 'offline', 'available']);
});
