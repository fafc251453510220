// Two people without any server, from not knowing each other to a conversation, through absence and a restart.
//
//   ada                                            bob
//    | mDNS: probes, announcements, questions       |   both are listed
//    | SUBSCRIBE presence (TLS, keys kept) -------->|   request in bob's inbox
//    |<------------------------- NOTIFY pending     |
//    |                                        allow |
//    |<------------------------- NOTIFY active+PIDF |   bob is available for ada
//    | MESSAGE (CPIM) ----------------------------->|
//    |<-------------------------- MESSAGE (IMDN)    |   delivered
//    |                          goodbye, terminated |   bob is offline for ada; messages wait
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NearbyPerson, NearbyWorld } from '../support/nearby-world.ts';
import { createNearbyWorld } from '../support/nearby-world.ts';

let world: NearbyWorld;
let ada: NearbyPerson;
let bob: NearbyPerson;
beforeEach(async () => {
  world = await createNearbyWorld();
  ada = await world.person('Ada');
  bob = await world.person('Bob');
});
afterEach(() => world.end());

async function see(person: NearbyPerson, address: string): Promise<boolean> {
  return (await person.peers()).some((peer) => peer.address === address && peer.isHere);
}

/** Ada has bob as a contact, and is allowed. */
async function becomeContacts(): Promise<void> {
  await world.until(async () => (await see(ada, bob.address)) && see(bob, ada.address));
  await ada.call('addContact', { accountId: ada.accountId, address: bob.address });
  await world.until(async () => (await bob.requests()).length === 1);
  const [request] = await bob.requests();
  await bob.call('decideRequest', { requestId: request?.requestId ?? '', decision: 'allow' });
  await world.until(async () => (await ada.contact(bob.address))?.presence.availability === 'available');
}

async function availabilityOfBob(): Promise<string | undefined> {
  return (await ada.contact(bob.address))?.presence.availability;
}

async function write(from: NearbyPerson, to: NearbyPerson, text: string): Promise<void> {
  await from.call('sendMessage', { accountId: from.accountId, address: to.address, text });
}

async function isIn(from: NearbyPerson, to: NearbyPerson, text: string, state: string): Promise<boolean> {
  return (await from.messages(to.address)).some((message) => message.text === text && message.state === state);
}

test('both find each other, with names, not yet verified, and are told of it', async () => {
  await world.until(async () => (await see(ada, bob.address)) && see(bob, ada.address));
  await world.until(() => Promise.resolve(ada.changes.some((change) => change.type === 'nearby-changed' && change.peers.length > 0)));
  const peer = {
    accountId: ada.accountId,
    address: bob.address,
    displayName: 'Bob',
    isVerified: false,
    trust: 'unknown',
    isHere: true,
    location: expect.stringMatching(/^192\.0\.2\.3:[23]\d{4}$/) as string,
  };
  expect([bob.address, await ada.peers()]).toEqual([expect.stringMatching(/^sip:bob@[a-z2-7]{16}\.local$/), [peer]]);
  expect(ada.changes.findLast(({ type }) => type === 'nearby-changed')).toEqual({
    type: 'nearby-changed',
    accountId: ada.accountId,
    peers: [peer],
  });
});

test('ask, allow, presence, and a conversation both ways with reports; the same safety number on both sides', async () => {
  await becomeContacts();
  await bob.call('setOwnPresence', { accountId: bob.accountId, availability: 'busy', note: 'till noon' });
  await world.until(async () => (await availabilityOfBob()) === 'busy');
  await write(ada, bob, 'hello');
  await world.until(() => isIn(ada, bob, 'hello', 'delivered'));
  await write(bob, ada, 'hi');
  await world.until(() => isIn(bob, ada, 'hi', 'delivered'));
  const [there, here] = [(await ada.peers())[0], (await bob.peers())[0]];
  const { watchers } = await bob.call('listWatchers', { accountId: bob.accountId });
  expect({
    note: (await ada.contact(bob.address))?.presence.note,
    trust: [there?.trust, here?.trust, there?.isVerified, here?.isVerified],
    isSameNumber: there?.safetyNumber !== undefined && there.safetyNumber === here?.safetyNumber,
    number: there?.safetyNumber,
    watchers: watchers.map(({ address, state, decision, isConfirmed }) => ({ address, state, decision, isConfirmed })),
  }).toEqual({
    note: 'till noon',
    trust: ['pinned', 'pinned', true, true],
    isSameNumber: true,
    number: expect.stringMatching(/^\d{5}( \d{5}){5}$/) as string,
    watchers: [{ address: ada.address, state: 'active', decision: 'allow', isConfirmed: true }],
  });
});

