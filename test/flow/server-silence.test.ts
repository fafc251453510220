// Promise: when the server falls silent each part says so, and everything is back at most thirty seconds after the server is.
//
//   Ada                     server
//    |-- OPTIONS --x           x     no answer in 8 s: registration failed, said in words
//    |-- REGISTER --x          x     again and again, with back-off and jitter
//    |                         |     back, and it has forgotten everything
//    |-- REGISTER ------------>|
//    |-- SUBSCRIBE ----------->|     481: made anew
//    |-- PUBLISH ------------->|     412: published anew
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld, isInOrder } from '../support/flow-world.ts';

const RECOVERED_WITHIN_MS = 30_000;

let world: FlowWorld;
afterEach(() => world.end());

function registrationOf(person: Person): { state: string; reason?: string } | undefined {
  const last = person.changes.findLast((change) => change.type === 'account-changed');
  return last?.type === 'account-changed' ? last.account.registration : undefined;
}

it.each([1, 2, 3, 4])('silence of %i0 minutes', async (tens) => {
  world = await createFlowWorld({}, tens);
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  const bobAccount = await bob.signIn();
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow' });
  await ada.call('addContact', { accountId: adaAccount, address: bob.address });
  await world.clock.advance(5_000);

  world.server.goSilent();
  await world.until(() => registrationOf(ada)?.state === 'failed', 60_000);
  expect(registrationOf(ada)?.reason).toBe('The server does not answer. It is tried again by itself.');
  await world.clock.advance(tens * 600_000 + tens * 7_000);
  world.server.agent.forget();
  for (const person of [ada, bob]) person.changes.length = 0;
  world.server.comeBack();
  await world.until(() => isInOrder(ada, adaAccount) && isInOrder(bob, bobAccount), RECOVERED_WITHIN_MS);
  await bob.call('setOwnPresence', { accountId: bobAccount, availability: 'away' });
  await world.until(
    () => ada.changes.some((change) => change.type === 'contact-changed' && change.contact.presence.availability === 'away'),
    RECOVERED_WITHIN_MS,
  );
  expect(world.server.agent.describe()).toEqual([`${ada.address} watches ${bob.address}: active`]);
});

it('presence and watchers are not said to be in order while nobody can tell', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const accountId = await ada.signIn();
  world.server.goSilent();
  await world.until(() => registrationOf(ada)?.state === 'failed', 60_000);
  const [account] = (await ada.call('listAccounts', {})).accounts;
  const away = { state: 'failed', reason: 'Not known while the server is away.' };
  expect([account?.publication, account?.watcherInfo]).toEqual([away, away]);
  world.server.comeBack();
  await world.until(() => isInOrder(ada, accountId), RECOVERED_WITHIN_MS);
});

it('who shows nothing still shows nothing, and is not said to have failed, while the server is away', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const accountId = await ada.signIn();
  await ada.call('setOwnPresence', { accountId, availability: 'invisible' });
  await world.clock.advance(5_000);
  world.server.goSilent();
  await world.until(() => registrationOf(ada)?.state === 'failed', 60_000);
  const [account] = (await ada.call('listAccounts', {})).accounts;
  expect(account?.publication).toEqual({ state: 'off' });
});

it('a message that finds no way to the server shows at once that the account is not online', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const accountId = await ada.signIn();
  const { addresses = {} } = world.internet.dns;
  world.internet.dns.addresses = {};
  await ada.call('sendMessage', { accountId, address: 'sip:bob@example.test', text: 'hello?' });
  await world.until(() => ada.log.some((line) => line.includes('did not go: name-not-found')), 10_000);
  await world.until(() => registrationOf(ada)?.state === 'failed', 2_000);
  world.internet.dns.addresses = addresses;
  await world.until(() => isInOrder(ada, accountId), RECOVERED_WITHIN_MS);
  await world.until(
    () => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'accepted'),
    RECOVERED_WITHIN_MS,
  );
});
