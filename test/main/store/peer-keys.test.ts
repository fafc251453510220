// Keys of peers: kept, replaced, swept where nobody knows them, gone with their account; and where such an account listens.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import * as store from '../../../main/store/index.ts';
import type { PeerKey, Store } from '../../../main/store/index.ts';
import { migrate } from '../../../main/store/migration/list.ts';
import { newDatabasePath, openAt, openTestStore } from './support/open-test-store.ts';

const OF_ONE = { accountId: '1' };

function peer(name: string, more: Partial<PeerKey> = {}): PeerKey {
  return { address: `sip:${name}@${name}.local`, key: `key of ${name}`, firstSeenAtMs: 1, seenAtMs: 2, lastLocation: '', ...more };
}

async function keep(db: Store, ...peers: readonly PeerKey[]): Promise<void> {
  await db.commit((tx) => peers.forEach((one) => store.savePeerKey(tx, { ...OF_ONE, peer: one })));
}

test('a key is kept with all that is known, replaced as a whole, and goes with its account', async () => {
  const db = await openTestStore();
  const full = peer('bob', { comparedAtMs: 5, offeredKey: 'another', lastLocation: '192.0.2.7:25062' });
  await keep(db, full, peer('ann'));
  expect(db.read((tx) => store.listPeerKeys(tx, OF_ONE))).toEqual([peer('ann'), full]);
  await keep(db, peer('bob', { key: 'another' }));
  expect(db.read((tx) => store.listPeerKeys(tx, OF_ONE))).toEqual([peer('ann'), peer('bob', { key: 'another' })]);
  expect(db.read((tx) => store.listPeerKeys(tx, { accountId: '2' }))).toEqual([]);
  await db.commit((tx) => store.removeAccount(tx, OF_ONE));
  expect(db.read((tx) => store.listPeerKeys(tx, OF_ONE))).toEqual([]);
});

test('of people nobody knows only the last seen are kept; who is known stays', async () => {
  const db = await openTestStore();
  const strangers = ['s1', 's2', 's3', 's4'].map((name, index) => peer(name, { seenAtMs: 100 + index }));
  const known = [peer('contact'), peer('decided'), peer('written'), peer('compared', { comparedAtMs: 9 })];
  const unknown = peer('unknown', { seenAtMs: 99 });
  await keep(db, ...strangers, ...known, unknown);
  await db.commit((tx) => {
    store.addContact(tx, { ...OF_ONE, address: peer('contact').address, name: '', createdAtMs: 1 });
    tx.run(
      `INSERT INTO decision (account_id, address, decision, decided_at_ms, is_pending) VALUES (1, ?, 'allow', 1, 0)`,
      peer('decided').address,
    );
    store.openConversation(tx, { ...OF_ONE, address: peer('written').address });
    tx.run(`INSERT INTO conversation (account_id, address, display_name, is_unknown) VALUES (1, ?, '', 1)`, unknown.address);
  });
  const gone = await db.commit((tx) => store.sweepPeerKeys(tx, { ...OF_ONE, most: 2 }));
  expect(gone).toEqual(['s2', 's1', 'unknown'].map((name) => peer(name).address));
  expect(db.read((tx) => store.listPeerKeys(tx, OF_ONE)).map(({ key }) => key)).toEqual(
    ['compared', 'contact', 'decided', 's3', 's4', 'written'].map((name) => `key of ${name}`),
  );
  expect(await db.commit((tx) => store.sweepPeerKeys(tx, { ...OF_ONE, most: 2 }))).toEqual([]);
});

test('where an account without a server listens is kept with its settings', async () => {
  const db = openAt(newDatabasePath());
  const settings = { displayName: 'Ada', listenPort: 25060, interfaces: ['127.0.0.1', 'fe80::1%eth0'] };
  const account = { kind: 'nearby' as const, address: 'sip:ada@abcdefgh.local', settings, createdAtMs: 5 };
  expect(await db.commit((tx) => store.addAccount(tx, account))).toEqual({ accountId: '1', ...account });
  await db.commit((tx) => store.updateAccount(tx, { ...OF_ONE, settings: { interfaces: [] } }));
  expect(db.read((tx) => store.listAccounts(tx))).toEqual([{ accountId: '1', ...account, settings: { interfaces: [] } }]);
});

test('0006 keeps the accounts that are there as they are', () => {
  const db = new Database(newDatabasePath());
  try {
    migrate(db, 5);
    db.exec(`INSERT INTO account (kind, address, created_at_ms) VALUES ('sip', 'sip:ada@example.org', 1)`);
    migrate(db, 6);
    expect(db.prepare('SELECT account_id, listen_port, interfaces FROM account').all()).toEqual([
      { account_id: 1, listen_port: null, interfaces: null },
    ]);
    expect(db.pragma('foreign_key_check')).toEqual([]);
  } finally {
    db.close();
  }
});
