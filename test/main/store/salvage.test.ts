// A damaged database: what can be read is in a new one, the broken file is kept; a damaged index alone costs nothing.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  addAccount,
  addContact,
  addIncomingMessage,
  createHistoryThread,
  damageMark,
  indexSome,
  listContacts,
  listConversations,
  openStore,
  searchMessages,
} from '../../../main/store/index.ts';
import type { Store } from '../../../main/store/index.ts';
import { salvageDatabase } from '../../../main/store/salvage-database.ts';
import { incoming, newDatabasePath, openAt } from './support/open-test-store.ts';

const PAGE = 4096;
const MESSAGES = 400;

async function filledAt(path: string): Promise<void> {
  const store = openAt(path);
  await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  await store.commit((db) => addContact(db, { accountId: '1', address: 'sip:bob@example.org', name: 'Bob', createdAtMs: 1 }));
  const texts = Array.from({ length: MESSAGES }, (_, index) => `number ${index} ${'filler '.repeat(20)}`);
  await Promise.all(texts.map((text) => store.commit((db) => addIncomingMessage(db, incoming({ text })))));
  store.close();
}

function pagesOf(path: string, table: string): number[] {
  const db = new Database(path, { readonly: true });
  const rows = db.prepare(`SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno`).all(table) as {
    pageno: number;
  }[];
  db.close();
  return rows.map(({ pageno }) => pageno);
}

function spoil(path: string, page: number | undefined): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, ((page ?? 1) - 1) * PAGE, (page ?? 1) * PAGE);
  writeFileSync(path, bytes);
}

async function salvage(path: string, keptAs: string): Promise<{ messages: number; lostPlaces: number }> {
  const thread = createHistoryThread(path);
  try {
    return await thread.run<'salvage'>({ kind: 'salvage', keptAs }).result;
  } finally {
    await thread.end();
  }
}

async function expectSound(store: Store): Promise<void> {
  expect(store.read((db) => db.all('PRAGMA integrity_check'))).toEqual([{ integrity_check: 'ok' }]);
  expect(store.read((db) => db.all('PRAGMA foreign_key_check'))).toEqual([]);
  while ((await store.commit(indexSome)) > 0);
}

test('a spoiled page of messages costs those on it and nothing else', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const leaves = pagesOf(path, 'message');
  spoil(path, leaves[Math.floor(leaves.length / 2)]);
  const broken = readFileSync(path);
  expect(openStore(path, { defer: setImmediate })).toMatchObject({ kind: 'failure', reason: 'corrupt' });
  const { messages, lostPlaces } = await salvage(path, `${path}.kept`);
  expect(lostPlaces).toBeGreaterThan(0);
  expect(messages).toBeLessThan(MESSAGES);
  expect(messages).toBeGreaterThan(MESSAGES - 40);
  expect(readFileSync(`${path}.kept`).equals(broken)).toBe(true);
  const store = openAt(path);
  await expectSound(store);
  expect(store.read((db) => listContacts(db, { accountId: '1' }))).toHaveLength(1);
  const [conversation] = store.read((db) => listConversations(db, {}));
  expect(conversation).toMatchObject({ address: 'sip:bob@example.org', unreadCount: messages });
  expect(store.read((db) => searchMessages(db, { query: `"number ${MESSAGES - 1}"`, limit: 9 }))).toHaveLength(1);
});

test('messages whose conversation is lost get another one', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  spoil(path, pagesOf(path, 'conversation')[0]);
  expect(await salvage(path, `${path}.kept`)).toMatchObject({ messages: MESSAGES });
  const store = openAt(path);
  await expectSound(store);
  expect(store.read((db) => listConversations(db, {})).map(({ address, unreadCount }) => [address, unreadCount])).toEqual([
    ['sip:lost-conversation-1@invalid', MESSAGES],
  ]);
});

test.each([
  ['no database at all', (path: string) => writeFileSync(path, 'no database '.repeat(500))],
  ['a spoiled first page', (path: string) => spoil(path, 1)],
])('%s: a new one takes its place, and the file is kept', async (_name, harm) => {
  const path = newDatabasePath();
  await filledAt(path);
  harm(path);
  expect(await salvage(path, `${path}.kept`)).toMatchObject({ messages: 0 });
  expect(existsSync(`${path}.kept`)).toBe(true);
  await expectSound(openAt(path));
});

test('a file that is there already is not written over', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  writeFileSync(`${path}.kept`, 'mine');
  await expect(salvage(path, `${path}.kept`)).rejects.toMatchObject({ name: 'JobFailure', kind: 'file' });
  expect(readFileSync(`${path}.kept`, 'utf8')).toBe('mine');
  expect(openStore(path, { defer: setImmediate }).kind).toBe('ok');
});

test('until the new one is whole the broken file stays in its place, so that whoever ends the program meanwhile loses nothing', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const db = new Database(path);
  // More rows than are copied without a word.
  db.exec(`INSERT INTO contact (account_id, address, name, created_at_ms)
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
    SELECT 1, 'sip:' || n || '@example.org', '', 1 FROM number`);
  db.close();
  const before = readFileSync(path);
  const cutOff = (): never => {
    expect([readFileSync(path).equals(before), existsSync(`${path}.kept`)]).toEqual([true, false]);
    throw new Error('cut off');
  };
  const context = { databasePath: path, isCancelled: () => false, progress: cutOff, batch: () => Promise.resolve() };
  expect(() => salvageDatabase({ kind: 'salvage', keptAs: `${path}.kept` }, context)).toThrow('cut off');
  expect([readFileSync(path).equals(before), existsSync(`${path}.kept`)]).toEqual([true, false]);
  expect(await salvage(path, `${path}.kept`)).toEqual({ messages: MESSAGES, lostPlaces: 0 });
  await expectSound(openAt(path));
});

test('what was still in the log of a program that was killed is saved too, and stays with the broken file', async () => {
  const [path, killed] = [newDatabasePath(), newDatabasePath()];
  const store = openAt(path);
  await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  await store.commit((db) => addIncomingMessage(db, incoming({ text: 'only in the log' })));
  for (const suffix of ['', '-wal']) writeFileSync(killed + suffix, readFileSync(path + suffix));
  expect(await salvage(killed, `${killed}.kept`)).toEqual({ messages: 1, lostPlaces: 0 });
  expect(readFileSync(`${killed}.kept-wal`).equals(readFileSync(`${path}-wal`))).toBe(true);
  await expectSound(openAt(killed));
});

test('a database marked as damaged while in use is salvaged at the next start', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  writeFileSync(damageMark(path), 'problem\n');
  expect(openStore(path, { defer: setImmediate })).toMatchObject({ kind: 'failure', reason: 'corrupt' });
  expect(await salvage(path, `${path}.kept`)).toEqual({ messages: MESSAGES, lostPlaces: 0 });
  await expectSound(openAt(path));
});

test('a damaged index is made anew at the start, and the database is not refused', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const db = new Database(path);
  db.unsafeMode(true);
  db.exec('DELETE FROM message_gram_data WHERE id > 10');
  db.close();
  const store = openAt(path);
  expect(store.read((tx) => searchMessages(tx, { query: 'umbe', limit: 500 }))).toHaveLength(MESSAGES);
  await expectSound(store);
  expect(store.read((tx) => searchMessages(tx, { query: 'umbe', limit: 500 }))).toHaveLength(MESSAGES);
});
