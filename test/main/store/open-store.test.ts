// Opening: a new file, what is refused untouched, what is broken, and the settings that make it durable.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { listAccounts, openStore } from '../../../main/store/index.ts';
import { MIGRATIONS } from '../../../main/store/migration/list.ts';
import { newDatabasePath, openAt } from './support/open-test-store.ts';

const OPTIONS = { defer: (callback: () => void) => setImmediate(callback), busyTimeoutMs: 0 };

/** The reason of the failure, and that every byte and the folder stay as they were. */
function expectRefusedUntouched(path: string): string {
  const before = readFileSync(path);
  const files = readdirSync(dirname(path));
  const opened = openStore(path, OPTIONS);
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(dirname(path))).toEqual(files);
  return opened.kind === 'failure' ? opened.reason : opened.kind;
}

function makeDatabase(path: string): void {
  const opened = openStore(path, OPTIONS);
  if (opened.kind === 'ok') opened.store.close();
}

test('a new database is durable, private and of the newest version', async () => {
  const path = newDatabasePath();
  const store = openAt(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const names = ['journal_mode', 'synchronous', 'foreign_keys', 'secure_delete', 'user_version', 'auto_vacuum', 'busy_timeout'];
  const settings = await store.commit((db) => names.map((name) => Object.values(db.get<object>(`PRAGMA ${name}`) ?? {})[0] as unknown));
  expect(settings).toEqual(['wal', 2, 1, 1, MIGRATIONS.length, 2, 0]);
  expect(
    store.read((db) =>
      db.all(`SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'message_word%' AND name NOT LIKE 'message_gram%'
    AND name NOT LIKE 'sqlite%' AND sql NOT LIKE '%STRICT%'`),
    ),
  ).toEqual([]);
});

test('a database of a newer version is refused untouched', () => {
  const path = newDatabasePath();
  makeDatabase(path);
  const db = new Database(path);
  db.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  db.close();
  expect(expectRefusedUntouched(path)).toBe('newer-version');
});

test('a newer version that is still in the write-ahead log is refused too', () => {
  const path = newDatabasePath();
  makeDatabase(path);
  const db = new Database(path);
  db.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  expect(openStore(path, OPTIONS)).toMatchObject({ kind: 'failure', reason: 'newer-version' });
  db.close();
});

test('the database of another program is refused untouched', () => {
  const path = newDatabasePath();
  const db = new Database(path);
  db.exec('CREATE TABLE theirs (id INTEGER)');
  db.close();
  expect(expectRefusedUntouched(path)).toBe('not-ours');
});

test.each([
  ['a text', 'This is no database.'],
  ['a longer text', 'no database '.repeat(500)],
])('%s is no database, and stays', (_name, content) => {
  const path = newDatabasePath();
  writeFileSync(path, content);
  expect(expectRefusedUntouched(path)).toBe('corrupt');
});

test('a damaged database is found when it is opened', () => {
  const path = newDatabasePath();
  makeDatabase(path);
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096 * 2);
  writeFileSync(path, bytes);
  expect(openStore(path, OPTIONS)).toEqual({ kind: 'failure', reason: 'corrupt', text: 'The message database is damaged.' });
});

test('a folder that is not there, or a folder in its place, is said', () => {
  const path = newDatabasePath();
  expect(openStore(join(path, 'deeper', 'store.db'), OPTIONS)).toMatchObject({ kind: 'failure', reason: 'not-writable' });
  // A file system that takes no files.
  expect(openStore('/proc/store.db', OPTIONS)).toMatchObject({ kind: 'failure', reason: 'not-writable' });
  mkdirSync(path);
  expect(openStore(path, OPTIONS)).toMatchObject({ kind: 'failure', reason: 'not-writable' });
});

test('a database that another program holds is said to be locked', () => {
  const path = newDatabasePath();
  makeDatabase(path);
  const db = new Database(path);
  onTestFinished(() => {
    db.close();
  });
  db.pragma('locking_mode = EXCLUSIVE');
  db.exec('BEGIN IMMEDIATE; COMMIT');
  expect(openStore(path, OPTIONS)).toMatchObject({ kind: 'failure', reason: 'locked' });
});

test('closing twice is once, and what comes later is told', async () => {
  const path = newDatabasePath();
  const store = openAt(path);
  const pending = store.commit((db) => db.run('INSERT INTO account (kind, address, created_at_ms) VALUES (?, ?, ?)', 'sip', 'sip:a@b', 1));
  store.close();
  store.close();
  await expect(pending).resolves.toEqual({ changes: 1, id: 1 });
  await expect(store.commit(() => 1)).rejects.toMatchObject({ name: 'StoreFailure', kind: 'closed' });
  expect(() => store.read(listAccounts)).toThrow(expect.objectContaining({ name: 'StoreFailure', kind: 'closed' }) as Error);
  expect(openAt(path).read(listAccounts)).toHaveLength(1);
});
