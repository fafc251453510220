// Deleting: step by step, resumed after a restart, and gone from the file; how long messages are kept.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as store from '../../../main/store/index.ts';
import type { Store } from '../../../main/store/index.ts';
import { incoming, newDatabasePath, openAt, openTestStore, outgoing } from './support/open-test-store.ts';

const DAY_MS = 86_400_000;

async function fill(db: Store, count: number, of: { address?: string; text?: string; atMs?: number } = {}): Promise<void> {
  const { address = 'sip:bob@example.org', text = 'word', atMs = 1 } = of;
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      db.commit((tx) =>
        store.addIncomingMessage(
          tx,
          incoming({ text: `${text} ${index}`, address, dedupeKey: `${address}${atMs}${index}`, storedAtMs: atMs }),
        ),
      ),
    ),
  );
}
async function finish(db: Store, deletion: { deletionId: string } | null): Promise<number[]> {
  const steps: number[] = [];
  for (;;) {
    const step = await db.commit((tx) => store.deletionStep(tx, deletion ?? { deletionId: '' }));
    if (step.isDone) return steps;
    steps.push(step.deleted);
  }
}
const counts = (db: Store): unknown =>
  db.read((tx) =>
    tx.get(
      'SELECT (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM conversation) AS conversations, (SELECT count(*) FROM account) AS accounts',
    ),
  );