test('who signs off disappears and is offline at once; what is written meanwhile waits, and goes when they are back', async () => {
  await becomeContacts();
  await bob.quit();
  await world.until(async () => !(await see(ada, bob.address)) && (await availabilityOfBob()) === 'offline', 3_000);
  await write(ada, bob, 'one');
  await write(ada, bob, 'two');
  await world.clock.advance(600_000);
  expect((await ada.messages(bob.address)).map(({ text, state }) => [text, state])).toEqual([
    ['one', 'queued'],
    ['two', 'queued'],
  ]);
  await bob.launch();
  await world.until(() => isIn(ada, bob, 'two', 'delivered'), 10_000);
  await world.until(async () => (await availabilityOfBob()) === 'available', 10_000);
  expect((await bob.messages(ada.address)).map(({ text }) => text)).toEqual(['one', 'two']);
});

test('who is invisible is not announced either, is offline for contacts, and is written to all the same', async () => {
  await becomeContacts();
  await write(bob, ada, 'I will hide');
  await world.until(() => isIn(bob, ada, 'I will hide', 'delivered'));
  await bob.call('setOwnPresence', { accountId: bob.accountId, availability: 'invisible' });
  await world.until(async () => !(await see(ada, bob.address)) && (await availabilityOfBob()) === 'offline', 10_000);
  await write(ada, bob, 'still there?');
  await world.until(() => isIn(ada, bob, 'still there?', 'delivered'), 10_000);
  await bob.call('setOwnPresence', { accountId: bob.accountId, availability: 'available' });
  await world.until(async () => (await see(ada, bob.address)) && (await availabilityOfBob()) === 'available', 20_000);
});

test('a new name is told, under the same address', async () => {
  await world.until(() => see(bob, ada.address));
  await ada.call('updateAccount', { accountId: ada.accountId, displayName: 'Ada Lovelace' });
  await world.until(async () =>
    (await bob.peers()).some(({ address, displayName }) => address === ada.address && displayName === 'Ada Lovelace'),
  );
});

test('a link that goes down and up again', async () => {
  await becomeContacts();
  world.internet.cutOff(bob.host);
  world.multicast.setUp('home', false);
  await write(ada, bob, 'while cut off');
  await world.clock.advance(400_000);
  expect(await isIn(ada, bob, 'while cut off', 'queued')).toBe(true);
  world.internet.heal();
  world.multicast.setUp('home', true);
  ada.core.networkChanged();
  bob.core.networkChanged();
  await world.until(() => isIn(ada, bob, 'while cut off', 'delivered'), 60_000);
  await world.until(async () => (await availabilityOfBob()) === 'available', 60_000);
});

test('changed while the account moves to another network: it listens on its own port again at once', async () => {
  await becomeContacts();
  // Bob's computer went away in silence, so that what ends takes its time.
  world.internet.cutOff(bob.host);
  ada.link.isUp = false;
  ada.core.networkChanged();
  ada.link.isUp = true;
  ada.changes.length = 0;
  await ada.call('updateAccount', { accountId: ada.accountId, displayName: 'Ada Lovelace' });
  await world.clock.advance(5_000);
  const states = ada.changes.flatMap((change) =>
    change.type === 'account-changed' ? [change.account.registration.reason ?? change.account.registration.state] : [],
  );
  expect([...new Set(states)].sort()).toEqual(['off', 'ok']);
  world.internet.heal();
});

