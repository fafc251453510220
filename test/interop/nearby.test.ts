// Two people without a server, each a headless process, on the loopback interface: found, asked, allowed, chatting, gone, back.
import { afterAll, expect, test } from 'vitest';
import { exchange, listed, NearbyPeople } from './support/nearby-people.ts';

const people = new NearbyPeople();
afterAll(() => people.end());

test('found, asked, allowed, chatting both ways, gone, back on the same place', async () => {
  const [ada, bob] = [await people.start('Ada'), await people.start('Bob')];
  const before = await listed(ada, bob, ({ isHere }) => isHere);
  await listed(bob, ada, ({ isHere }) => isHere);
  expect(before).toMatchObject({ displayName: 'Bob', trust: 'unknown', isVerified: false });

  await ada.app.call('addContact', { accountId: ada.accountId, address: before.address });
  const { requests } = await bob.app.until('listRequests', { accountId: bob.accountId }, (output) => output.requests.length > 0);
  expect(requests.map(({ address, displayName, state }) => ({ address, displayName, state }))).toEqual([
    { address: ada.address, displayName: 'Ada', state: 'pending' },
  ]);
  await bob.app.call('decideRequest', { requestId: requests[0]!.requestId, decision: 'allow' });
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');

  await exchange(ada, bob, 'Hi, are you around?');
  await exchange(bob, ada, 'Yes! “Zwei” ✓');
  const [there, here] = [await listed(ada, bob, ({ isVerified }) => isVerified), await listed(bob, ada, ({ isVerified }) => isVerified)];
  expect([there.trust, there.safetyNumber]).toEqual(['pinned', here.safetyNumber]);

  ada.app.forget();
  expect(await bob.app.signal('SIGTERM')).toBe(0);
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'offline');
  await listed(ada, bob, ({ isHere }) => !isHere);
  const { messageId } = await ada.app.call('sendMessage', { accountId: ada.accountId, address: bob.address, text: 'for later' });

  await people.launch(bob);
  await ada.app.change('message-changed', ({ message }) => message.messageId === messageId && message.state === 'delivered');
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');
  const after = await listed(ada, bob, ({ isHere }) => isHere);
  expect(after).toEqual({ ...there, location: before.location });
});

test('a peer is added by address and port, and blocked', async () => {
  const [carol, dave] = [await people.start('Carol'), await people.start('Dave')];
  const { accounts } = await dave.app.call('listAccounts', {});
  const place = `sip:127.0.0.1:${accounts[0]!.settings.listenPort}`;
  await carol.app.call('addContact', { accountId: carol.accountId, address: place });
  const { requests } = await dave.app.until('listRequests', { accountId: dave.accountId }, (output) => output.requests.length > 0);
  await dave.app.call('decideRequest', { requestId: requests[0]!.requestId, decision: 'block' });
  const { contact } = await carol.app.change('contact-changed', (change) => change.contact.subscription.state === 'terminated');
  expect([contact.address, contact.subscription.reason]).toEqual([dave.address, 'rejected']);
});
