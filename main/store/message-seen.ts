// Which messages came before, so that one that comes again shows once. Bounded in time: clients repeat their identities after a while.
import { rowId } from './columns.ts';
import type { WritableDb, ReadableDb } from './database.ts';

/** One message of so many sweeps, because a look costs as much as an insertion. */
const SWEEP_EVERY = 8;
/** Neighbours looked at then: about a page. Keys are digests, so this sweeps the whole table, and keeps at most about half of it old. */
const SWEPT_NEIGHBOURS = 32;

export interface SeenMessage {
  messageId: string;
  seenAtMs: number;
}

const SELECT_NEIGHBOURS = `SELECT dedupe_key, seen_at_ms FROM message_seen
  WHERE account_id = ? AND dedupe_key > ? ORDER BY dedupe_key LIMIT ${SWEPT_NEIGHBOURS}`;

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

/**
 * Forgets a few keys seen before the time, next to the given one: on the page that is written anyway, so it costs no sync.
 * Gives how many.
 */
export function sweepSeenMessages(
  db: WritableDb,
  of: { accountId: string; messageId: string; besideKey: string; seenBeforeMs: number },
): number {
  if (rowId(of.messageId) % SWEEP_EVERY !== 0) return 0;
  const account = rowId(of.accountId);
  const neighbours = db.all<{ dedupe_key: string; seen_at_ms: number }>(SELECT_NEIGHBOURS, account, of.besideKey);
  const old = neighbours.filter((neighbour) => neighbour.seen_at_ms < of.seenBeforeMs);
  for (const { dedupe_key: key } of old) db.run('DELETE FROM message_seen WHERE account_id = ? AND dedupe_key = ?', account, key);
  return old.length;
}
