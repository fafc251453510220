// Who did not let us see them is not asked again by ourselves (RFC 6665 §4.1.3): only at a sign of them, and when the person wants it.
//
//   Ada                        server                      Bob
//    | SUBSCRIBE ---------------->| terminated;rejected       |
//    |                            |<------ allows Ada --------|   nothing tells Ada
//    |<------------------------------------- MESSAGE ---------|
//    | SUBSCRIBE ---------------->| active                    |
import { afterEach, expect, it } from 'vitest';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

interface Refused {
  readonly ada: Person;
  readonly bob: Person;
  readonly adaAccount: string;
  readonly bobAccount: string;
  seen(): Promise<unknown>;
  contactId(): Promise<string>;
}

/** Bob sent Ada away, and lets her in since; the server told her the first alone. */
async function refusedAndForgiven(): Promise<Refused> {
  world = await createFlowWorld();
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  const bobAccount = await bob.signIn();
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'block' });
  await world.clock.advance(20_000);
  const adaAccount = await ada.signIn();
  await ada.call('addContact', { accountId: adaAccount, address: bob.address });
  await world.clock.advance(20_000);
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'allow' });
  await world.clock.advance(1_200_000);
  const contact = async () => (await ada.call('listContacts', { accountId: adaAccount })).contacts[0];
  const seen = async (): Promise<unknown> => {
    const now = await contact();
    return [now?.subscription.state, now?.subscription.reason, now?.presence.availability];
  };
  expect(await seen()).toEqual(['terminated', 'rejected', 'unknown']);
  return { ada, bob, adaAccount, bobAccount, seen, contactId: async () => (await contact())?.contactId ?? '' };
}

const SEEN = ['active', undefined, 'available'];

it('is asked again when they write', async () => {
  const { ada, bob, bobAccount, seen } = await refusedAndForgiven();
  await bob.call('sendMessage', { accountId: bobAccount, address: ada.address, text: 'You may see me now.' });
  await world.clock.advance(10_000);
  expect(await seen()).toEqual(SEEN);
});

it('is asked again when they ask to see us', async () => {
  const { ada, bob, bobAccount, seen } = await refusedAndForgiven();
  await bob.call('addContact', { accountId: bobAccount, address: ada.address });
  await world.clock.advance(10_000);
  expect(await seen()).toEqual(SEEN);
});

it('is asked again when the person wants it, online only', async () => {
  const { ada, contactId, seen } = await refusedAndForgiven();
  await ada.call('askAgain', { contactId: await contactId() });
  await world.clock.advance(10_000);
  expect(await seen()).toEqual(SEEN);
  await expect(ada.call('askAgain', { contactId: '999' })).rejects.toBeInstanceOf(CallFailure);
});

it('is asked again at the next sign-in', async () => {
  const { ada, seen } = await refusedAndForgiven();
  await ada.restart();
  await world.clock.advance(20_000);
  expect(await seen()).toEqual(SEEN);
});
