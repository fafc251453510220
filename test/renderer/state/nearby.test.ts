// The people nearby: in order and still under the hand, told apart, found by typing; the forms of a nearby account; words without a server.
import { afterEach, describe, expect, it } from 'vitest';
import type { NearbyPeer } from '../../../app/domain/nearby.ts';
import { createAppClient } from '../../../renderer/app-client.ts';
import { accountName, placesOf } from '../../../renderer/state/account-words.ts';
import { matchingNearby } from '../../../renderer/state/matching.ts';
import { typedAddress } from '../../../renderer/state/naming.ts';
import { strangersHere, twinsOf } from '../../../renderer/state/nearby.svelte.ts';
import { NearbyFormState, networksOf } from '../../../renderer/state/nearby-form.svelte.ts';
import { paletteEntries } from '../../../renderer/state/palette.ts';
import { contactLine } from '../../../renderer/state/presence-words.ts';
import { numberGroups, spokenNumber, trustMark, trustWords } from '../../../renderer/state/trust-words.ts';
import { current, t } from '../../../renderer/text/text.svelte.ts';
import { settled, startApp, type TestApp } from '../support/app.ts';
import { INTERFACES, makeNearbyAccount, makeNearbyData, makeNobodyData, makePeer, SAFETY_NUMBER } from '../support/fake-nearby.ts';
import { ACCOUNT_ID, makeEmptyData, makeNewData } from '../support/fake-people.ts';
import { makeFakeWatchword, type FakeWatchword } from '../support/fake-watchword.ts';

const addresses = (keys: readonly string[]): string[] => keys.map((key) => key.replace(`${ACCOUNT_ID} sip:`, ''));
const tell = ({ fake }: TestApp, peers: NearbyPeer[]): void => fake.announce({ type: 'nearby-changed', accountId: ACCOUNT_ID, peers });

describe('the people nearby', () => {
  it('are those here, by name and then by address; contacts are elsewhere', async () => {
    const { app } = await startApp(makeNearbyData);
    const strangers = strangersHere(app.nearby, (accountId, address) => app.contacts.find(accountId, address));
    expect(addresses(strangers)).toEqual([
      'bob@q7x2m4ka.local',
      'bob@zzr4t2ab.local',
      'erin@192.0.2.9:5060',
      'me@ii44jj55.local',
      'heidi@ee66ff77.local',
      'faisal@gg22hh33.local',
    ]);
    expect(app.nearby.find(ACCOUNT_ID, 'sip:gone@kk66ll77.local')?.isHere).toBe(false);
  });

  it('keep their places while a hand is on the list', async () => {
    const test = await startApp(makeNearbyData);
    const { nearby } = test.app;
    const [zoe, bob, adam] = [makePeer('zoe@a', 'Zoe'), makePeer('bob@b', 'Bob'), makePeer('adam@c', 'Adam')];
    tell(test, [zoe, bob]);
    nearby.hold();
    tell(test, [zoe, adam]);
    expect(addresses(nearby.order)).toEqual(['bob@b.local', 'zoe@a.local', 'adam@c.local']);
    expect(nearby.find(ACCOUNT_ID, bob.address)?.isHere).toBe(false);
    tell(test, [zoe, adam, bob]);
    expect(nearby.find(ACCOUNT_ID, bob.address)?.isHere).toBe(true);
    tell(test, [zoe, adam]);
    nearby.release();
    expect(addresses(nearby.order)).toEqual(['adam@c.local', 'zoe@a.local']);
    expect(nearby.find(ACCOUNT_ID, bob.address)).toBeUndefined();
  });

  it('are shown first where there is no server and no chat', async () => {
    expect((await startApp(makeNobodyData)).app.view.tab).toBe('people');
    expect((await startApp(makeNearbyData)).app.view.tab).toBe('chats');
    expect((await startApp(makeEmptyData)).app.view.tab).toBe('chats');
  });

  it('go with their account', async () => {
    const test = await startApp(makeNearbyData);
    test.fake.announce({ type: 'account-removed', accountId: ACCOUNT_ID });
    expect([test.app.nearby.order, test.app.nearby.byKey.size]).toEqual([[], 0]);
  });

  it('of one name are told apart, also from contacts, whatever case and accents', () => {
    const peers = [
      makePeer('a@a', 'Zoë'),
      makePeer('b@b', 'ZOE'),
      makePeer('c@c', 'Carol'),
      makePeer('d@d', 'Dora'),
      makePeer('eve@e', ''),
    ];
    expect(addresses([...twinsOf(peers, ['carol', 'Eve '.trim()])])).toEqual(['a@a.local', 'b@b.local', 'c@c.local', 'eve@e.local']);
  });

  it('are found by name and address, all of them before anything is typed', async () => {
    const { app } = await startApp(makeNearbyData);
    const found = (query: string): string[] => matchingNearby(app.nearby, app.contacts, query, 3).map((peer) => peer.address);
    expect(found('heid')).toEqual(['sip:heidi@ee66ff77.local']);
    expect(found('zzr4')).toEqual(['sip:bob@zzr4t2ab.local']);
    expect(found('dave')).toEqual([]);
    expect(found('')).toHaveLength(3);
    const groups = paletteEntries(app, 'bob').map((group) => [group.title, group.entries.map((entry) => entry.hint)]);
    expect(groups).toEqual([['nearby.title', ['bob@q7x2m4ka.local', 'bob@zzr4t2ab.local']]]);
  });

  it('name a chat whose other side never said a name', async () => {
    const { app } = await startApp(makeNearbyData);
    expect(app.nameOf(ACCOUNT_ID, 'sip:faisal@gg22hh33.local')).toBe('فيصل العتيبي');
  });

  it('who cannot be asked because they are not there are said to be away, not to have failed', async () => {
    const { app } = await startApp(makeNearbyData);
    const dave = app.contacts.find(ACCOUNT_ID, 'sip:dave@cc44dd55.local');
    if (dave === undefined) throw new Error('no Dave');
    const failed = { ...dave, subscription: { state: 'failed' as const, failure: 'Nobody answered.', sinceMs: 0 } };
    const lines = [failed, { ...failed, address: 'sip:somebody@elsewhere.local' }].map((one) => contactLine(one, 0, app.isAway(one)));
    expect(lines).toEqual(['Nobody answered.', 'not nearby at the moment']);
  });

  it('are kept as compared, or not, and their new key is accepted; a failure is told', async () => {
    const { app, fake } = await startApp(makeNearbyData);
    const bob = app.nearby.find(ACCOUNT_ID, 'sip:bob@q7x2m4ka.local');
    if (bob === undefined) throw new Error('no Bob');
    const trust = (): string | undefined => app.nearby.find(ACCOUNT_ID, bob.address)?.trust;
    expect([await app.nearby.compare(bob, true), trust()]).toEqual([undefined, 'compared']);
    expect([await app.nearby.compare(bob, false), trust()]).toEqual([undefined, 'pinned']);
    expect([await app.nearby.acceptKey(bob), trust()]).toEqual([undefined, 'pinned']);
    fake.failNext('acceptKey', { kind: 'unavailable', reason: 'The disk is full.' });
    expect(await app.nearby.acceptKey(bob)).toBe('The disk is full.');
  });
});