test('after a restart of both: the same addresses and ports, the same keys, contacts, rules and open questions', async () => {
  await becomeContacts();
  const carol = await world.person('Carol');
  await world.until(() => see(carol, bob.address));
  await carol.call('addContact', { accountId: carol.accountId, address: bob.address });
  await world.until(async () => (await bob.requests()).length === 1);
  const before = await ada.peers();
  await ada.quit();
  await bob.quit();
  await carol.quit();
  await ada.launch();
  await bob.launch();
  await world.until(async () => (await availabilityOfBob()) === 'available');
  const isBob = ({ address }: { address: string }): boolean => address === bob.address;
  expect([(await ada.peers()).find(isBob), (await bob.requests()).map(({ address }) => address)]).toEqual([
    before.find(isBob),
    [carol.address],
  ]);
});

test('a peer is added by address and port, without any multicast, and can answer', async () => {
  world.multicast.setUp('home', false);
  const [carol, dave] = [await world.person('Carol', { listenPort: 25_000 }), await world.person('Dave', { listenPort: 26_000 })];
  await carol.call('addContact', { accountId: carol.accountId, address: `sip:${dave.host}:26000` });
  await world.until(async () => (await dave.requests()).length === 1);
  const [request] = await dave.requests();
  await dave.call('decideRequest', { requestId: request?.requestId ?? '', decision: 'allow' });
  await world.until(async () => (await carol.contact(dave.address))?.presence.availability === 'available');
  await write(dave, carol, 'who are you?');
  await world.until(() => isIn(dave, carol, 'who are you?', 'delivered'));
  const failure = carol.call('openConversation', { accountId: carol.accountId, address: `sip:${carol.host}:9` });
  await expect(failure).rejects.toMatchObject({ failure: { kind: 'unavailable', field: 'address' } });
});

test('who is announced to nobody is heard of when they come back, and what waited goes at once', async () => {
  world.multicast.setUp('home', false);
  const [carol, dave] = [await world.person('Carol', { listenPort: 25_000 }), await world.person('Dave', { listenPort: 26_000 })];
  await carol.call('addContact', { accountId: carol.accountId, address: `sip:${dave.host}:26000` });
  await world.until(async () => (await dave.requests()).length === 1);
  await dave.call('addContact', { accountId: dave.accountId, address: carol.address });
  for (const [one, other] of [
    [carol, dave],
    [dave, carol],
  ] as const) {
    await one.call('decideWatcher', { accountId: one.accountId, address: other.address, decision: 'allow' });
  }
  const carolForDave = async () => (await dave.contact(carol.address))?.presence.availability;
  await world.until(async () => (await carolForDave()) === 'available');
  await carol.quit();
  await write(dave, carol, 'for later');
  await world.clock.advance(600_000);
  expect(await carolForDave()).toBe('offline');
  await carol.launch();
  await world.until(() => isIn(dave, carol, 'for later', 'delivered'), 3_000);
  await world.until(async () => (await carolForDave()) === 'available', 3_000);
});

test('one text to several people goes to each', async () => {
  const carol = await world.person('Carol');
  await world.until(async () => (await see(ada, bob.address)) && see(ada, carol.address));
  await ada.call('sendToMany', { accountId: ada.accountId, addresses: [bob.address, carol.address], text: 'lunch?' });
  await world.until(async () => (await isIn(ada, bob, 'lunch?', 'delivered')) && isIn(ada, carol, 'lunch?', 'delivered'));
});

