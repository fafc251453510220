// The keys of peers: kept at first contact, refused when they change, accepted and compared by people, bounded for strangers.
import { expect, onTestFinished, test } from 'vitest';
import type { Address } from '../../../../app/domain/address.ts';
import { createPeerTrust, MOST_STRANGERS } from '../../../../main/accounts/nearby/peer-trust.ts';
import type { PeerTrust } from '../../../../main/accounts/nearby/peer-trust.ts';
import { safetyNumber } from '../../../../main/accounts/nearby/safety-number.ts';
import { KEY_CHANGED, KEY_MISSING, OTHER_NAME } from '../../../../main/accounts/nearby/words.ts';
import type { Storage } from '../../../../main/accounts/storage.ts';
import { createStorage } from '../../../../main/accounts/storage.ts';
import { createTroubles } from '../../../../main/accounts/troubles.ts';
import { addAccount, addContact, listPeerKeys, openStore } from '../../../../main/store/index.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { newDatabasePath } from '../../store/support/open-test-store.ts';

const OWN = 'sip:ada@aaaaaaaa.local' as Address;
const BOB = 'sip:bob@bbbbbbbb.local' as Address;
const EVE = 'sip:eve@eeeeeeee.local' as Address;
const PLACE = 'sip:bob@192.0.2.7:25062' as Address;
const KEY = { peerKey: 'key of bob', peerUris: [BOB] };
const NEW_KEY = { peerKey: 'new key of bob', peerUris: [BOB] };
const NUMBER = safetyNumber('own key', KEY.peerKey);
const NEW_NUMBER = safetyNumber('own key', NEW_KEY.peerKey);

interface World {
  readonly storage: Storage;
  readonly trust: PeerTrust;
  readonly changes: Address[];
  readonly clock: ReturnType<typeof createFakeClock>;
  /** The same account after a restart. */
  again(): PeerTrust;
  kept(): ReturnType<typeof listPeerKeys>;
}

async function open(): Promise<World> {
  const opened = openStore(newDatabasePath(), { defer: (callback) => void setImmediate(callback) });
  if (opened.kind === 'failure') throw new Error(opened.text);
  onTestFinished(() => opened.store.close());
  const clock = createFakeClock();
  const storage = createStorage(
    opened.store,
    createTroubles(() => undefined),
    clock,
  );
  await storage.commit((db) => addAccount(db, { kind: 'nearby', address: OWN, settings: {}, createdAtMs: 1 }));
  const changes: Address[] = [];
  const again = (): PeerTrust =>
    createPeerTrust({
      storage,
      clock,
      accountId: '1',
      ownAddress: OWN,
      ownKey: 'own key',
      onChanged: (address) => changes.push(address),
    });
  const kept = (): ReturnType<typeof listPeerKeys> => storage.read((db) => listPeerKeys(db, { accountId: '1' }));
  return { storage, clock, changes, again, kept, trust: again() };
}

/** Until all that was given to the store is kept. */
const settled = ({ storage }: World): Promise<void> => storage.commit(() => undefined);

test('the first key is kept, shown with its number, and known after a restart', async () => {
  const world = await open();
  expect(world.trust.view(BOB)).toEqual({ trust: 'unknown' });
  expect(world.trust.hear(BOB, KEY)).toMatchObject({ isAllowed: true, isVerified: true });
  world.trust.rememberLocation(BOB, '192.0.2.7:25062');
  const shown = { trust: 'pinned', safetyNumber: NUMBER, location: '192.0.2.7:25062' };
  expect(world.trust.view(BOB)).toEqual(shown);
  await settled(world);
  const again = world.again();
  const same = { isAllowed: true, verdict: 'same', isVerified: true };
  expect([again.view(BOB), again.addresses(), again.hear(BOB, KEY)]).toEqual([shown, [BOB], same]);
  expect(world.changes).toEqual([BOB, BOB]);
});

test('another key is refused both ways until the person accepts it', async () => {
  const world = await open();
  world.trust.hear(BOB, KEY);
  await world.trust.compare(BOB, true);
  expect(world.trust.hear(BOB, NEW_KEY)).toMatchObject({ isAllowed: false, verdict: 'changed' });
  expect(world.trust.troubleWith(BOB, NEW_KEY)).toBe(KEY_CHANGED);
  expect(world.trust.view(BOB)).toEqual({ trust: 'changed', safetyNumber: NEW_NUMBER });
  expect(await world.trust.compare(BOB, true)).toBe(false);
  expect(await world.trust.accept(BOB, NUMBER)).toBe(false);
  expect(await world.trust.accept(BOB, NEW_NUMBER)).toBe(true);
  expect(world.trust.view(BOB)).toEqual({ trust: 'pinned', safetyNumber: NEW_NUMBER });
  expect(world.trust.troubleWith(BOB, NEW_KEY)).toBeUndefined();
  expect(world.trust.hear(BOB, KEY)).toMatchObject({ isAllowed: false, verdict: 'changed' });
  expect(await world.trust.accept(EVE)).toBe(false);
});