describe('the words of trust', () => {
  it('differ for each kind', () => {
    const kinds = (['unknown', 'pinned', 'compared', 'changed', 'plain'] as const).map((trust) => makePeer('bob@b', 'Bob', { trust }));
    expect(kinds.map(trustMark)).toEqual(['', '', 'compared', 'key changed', 'unverified']);
    expect(new Set(kinds.map((peer) => trustWords(peer, 'Bob'))).size).toBe(5);
  });

  it('give the number in groups, and digit by digit for readers', () => {
    expect(numberGroups(SAFETY_NUMBER)).toEqual(['01234', '56789', '13579', '24680', '11235', '81321']);
    expect(spokenNumber('01234 56789')).toBe('0 1 2 3 4, 5 6 7 8 9');
    expect(numberGroups(`${'9'.repeat(1_000)}`)).toHaveLength(6);
  });
});

describe('starting nearby', () => {
  function makeForm(account = false): { form: NearbyFormState; fake: FakeWatchword } {
    const fake = makeFakeWatchword(makeNewData());
    return { form: new NearbyFormState(createAppClient(fake), account ? makeNearbyAccount(0) : undefined), fake };
  }
  const lastCall = (fake: FakeWatchword): unknown => fake.calls.filter(({ name }) => name !== 'listInterfaces').at(-1);

  it('needs a name and nothing else', async () => {
    const { form, fake } = makeForm();
    await form.loadNetworks();
    expect([await form.submit(), form.errors]).toEqual([false, { displayName: 'Type a name, so that others know whom they see.' }]);
    form.name = ' Ada ';
    expect(await form.submit()).toBe(true);
    expect(lastCall(fake)).toEqual({ name: 'addAccount', input: { kind: 'nearby', displayName: 'Ada' } });
    expect(form.addedId).toBe(ACCOUNT_ID);
  });

  it('takes a port and chosen networks; what cannot be is said at its field', async () => {
    const { form, fake } = makeForm();
    await form.loadNetworks();
    form.name = 'Ada';
    for (const odd of ['70000', '-1', '1.5', 'x']) {
      form.port = odd;
      expect([await form.submit(), form.errors]).toEqual([false, { listenPort: 'A port is a number from 1 to 65535.' }]);
    }
    form.port = '25062';
    form.toggle('lo');
    form.toggle('wlan0');
    expect([await form.submit(), form.errors]).toEqual([false, { interfaces: 'Choose at least one network, or nobody finds you.' }]);
    form.toggle('lo');
    expect(await form.submit()).toBe(true);
    expect(lastCall(fake)).toEqual({
      name: 'addAccount',
      input: { kind: 'nearby', displayName: 'Ada', listenPort: 25062, interfaces: ['127.0.0.1', '::1'] },
    });
  });

  it('changes the account that is there, also the one that could not listen', async () => {
    const { form, fake } = makeForm(true);
    await form.loadNetworks();
    form.name = 'Ada L.';
    form.port = '';
    expect(await form.submit()).toBe(true);
    const updated = { name: 'updateAccount', input: { accountId: ACCOUNT_ID, displayName: 'Ada L.', listenPort: 0, interfaces: [] } };
    expect(lastCall(fake)).toEqual(updated);
    const first = makeForm();
    first.form.name = 'Ada';
    await first.form.submit();
    first.form.name = 'Ada L.';
    await first.form.submit();
    expect(lastCall(first.fake)).toEqual({ name: 'updateAccount', input: { accountId: ACCOUNT_ID, displayName: 'Ada L.', listenPort: 0 } });
  });

  it('says what the core refuses, at its field or below', async () => {
    const { form, fake } = makeForm();
    form.name = 'Ada';
    fake.failNext('addAccount', { kind: 'invalid-input', field: 'listenPort', reason: 'Too low.' });
    expect([await form.submit(), form.errors]).toEqual([false, { listenPort: 'Too low.' }]);
    fake.failNext('addAccount', { kind: 'unavailable', reason: 'No keychain.' });
    expect([await form.submit(), form.failure?.reason]).toEqual([false, 'No keychain.']);
    fake.failNext('listInterfaces', { kind: 'unavailable', reason: 'No networks.' });
    await form.loadNetworks();
    expect(form.networksFailure).toBe('No networks.');
  });

  it('knows networks by their names, those that are gone too', () => {
    expect(networksOf(INTERFACES, ['192.0.2.5', '203.0.113.1']).map(({ name, isGone }) => [name, isGone])).toEqual([
      ['lo', false],
      ['wlan0', false],
      ['tun0', false],
      ['203.0.113.1', true],
    ]);
  });
});

