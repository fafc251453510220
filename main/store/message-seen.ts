// Which messages came before, so that one that comes again shows once. Bounded in time: clients repeat their identities after a while.
import { rowId } from './columns.ts';
import type { WritableDb, ReadableDb } from './database.ts';

/** Rows forgotten at a time, so that it never holds the event loop. */
const PRUNE_LIMIT = 5_000;

export interface SeenMessage {
  messageId: string;
  seenAtMs: number;
}

/** null: not seen since then. The message itself may be deleted by now. */
export function findSeenMessage(db: ReadableDb, of: { accountId: string; dedupeKey: string; sinceMs: number }): SeenMessage | null {
  const row = db.get<{ message_id: number; seen_at_ms: number }>(
    'SELECT message_id, seen_at_ms FROM message_seen WHERE account_id = ? AND dedupe_key = ? AND seen_at_ms >= ?',
    rowId(of.accountId),
    of.dedupeKey,
    of.sinceMs,
  );
  return row === undefined ? null : { messageId: String(row.message_id), seenAtMs: row.seen_at_ms };
}

/** A key seen before the bounded time now stands for the newer message. */
export function saveSeenMessage(db: WritableDb, to: { accountId: string; dedupeKey: string; messageId: string; seenAtMs: number }): void {
  db.run(
    'INSERT OR REPLACE INTO message_seen (account_id, dedupe_key, message_id, seen_at_ms) VALUES (?, ?, ?, ?)',
    rowId(to.accountId),
    to.dedupeKey,
    rowId(to.messageId),
    to.seenAtMs,
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
