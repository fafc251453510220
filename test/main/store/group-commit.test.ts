// Group commit: one transaction for what arrives together, each work failing alone, nothing resolved before its COMMIT.
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import {
  addContact,
  addIncomingMessage,
  indexSome,
  listContacts,
  openStore,
  searchMessages,
  StoreFailure,
} from '../../../main/store/index.ts';
import type { Store, WritableDb } from '../../../main/store/index.ts';
import { incoming, newDatabasePath, openAt, openTestStore } from './support/open-test-store.ts';

const add = (address: string) => (db: WritableDb) => addContact(db, { accountId: '1', address, name: '', createdAtMs: 1 })?.contactId;
const addresses = (store: Store): string[] => store.read((db) => listContacts(db, { accountId: '1' })).map((contact) => contact.address);

function openWithHeldTurns(path: string): { store: Store; runTurn: () => number } {
  const turns: (() => void)[] = [];
  const opened = openStore(path, { defer: (callback) => turns.push(callback), busyTimeoutMs: 0 });
  if (opened.kind === 'failure') throw new Error(opened.text);
  onTestFinished(() => {
    opened.store.close();
  });
  const runTurn = (): number => {
    const due = turns.splice(0);
    for (const turn of due) turn();
    return due.length;
  };
  return { store: opened.store, runTurn };
}

function openObserver(path: string): Database.Database {
  const db = new Database(path);
  onTestFinished(() => {
    db.close();
  });
  return db;
}

test('works that arrive together are one transaction, seen by others as a whole, and resolve after it', async () => {
  const path = newDatabasePath();
  const { store, runTurn } = openWithHeldTurns(path);
  const observer = openObserver(path);
  const log: string[] = [];
  const count = (): number => Number(observer.prepare('SELECT count(*) AS n FROM account').pluck().get());
  const addAt = (address: string) =>
    store
      .commit((db) => {
        log.push(`work ${address}, others see ${count()}`);
        db.run('INSERT INTO account (kind, address, created_at_ms) VALUES (?, ?, ?)', 'sip', address, 1);
      })
      .then(() => log.push(`done ${address}, others see ${count()}`));
  const both = [addAt('a'), addAt('b')];
  expect(log).toEqual([]);
  expect(runTurn()).toBe(1);
  await Promise.all(both);
  expect(log).toEqual(['work a, others see 0', 'work b, others see 0', 'done a, others see 2', 'done b, others see 2']);
  expect(runTurn()).toBe(0);
});

test('a work that throws fails alone, with what it threw', async () => {
  const store = await openTestStore();
  const results = await Promise.allSettled([
    store.commit(add('one')),
    store.commit((db) => {
      add('lost')(db);
      throw new RangeError('mine');
    }),
    store.commit(add('two')),
    store.commit((db) => db.run('INSERT INTO contact (account_id, address, name, created_at_ms) VALUES (99, ?, ?, 0)', 'x', '')),
    store.commit(async () => Promise.resolve()),
  ]);
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).name))).toEqual([
    '1',
    'RangeError',
    '2',
    'SqliteError',
    'Error',
  ]);
  expect(addresses(store)).toEqual(['one', 'two']);
});

test('when a work throws, those before it are run again, and each row is there once', async () => {
  const store = await openTestStore();
  const log: string[] = [];
  const logged = (address: string) =>
    store.commit((db) => {
      log.push(address);
      return add(address)(db);
    });
  const failing = () =>
    store.commit(() => {
      log.push('failing');
      throw new Error('mine');
    });
  const alone = await Promise.allSettled([failing()]);
  const group = await Promise.allSettled([logged('one'), failing(), logged('two')]);
  expect([...alone, ...group].map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(log).toEqual(['failing', 'one', 'failing', 'one', 'failing', 'two']);
  expect(addresses(store)).toEqual(['one', 'two']);
});

test('messages of a group with a failing work are all found by search', async () => {
  const store = await openTestStore();
  const works = ['apple', 'pear', 'plum'].map((text) => store.commit((db) => addIncomingMessage(db, incoming({ text }))));
  const failing = store.commit((db) => {
    addIncomingMessage(db, incoming({ text: 'lost' }));
    throw new Error('mine');
  });
  await expect(failing).rejects.toThrow('mine');
  await Promise.all(works);
  const found = await store.commit((db) =>
    ['apple', 'pear', 'plum', 'lost'].map((query) => searchMessages(db, { query, limit: 9 }).length),
  );
  expect(found).toEqual([1, 1, 1, 0]);
  await store.commit(indexSome);
  await store.commit((db) => db.run(`INSERT INTO message_word (message_word, rank) VALUES ('integrity-check', 1)`));
});

test('more than one group is worked off turn by turn', async () => {
  const path = newDatabasePath();
  const { store, runTurn } = openWithHeldTurns(path);
  const all = Array.from({ length: 501 }, (_, index) => store.commit(() => index));
  expect([runTurn(), runTurn(), runTurn()]).toEqual([1, 1, 0]);
  expect(await Promise.all(all)).toEqual(Array.from({ length: 501 }, (_, index) => index));
});

test('a writable database is dead after its work, and a reader can not write', async () => {
  const store = await openTestStore();
  const kept = await store.commit((db) => ({ db }));
  expect(() => add('late')(kept.db)).toThrow('outside of its commit');
  expect(() => store.read((db) => db.all('DELETE FROM contact RETURNING contact_id'))).toThrow('reader tried to change');
  expect(addresses(store)).toEqual([]);
});

test('a full disk rejects what does not fit, keeps what was stored, and goes on when there is space', async () => {
  const store = await openTestStore();
  await store.commit(add('before'));
  const pages = store.read((db) => db.get<{ page_count: number }>('PRAGMA page_count'))?.page_count ?? 0;
  const setLimit = (limit: number) => store.read((db) => db.get(`PRAGMA max_page_count = ${limit}`));
  setLimit(pages);
  const big = { name: 'x'.repeat(100_000), accountId: '1', createdAtMs: 1 };
  const full = await Promise.allSettled([
    store.commit((db) => addContact(db, { ...big, address: 'big1' })),
    store.commit((db) => addContact(db, { ...big, address: 'big2' })),
  ]);
  const kinds = full.map((result) =>
    result.status === 'rejected' && result.reason instanceof StoreFailure ? result.reason.kind : 'stored',
  );
  expect(kinds).toEqual(['full', 'full']);
  expect(addresses(store)).toEqual(['before']);
  setLimit(1_000_000);
  await store.commit((db) => addContact(db, { ...big, address: 'big' }));
  expect(addresses(store)).toEqual(['before', 'big']);
});

test('while another program holds the lock commits reject as busy, reads go on, and later all works again', async () => {
  const path = newDatabasePath();
  const first = openAt(path);
  await first.commit((db) => db.run('INSERT INTO account (kind, address, created_at_ms) VALUES (?, ?, ?)', 'sip', 'sip:a@b', 1));
  const other = openObserver(path);
  other.exec('BEGIN IMMEDIATE');
  await expect(first.commit(add('a'))).rejects.toMatchObject({
    name: 'StoreFailure',
    kind: 'busy',
    reason: 'Another program is using the message database. Close it; it is tried again by itself.',
  });
  expect(addresses(first)).toEqual([]);
  other.exec('ROLLBACK');
  await first.commit(add('a'));
  expect(addresses(first)).toEqual(['a']);
});
