// Which messages came before, so that one that comes again shows once. Bounded in time: clients repeat their identities after a while.
import { rowId } from './columns.ts';
import type { WritableDb, ReadableDb } from './database.ts';

/** Rows forgotten at a time, so that it never holds the event loop. */
const PRUNE_LIMIT = 5_000;

export interface SeenMessage {
  messageId: string;
  seenAtMs: number;
}

/** The last time this key was seen, however long ago; null: never, or forgotten. The message itself may be deleted by now. */
export function findSeenMessage(db: ReadableDb, of: { accountId: string; dedupeKey: string }): SeenMessage | null {
  const row = db.get<{ message_id: number; seen_at_ms: number }>(
    'SELECT message_id, seen_at_ms FROM message_seen WHERE account_id = ? AND dedupe_key = ?',
    rowId(of.accountId),
    of.dedupeKey,
  );
  return row === undefined ? null : { messageId: String(row.message_id), seenAtMs: row.seen_at_ms };
}

/** For a key that is not there yet. */
export function addSeenMessage(db: WritableDb, of: SeenMessage & { accountId: string; dedupeKey: string }): void {
  db.run(
    'INSERT INTO message_seen (account_id, dedupe_key, message_id, seen_at_ms) VALUES (?, ?, ?, ?)',
    rowId(of.accountId),
    of.dedupeKey,
    rowId(of.messageId),
    of.seenAtMs,
  );
}

/** A key seen too long ago to count now stands for a newer message. */
export function updateSeenMessage(db: WritableDb, to: SeenMessage & { accountId: string; dedupeKey: string }): void {
  db.run(
    'UPDATE message_seen SET message_id = ?, seen_at_ms = ? WHERE account_id = ? AND dedupe_key = ?',
    rowId(to.messageId),
    to.seenAtMs,
    rowId(to.accountId),
    to.dedupeKey,
  );
}

/** Forgets up to 5000 of the oldest keys seen before the time; gives how many. */
export function pruneSeenMessages(db: WritableDb, of: { seenBeforeMs: number }): number {
  return db.run(
    `DELETE FROM message_seen WHERE (account_id, dedupe_key) IN
     (SELECT account_id, dedupe_key FROM message_seen WHERE seen_at_ms < ? ORDER BY seen_at_ms LIMIT ${PRUNE_LIMIT})`,
    of.seenBeforeMs,
  ).changes;
}