test('who shows the kept key again is the one that was known, and the other offer is forgotten', async () => {
  const world = await open();
  world.trust.hear(BOB, KEY);
  world.trust.hear(BOB, NEW_KEY);
  await settled(world);
  expect(world.again().view(BOB)).toEqual({ trust: 'changed', safetyNumber: NEW_NUMBER });
  expect(world.trust.hear(BOB, KEY)).toMatchObject({ isAllowed: true, isVerified: true });
  expect(world.trust.view(BOB)).toEqual({ trust: 'pinned', safetyNumber: NUMBER });
  expect(await world.trust.accept(BOB)).toBe(false);
});

test('one offer stays for a while, however many keys somebody makes up', async () => {
  const world = await open();
  world.trust.hear(BOB, KEY);
  world.changes.length = 0;
  for (let index = 0; index < 100; index++) world.trust.hear(BOB, { peerKey: `made up ${index}`, peerUris: [BOB] });
  expect(world.changes).toEqual([BOB]);
  expect(world.trust.view(BOB).safetyNumber).toBe(safetyNumber('own key', 'made up 0'));
  await world.clock.advance(10_000);
  world.trust.hear(BOB, NEW_KEY);
  expect(world.trust.view(BOB).safetyNumber).toBe(NEW_NUMBER);
});

test('who has a key comes with it, or is refused', async () => {
  const { trust } = await open();
  expect(trust.hear(BOB, {})).toMatchObject({ isAllowed: true, isVerified: false });
  trust.hear(BOB, KEY);
  expect(trust.hear(BOB, {})).toMatchObject({ isAllowed: false, verdict: 'downgrade' });
  expect(trust.troubleWith(BOB, {})).toBe(KEY_MISSING);
  expect(trust.view(BOB)).toEqual({ trust: 'pinned', safetyNumber: NUMBER });
});

test('a certificate for somebody else is no proof of an address, and nothing is kept', async () => {
  const { trust } = await open();
  expect(trust.hear(EVE, KEY)).toMatchObject({ isAllowed: false, verdict: 'other-name' });
  expect(trust.troubleWith(EVE, KEY)).toBe(OTHER_NAME);
  expect(trust.addresses()).toEqual([]);
});

test('a place may be asked who is there, and is nobody’s name', async () => {
  const { trust } = await open();
  expect(trust.troubleWith(PLACE, KEY)).toBeUndefined();
  expect(trust.troubleWith('sip:bob@[fe80::1]:25062' as Address, KEY)).toBeUndefined();
  expect(trust.hear(PLACE, KEY)).toMatchObject({ isAllowed: false, verdict: 'other-name' });
  expect(trust.addresses()).toEqual([]);
  trust.hear(PLACE, { peerKey: 'of another program' });
  expect(trust.troubleWith(PLACE, KEY)).toBe(OTHER_NAME);
});

test('our own address needs our own key, and our key is nobody else’s', async () => {
  const { trust } = await open();
  expect(trust.hear(OWN, { peerKey: 'own key' })).toMatchObject({ isAllowed: true, isVerified: true });
  expect(trust.hear(OWN, {})).toMatchObject({ isAllowed: false, verdict: 'downgrade' });
  expect(trust.hear(OWN, { peerKey: 'x' })).toMatchObject({ isAllowed: false, verdict: 'changed' });
  expect(trust.hear(BOB, { peerKey: 'own key' })).toMatchObject({ isAllowed: false, verdict: 'other-name' });
  expect(trust.addresses()).toEqual([]);
});

test('comparing can be taken back, and is for kept keys alone', async () => {
  const world = await open();
  expect(await world.trust.compare(BOB, true)).toBe(false);
  world.trust.hear(BOB, KEY);
  expect(await world.trust.compare(BOB, true)).toBe(true);
  expect(world.again().view(BOB)).toEqual({ trust: 'compared', safetyNumber: NUMBER });
  expect(await world.trust.compare(BOB, false)).toBe(true);
  expect(world.again().view(BOB)).toEqual({ trust: 'pinned', safetyNumber: NUMBER });
});

test('keys of a thousand strangers do not pile up, and who is known stays', async () => {
  const world = await open();
  await world.storage.commit((db) => addContact(db, { accountId: '1', address: BOB, name: '', createdAtMs: 1 }));
  world.trust.hear(BOB, KEY);
  for (let index = 0; index < 1_000; index++) {
    world.trust.hear(`sip:x@${String(index).padStart(8, 'x')}.local` as Address, { peerKey: `key ${index}` });
    if (index % 100 === 0) await settled(world);
  }
  await settled(world);
  await settled(world);
  expect(world.kept().length).toBeLessThanOrEqual(MOST_STRANGERS + 50);
  expect([...world.trust.addresses()].sort()).toEqual(world.kept().map(({ address }) => address));
  expect(world.trust.view(BOB)).toEqual({ trust: 'pinned', safetyNumber: NUMBER });
});

test('a disk that fails keeps the key for now, and a decision of the person is not taken', async () => {
  const world = await open();
  const broken = createPeerTrust({
    storage: { read: (query) => world.storage.read(query), commit: () => Promise.reject(new Error('full')) },
    clock: world.clock,
    accountId: '1',
    ownAddress: OWN,
    ownKey: 'own key',
    onChanged: () => undefined,
  });
  broken.hear(BOB, KEY);
  expect(broken.hear(BOB, NEW_KEY)).toMatchObject({ isAllowed: false, verdict: 'changed' });
  await expect(broken.accept(BOB)).rejects.toThrow('full');
  expect(broken.view(BOB)).toEqual({ trust: 'changed', safetyNumber: NEW_NUMBER });
});