describe('an account without a server', () => {
  afterEach(() => {
    current.isWithoutServer = false;
  });

  it('is called by what it does, and says where it is found', () => {
    const account = makeNearbyAccount(0, 'Ada');
    const networks = networksOf(INTERFACES);
    expect(accountName(account)).toBe('Nearby as Ada');
    expect(placesOf(account, networks)).toEqual(['192.0.2.5:25062']);
    const settings = { displayName: 'Ada', listenPort: 25062, interfaces: ['127.0.0.1'] };
    expect(placesOf({ ...account, settings }, networks)).toEqual(['127.0.0.1:25062', '[::1]:25062']);
    expect(placesOf({ ...account, settings: {} }, networks)).toEqual([]);
  });

  it('has words of its own where the others speak of servers', () => {
    expect(t('thread.accepted')).toBe('Accepted by the server');
    current.isWithoutServer = true;
    expect([t('thread.accepted'), t('connection.fine'), t('thread.read')]).toEqual(['Arrived there', 'Nearby: on', 'Read']);
  });

  it('is loaded with those nearby when it is added while the window is open', async () => {
    const test = await startApp(() => makeNewData());
    test.fake.data.peers = [makePeer('bob@b', 'Bob')];
    test.fake.announce({ type: 'account-changed', account: makeNearbyAccount(0) });
    await settled();
    expect(addresses(test.app.nearby.order)).toEqual(['bob@b.local']);
  });
});

it('an address and a port are an address, also of a computer with a name', () => {
  expect(['192.0.2.7:25062', 'localhost:25062', '[2001:db8::7]:25062', 'sip:5060', 'bob@example.org'].map(typedAddress)).toEqual([
    'sip:192.0.2.7:25062',
    'sip:localhost:25062',
    'sip:[2001:db8::7]:25062',
    'sip:5060',
    'sip:bob@example.org',
  ]);
});
