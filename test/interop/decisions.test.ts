// What each answer does to the watcher, on a stock Kamailio that tells the presentity nothing after a rules change.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { askAndAnswer, People } from './support/people.ts';

let server: DevelopmentServer;
let people: People;
beforeEach(async () => {
  server = await startServer();
  people = new People(server);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

test('a request waits in the inbox over a restart of the app, and later keeps it', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await ada.app.call('addContact', { accountId: ada.accountId, address: bob.address });
  const { request } = await bob.app.change('request-added');
  await people.restart(bob);
  const before = await bob.app.call('listRequests', { accountId: bob.accountId });
  expect(before.requests.map(({ requestId, address }) => ({ requestId, address }))).toEqual([
    { requestId: request.requestId, address: ada.address },
  ]);
  await bob.app.call('decideRequest', { requestId: request.requestId, decision: 'later' });
  const after = await bob.app.call('listRequests', { accountId: bob.accountId });
  expect(after.requests.map(({ requestId, isPostponed }) => ({ requestId, isPostponed }))).toEqual([
    { requestId: request.requestId, isPostponed: true },
  ]);
  await ada.app.change('contact-changed', ({ contact }) => contact.subscription.state === 'pending');
});

test('a request made while the person was signed out is there at sign-in, once', async () => {
  const ada = await people.signIn('ada', 'tcp');
  await ada.app.call('addContact', { accountId: ada.accountId, address: 'sip:bob@example.test' });
  await ada.app.change('contact-changed', ({ contact }) => contact.subscription.state === 'pending');
  const bob = await people.signIn('bob', 'udp');
  await bob.app.change('request-added', ({ request }) => request.address === ada.address);
  await people.restart(bob);
  expect((await bob.app.call('listRequests', { accountId: bob.accountId })).requests).toHaveLength(1);
});

test('block: the watcher is told', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'block');
  const { contact } = await ada.app.change('contact-changed', (change) => change.contact.subscription.state === 'terminated');
  expect({ reason: contact.subscription.reason, availability: contact.presence.availability }).toEqual({
    reason: 'rejected',
    availability: 'unknown',
  });
});

test('politely block: the watcher sees somebody offline', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'politely-block');
  const { contact } = await ada.app.change('contact-changed', (change) => change.contact.subscription.state === 'active');
  expect(contact.presence.availability).toBe('offline');
});

test('a person who changes their mind: allow, then block', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'allow');
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');
  await bob.app.call('decideWatcher', { accountId: bob.accountId, address: ada.address, decision: 'block' });
  await ada.app.change(
    'contact-changed',
    ({ contact }) => contact.subscription.state === 'terminated' && contact.presence.availability === 'unknown',
  );
});

test('allow until a moment: it ends by itself', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'allow', Date.now() + 4_000);
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');
  await ada.app.change(
    'contact-changed',
    ({ contact }) => contact.subscription.state !== 'active' && contact.presence.availability === 'unknown',
  );
});