test('one text to several people takes places, too, and says which field is wrong', async () => {
  const carol = await world.person('Carol', { listenPort: 25_000 });
  await world.until(async () => (await see(ada, bob.address)) && see(ada, carol.address));
  const toMany = (addresses: string[]): Promise<unknown> => ada.call('sendToMany', { accountId: ada.accountId, addresses, text: 'lunch?' });
  await toMany([bob.address, `${carol.host}:25000`]);
  await world.until(async () => (await isIn(ada, bob, 'lunch?', 'delivered')) && isIn(ada, carol, 'lunch?', 'delivered'));
  await expect(toMany([bob.address, '300.1.1.1:5060'])).rejects.toMatchObject({ failure: { kind: 'invalid-input', field: 'addresses' } });
});

test('two people of one name, and several on one computer', async () => {
  const other = await world.person('Bob', { host: ada.host });
  await world.until(async () => (await see(ada, bob.address)) && see(ada, other.address));
  await write(ada, other, 'here');
  await world.until(() => isIn(ada, other, 'here', 'delivered'));
  expect([(await ada.peers()).map(({ displayName }) => displayName), await bob.messages(ada.address)]).toEqual([['Bob', 'Bob'], []]);
});

test('what an account of another kind, or a mistake, is told', async () => {
  const call = (input: unknown): unknown => ada.call('addAccount', input as never);
  await expect(call({ kind: 'nearby', displayName: ' \u0000 ' })).rejects.toMatchObject({ failure: { field: 'displayName' } });
  await expect(call({ kind: 'nearby', displayName: '\u202e\u200b' })).rejects.toMatchObject({ failure: { field: 'displayName' } });
  await expect(ada.call('addContact', { accountId: ada.accountId, address: '192.0.2.7:99999' })).rejects.toMatchObject({
    failure: { kind: 'invalid-input', reason: expect.stringContaining('192.0.2.7:5060') as string },
  });
  await expect(call({ kind: 'nearby', displayName: 'A', interfaces: ['eth0'] })).rejects.toMatchObject({
    failure: { field: 'interfaces' },
  });
  const renamed = ada.call('updateAccount', { accountId: ada.accountId, displayName: ' ' });
  await expect(renamed).rejects.toMatchObject({ failure: { field: 'displayName' } });
  await expect(ada.call('acceptKey', { accountId: ada.accountId, address: bob.address })).rejects.toMatchObject({
    failure: { kind: 'refused' },
  });
  const compared = ada.call('compareKey', { accountId: ada.accountId, address: 'sip:eve@x.local', isSame: true });
  await expect(compared).rejects.toMatchObject({ failure: { kind: 'not-found' } });
  expect(await ada.call('listInterfaces', {})).toEqual({
    interfaces: [{ address: ada.host, name: 'eth0', isPointToPoint: false, isLoopback: false }],
  });
});

test('the highest port has TLS before it', async () => {
  await ada.call('updateAccount', { accountId: ada.accountId, listenPort: 65_535 });
  await world.until(async () => (await bob.peers()).some(({ location }) => location === `${ada.host}:65534`));
});

test('who took their account away said good-bye, in the words of people', async () => {
  await becomeContacts();
  await bob.call('removeAccount', { accountId: bob.accountId });
  const said = async (): Promise<string | undefined> => (await ada.contact(bob.address))?.subscription.failure;
  await world.until(async () => (await said()) !== undefined);
  expect(await said()).toBe('This person’s program said good-bye. They are asked again by themselves when they are back.');
});

test('a port that is taken is said, and tried again', async () => {
  const squatter = await world.internet.host(ada.host).openUdp({ address: ada.host, port: 27_000 }, () => undefined);
  await ada.call('updateAccount', { accountId: ada.accountId, listenPort: 27_000 });
  const registration = async (): Promise<unknown> => (await ada.call('listAccounts', {})).accounts[0]?.registration;
  await world.until(async () => ((await registration()) as { state: string }).state === 'failed');
  expect(await registration()).toMatchObject({ state: 'failed', reason: expect.stringContaining('Port 27000 is used') as string });
  squatter.close();
  await world.until(async () => ((await registration()) as { state: string }).state === 'ok');
  await world.until(async () =>
    (await bob.peers()).some(({ address, location }) => address === ada.address && location === `${ada.host}:27001`),
  );
});
