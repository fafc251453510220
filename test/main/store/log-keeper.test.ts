// The write-ahead log: written back beside the event loop, so that it stays short however much is stored.
import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { addAccount, addIncomingMessage, listMessages } from '../../../main/store/index.ts';
import { incoming, newDatabasePath, openAt } from './support/open-test-store.ts';

const TEXT = 'x'.repeat(7_000);
/** Messages of two pages each in one transaction. */
const GROUP = 10;

test('while messages come the log is written back by a thread, and begins anew before it is long', async () => {
  const path = newDatabasePath();
  const db = openAt(path);
  await db.commit((tx) => addAccount(tx, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  const observer = new Database(path);
  onTestFinished(() => void observer.close());
  const length = (): { log: number; checkpointed: number } =>
    (observer.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }])[0];
  const lengths = [length()];
  let count = 0;
  const isShorter = (): boolean => (lengths.at(-1)?.log ?? 0) < (lengths.at(-2)?.log ?? 0);
  while (!isShorter() && count < 20_000) {
    await db.commit((tx) => {
      for (let each = 0; each < GROUP; each += 1, count += 1) {
        addIncomingMessage(tx, incoming({ text: `${count} ${TEXT}`, dedupeKey: `k${count}` }));
      }
    });
    lengths.push(length());
  }
  expect(isShorter()).toBe(true);
  expect(lengths.some(({ log, checkpointed }) => checkpointed > 0 && checkpointed < log)).toBe(true);
  expect(statSync(`${path}-wal`).size).toBeLessThan(60_000_000);
  expect(db.read((tx) => listMessages(tx, { conversationId: '1', limit: 20_000 }))).toHaveLength(count);
});
