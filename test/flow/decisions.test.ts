// Promise: a decision made at any time reaches the server, is confirmed only by what the server says, ends when it should, and is never forgotten.
//
//   Bob (offline)               server                     Ada
//    | decideWatcher(allow)        |                         |  stored, waiting
//    | quit, start                 |                         |
//    |== signs in ================>|                         |
//    |-- PUT pres-rules ---------->|-- NOTIFY active ------->|
//    |-- SUBSCRIBE winfo --------->|                         |
//    |<- NOTIFY: ada active -------|                         |  confirmed
//    | (time is over)              |                         |
//    |-- PUT without ada --------->|-- NOTIFY pending ------>|
import { afterEach, expect, it } from 'vitest';
import { decide } from '../support/decide.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

async function watcherOf(person: Person, accountId: string): Promise<unknown[]> {
  const { watchers } = await person.call('listWatchers', { accountId });
  return watchers.map(({ state, decision, isConfirmed }) => [state, decision, isConfirmed]);
}

async function askedByAda(): Promise<{ ada: Person; bob: Person; adaAccount: string; bobAccount: string }> {
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  const bobAccount = await bob.signIn();
  await ada.call('addContact', { accountId: adaAccount, address: bob.address });
  await world.until(() => bob.changes.some((change) => change.type === 'request-added'));
  return { ada, bob, adaAccount, bobAccount };
}

it('made offline, kept over a restart, brought at sign-in', async () => {
  world = await createFlowWorld();
  const { ada, bob, bobAccount } = await askedByAda();
  world.server.goSilent();
  await world.clock.advance(60_000);
  const { requests } = await bob.call('listRequests', { accountId: bobAccount });
  await bob.call('decideRequest', { requestId: requests[0]?.requestId ?? '', decision: 'allow' });
  await bob.restart();
  expect(await watcherOf(bob, bobAccount)).toEqual([['pending', 'allow', false]]);
  world.server.comeBack();
  await world.until(() => bob.changes.some((change) => change.type === 'watcher-changed' && change.watcher.isConfirmed), 60_000);
  expect(await watcherOf(bob, bobAccount)).toEqual([['active', 'allow', true]]);
  await world.until(() =>
    ada.changes.some((change) => change.type === 'contact-changed' && change.contact.presence.availability === 'available'),
  );
  expect(bob.changes.filter((change) => change.type === 'request-added')).toHaveLength(1);
});

it('allowed for a quarter of an hour, then asked again', async () => {
  world = await createFlowWorld();
  const { ada, bob, adaAccount, bobAccount } = await askedByAda();
  const untilMs = world.clock.nowMs() + 15 * 60_000;
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow', untilMs });
  await world.until(() => bob.changes.some((change) => change.type === 'watcher-changed' && change.watcher.isConfirmed), 60_000);
  await world.clock.advance(14 * 60_000);
  expect((await ada.call('listContacts', { accountId: adaAccount })).contacts[0]?.subscription.state).toBe('active');
  bob.changes.length = 0;
  await world.clock.advance(2 * 60_000);
  const { contacts } = await ada.call('listContacts', { accountId: adaAccount });
  expect([contacts[0]?.subscription.state, contacts[0]?.presence.availability]).toEqual(['pending', 'unknown']);
  await world.clock.advance(60_000);
  expect(bob.changes.filter((change) => change.type === 'request-added')).toHaveLength(1);
});

it('ends also when its time was over while the program did not run', async () => {
  world = await createFlowWorld();
  const { ada, bob, adaAccount, bobAccount } = await askedByAda();
  const untilMs = world.clock.nowMs() + 3_600_000;
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow', untilMs });
  await world.until(() => bob.changes.some((change) => change.type === 'watcher-changed' && change.watcher.isConfirmed), 60_000);
  await bob.quit();
  await world.clock.advance(2 * 3_600_000);
  await bob.launch();
  await world.clock.advance(60_000);
  expect((await ada.call('listContacts', { accountId: adaAccount })).contacts[0]?.subscription.state).toBe('pending');
  expect(await watcherOf(bob, bobAccount)).toEqual([['pending', null, false]]);
});

it('block is told, politely block looks like offline, later stays pending and out of the way', async () => {
  world = await createFlowWorld();
  const { ada, bob, adaAccount, bobAccount } = await askedByAda();
  const { requests } = await bob.call('listRequests', { accountId: bobAccount });
  await bob.call('decideRequest', { requestId: requests[0]?.requestId ?? '', decision: 'later' });
  expect((await bob.call('listRequests', { accountId: bobAccount })).requests.map(({ isPostponed }) => isPostponed)).toEqual([true]);

  const seen = async (): Promise<unknown[]> => {
    await world.clock.advance(45_000);
    const [contact] = (await ada.call('listContacts', { accountId: adaAccount })).contacts;
    return [contact?.subscription.state, contact?.subscription.reason, contact?.presence.availability, await watcherOf(bob, bobAccount)];
  };
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'politely-block' });
  expect(await seen()).toEqual(['active', undefined, 'offline', [['active', 'politely-block', true]]]);
  expect((await bob.call('listRequests', { accountId: bobAccount })).requests).toEqual([]);
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'block' });
  expect(await seen()).toEqual(['terminated', 'rejected', 'unknown', [['none', 'block', true]]]);

  await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text: 'let me in' });
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'failed'));
  expect((await bob.call('listConversations', {})).conversations).toEqual([]);
});

it('two devices: what the other one wrote stays, and both decisions stand', async () => {
  world = await createFlowWorld();
  const { ada, bob, bobAccount } = await askedByAda();
  const before = world.server.documents.text('pres-rules', bob.address);
  const other = decide(before, { address: 'sip:carol@example.test', subHandling: 'block' }, world.clock.nowMs());
  world.server.documents.put('pres-rules', bob.address, other.kind === 'ok' ? other.text : '');
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow' });
  await world.until(() => bob.changes.some((change) => change.type === 'watcher-changed' && change.watcher.isConfirmed), 60_000);
  const text = world.server.documents.text('pres-rules', bob.address) ?? '';
  expect({ ada: text.includes(ada.address), carol: text.includes('sip:carol@example.test') }).toEqual({ ada: true, carol: true });
});

it('an answer given on one device is known on the other, and so is its end', async () => {
  world = await createFlowWorld();
  const { ada, bob, bobAccount } = await askedByAda();
  const laptop = await world.person('bob');
  const laptopAccount = await laptop.signIn();
  await world.until(() => laptop.changes.some((change) => change.type === 'request-added'));
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow' });
  await world.clock.advance(6 * 60_000);
  expect(await watcherOf(laptop, laptopAccount)).toEqual([['active', 'allow', true]]);
  expect((await laptop.call('listRequests', { accountId: laptopAccount })).requests).toEqual([]);
  await laptop.call('decideWatcher', { accountId: laptopAccount, address: ada.address, decision: 'block' });
  await world.clock.advance(6 * 60_000);
  expect(await watcherOf(bob, bobAccount)).toEqual([['none', 'block', true]]);
});