test('a conversation goes in small steps, with its words, and others stay', async () => {
  const db = await openTestStore();
  await fill(db, 250);
  await fill(db, 3, { address: 'sip:carol@example.org' });
  const deletion = await db.commit((tx) => store.beginDeletingConversation(tx, { conversationId: '1' }));
  expect(deletion).toEqual({ deletionId: '1', accountId: null, conversationId: '1' });
  expect(await db.commit((tx) => store.beginDeletingConversation(tx, { conversationId: '1' }))).toEqual(deletion);
  expect(db.read((tx) => [store.listDeletions(tx), store.countDeletion(tx, { deletionId: '1' })])).toEqual([[deletion], 250]);
  expect(await finish(db, deletion)).toEqual([100, 100, 50]);
  expect(counts(db)).toEqual({ messages: 3, conversations: 1, accounts: 1 });
  expect(db.read((tx) => [store.listDeletions(tx), store.searchMessages(tx, { query: 'word', limit: 9 }).length])).toEqual([[], 3]);
  await db.commit(store.indexSome);
  for (const table of ['message_word', 'message_gram']) {
    await db.commit((tx) => tx.run(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`));
  }
  expect(await db.commit((tx) => store.beginDeletingConversation(tx, { conversationId: '9' }))).toBeNull();
});

test('few long messages are a step too', async () => {
  const db = await openTestStore();
  await fill(db, 5, { text: 'long '.repeat(2_000) });
  const deletion = await db.commit((tx) => store.beginDeletingConversation(tx, { conversationId: '1' }));
  expect(await finish(db, deletion)).toEqual([2, 2, 1]);
});

test('a message that comes while its conversation is deleted stays, and unread ones are counted', async () => {
  const db = await openTestStore();
  await fill(db, 150);
  const deletion = await db.commit((tx) => store.beginDeletingConversation(tx, { conversationId: '1' }));
  await db.commit((tx) => store.deletionStep(tx, deletion ?? { deletionId: '' }));
  await fill(db, 1, { text: 'new', atMs: 5 });
  await finish(db, deletion);
  const [conversation] = db.read((tx) => store.listConversations(tx, {}));
  expect(conversation).toMatchObject({ unreadCount: 1, lastMessage: { text: 'new 0' } });
});

test('a deletion that is cancelled keeps the rest', async () => {
  const db = await openTestStore();
  await fill(db, 150);
  const deletion = await db.commit((tx) => store.beginDeletingConversation(tx, { conversationId: '1' }));
  await db.commit((tx) => store.deletionStep(tx, deletion ?? { deletionId: '' }));
  await db.commit((tx) => {
    store.cancelDeletion(tx, deletion ?? { deletionId: '' });
  });
  expect(await finish(db, deletion)).toEqual([]);
  expect(counts(db)).toEqual({ messages: 50, conversations: 1, accounts: 1 });
});

test('an account is gone for everybody at once, its address is free, and its rows go step by step after a restart', async () => {
  const path = newDatabasePath();
  const before = openAt(path);
  const ada = { kind: 'sip' as const, address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 };
  await before.commit((tx) => store.addAccount(tx, ada));
  await fill(before, 120);
  await fill(before, 2, { address: 'sip:carol@example.org' });
  expect(await before.commit((tx) => store.beginRemovingAccount(tx, { accountId: '1' }))).toMatchObject({ accountId: '1' });
  expect(await before.commit((tx) => store.beginRemovingAccount(tx, { accountId: '1' }))).toBeNull();
  const shown = before.read((tx) => [
    store.listAccounts(tx),
    store.listConversations(tx, {}),
    store.searchMessages(tx, { query: 'word', limit: 9 }),
  ]);
  expect(shown).toEqual([[], [], []]);
  expect(await before.commit((tx) => store.addAccount(tx, ada))).toMatchObject({ accountId: '2', address: ada.address });
  before.close();
  const db = openAt(path);
  const [deletion] = db.read((tx) => store.listDeletions(tx));
  const steps = await finish(db, deletion ?? null);
  expect(steps.reduce((sum, deleted) => sum + deleted, 0)).toBe(122);
  expect(counts(db)).toEqual({ messages: 0, conversations: 0, accounts: 1 });
  expect(db.read((tx) => tx.all('SELECT * FROM message_seen'))).toEqual([]);
});

test('what was deleted is nowhere in the files', async () => {
  const path = newDatabasePath();
  const db = openAt(path);
  await db.commit((tx) => store.addAccount(tx, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  await fill(db, 150, { text: 'zqxjsecretvw', address: 'sip:gone@example.org' });
  await fill(db, 150, { text: 'stays' });
  const holdsSecret = (): boolean =>
    [path, `${path}-wal`]
      .filter(existsSync)
      .some((file) => ['zqxjsecretvw', 'zqx', 'xjs'].some((part) => readFileSync(file).includes(part)));
  expect(holdsSecret()).toBe(true);
  await finish(db, await db.commit((tx) => store.beginDeletingConversation(tx, { conversationId: '1' })));
  expect(db.read(store.isPurgeWanted)).toBe(true);
  while (await db.commit(store.purgeStep));
  while (await db.commit(store.vacuumStep));
  expect(db.read(store.isPurgeWanted)).toBe(false);
  expect(db.sweepLog()).toBe(true);
  expect(holdsSecret()).toBe(false);
  expect(db.read((tx) => tx.get('PRAGMA freelist_count'))).toEqual({ freelist_count: 0 });
  expect(db.read((tx) => store.searchMessages(tx, { query: 'stays', limit: 500 })).length).toBe(150);
});

test('what is older than it is to be kept goes, by the rule of its conversation or that for all; what waits to be sent stays', async () => {
  const db = await openTestStore();
  const nowMs = 100 * DAY_MS;
  await fill(db, 2, { atMs: 10 * DAY_MS });
  await fill(db, 2, { atMs: 95 * DAY_MS, text: 'young' });
  await fill(db, 2, { atMs: 10 * DAY_MS, address: 'sip:carol@example.org' });
  await db.commit((tx) => store.addOutgoingMessage(tx, outgoing({ address: 'sip:dave@example.org', storedAtMs: 1 })));
  expect(db.read((tx) => [store.hasRetention(tx), store.listExpired(tx, { nowMs })])).toEqual([false, []]);
  await db.commit((tx) => {
    store.setRetention(tx, { keepDays: 30 });
    store.setRetention(tx, { conversationId: '2', keepDays: 0 });
  });
  expect(db.read((tx) => [{}, { conversationId: '2' }, { conversationId: '1' }].map((of) => store.getRetention(tx, of)))).toEqual([
    30,
    0,
    null,
  ]);
  const storedBeforeMs = nowMs - 30 * DAY_MS;
  expect(db.read((tx) => store.listExpired(tx, { nowMs }))).toEqual([
    { conversationId: '1', storedBeforeMs },
    { conversationId: '3', storedBeforeMs },
  ]);
  expect(await db.commit((tx) => store.expireStep(tx, { conversationId: '1', storedBeforeMs }))).toBe(2);
  expect(await db.commit((tx) => store.expireStep(tx, { conversationId: '1', storedBeforeMs }))).toBe(0);
  expect(await db.commit((tx) => store.expireStep(tx, { conversationId: '3', storedBeforeMs }))).toBe(0);
  expect(db.read((tx) => store.listMessages(tx, { conversationId: '1', limit: 9 })).map((message) => message.text)).toEqual([
    'young 0',
    'young 1',
  ]);
  await db.commit((tx) => {
    store.setRetention(tx, { keepDays: null });
  });
  expect(db.read(store.hasRetention)).toBe(false);
});
