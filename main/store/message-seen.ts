// Which messages came before, so that one that comes again shows once. Bounded in time: clients repeat their identities after a while.
import { rowId } from './columns.ts';
import type { WritableDb } from './database.ts';

/**
 * Keys stand in the rows of their messages first, and in memory; so many at a time are moved into the table.
 * WHY: keys are digests, so each one written alone is a page of its own to sync.
 */
const WAITING_LIMIT = 4_096;
/** Of the keys moved one of so many sweeps, because a look costs as much as an insertion. */
const SWEEP_EVERY = 8;
/** Neighbours looked at then. Keys are digests, so this sweeps the whole table, and keeps at most about half of it old. */
const SWEPT_NEIGHBOURS = 32;

export interface SeenMessage {
  messageId: string;
  seenAtMs: number;
}
type Keyed = SeenMessage & { accountId: string; dedupeKey: string };

/** The waiting keys of each database: what its rows above `seen_to` say. */
const waitingKeys = new WeakMap<WritableDb, Map<string, SeenMessage>>();
const inMemory = (accountId: string, dedupeKey: string): string => `${accountId} ${dedupeKey}`;

/** WHY bounded: after a salvage no row is known to be moved. */
const SELECT_FROM = `SELECT max(seen_to, coalesce((SELECT max(message_id) FROM message), 0) - ${2 * WAITING_LIMIT}) AS after FROM message_index`;
const KEYS_AFTER = 'FROM message m WHERE m.message_id > ? AND m.dedupe_key IS NOT NULL';
const SELECT_WAITING = `SELECT m.account_id, m.dedupe_key, m.message_id, coalesce(m.seen_at_ms, m.stored_at_ms) ${KEYS_AFTER} ORDER BY m.message_id`;
// WHY the account is looked for: a key of none must not make a commit fail.
const MOVE_WAITING = `INSERT OR REPLACE INTO message_seen (account_id, dedupe_key, message_id, seen_at_ms)
  SELECT m.account_id, m.dedupe_key, m.message_id, coalesce(m.seen_at_ms, m.stored_at_ms) ${KEYS_AFTER}
    AND m.account_id IN (SELECT account_id FROM account) ORDER BY m.account_id, m.dedupe_key, m.message_id`;
const SELECT_NEIGHBOURS = `SELECT dedupe_key, seen_at_ms FROM message_seen
  WHERE account_id = ? AND dedupe_key > ? ORDER BY dedupe_key LIMIT ${SWEPT_NEIGHBOURS}`;

function waitingOf(db: WritableDb): Map<string, SeenMessage> {
  const known = waitingKeys.get(db);
  if (known !== undefined) return known;
  const after = db.get<{ after: number }>(SELECT_FROM)?.after ?? 0;
  const rows = db.rows<readonly [account: number, key: string, message: number, seenAtMs: number]>(SELECT_WAITING, after);
  const read = new Map<string, SeenMessage>();
  for (const [account, key, message, seenAtMs] of rows) {
    read.set(inMemory(String(account), key), { messageId: String(message), seenAtMs });
  }
  waitingKeys.set(db, read);
  return read;
}

/** After something was taken back: what is in memory may not be in the rows. */
export function forgetWaitingKeys(db: WritableDb): void {
  waitingKeys.delete(db);
}

/** The last time this key was seen, however long ago; null: never, or forgotten. The message itself may be deleted by now. */
export function findSeenMessage(db: WritableDb, of: { accountId: string; dedupeKey: string }): SeenMessage | null {
  const waiting = waitingOf(db).get(inMemory(of.accountId, of.dedupeKey));
  if (waiting !== undefined) return waiting;
  const [row] = db.rows<readonly [message: number, seenAtMs: number]>(
    'SELECT message_id, seen_at_ms FROM message_seen WHERE account_id = ? AND dedupe_key = ?',
    rowId(of.accountId),
    of.dedupeKey,
  );
  return row === undefined ? null : { messageId: String(row[0]), seenAtMs: row[1] };
}

/** Its message's row has the key already. Now and then moves what waits, and forgets keys seen before `seenBeforeMs`. */
export function rememberSeen(db: WritableDb, { accountId, dedupeKey, messageId, seenAtMs }: Keyed, seenBeforeMs: number): void {
  const waiting = waitingOf(db);
  waiting.set(inMemory(accountId, dedupeKey), { messageId, seenAtMs });
  if (waiting.size >= WAITING_LIMIT) moveWaiting(db, waiting, seenBeforeMs);
}

function moveWaiting(db: WritableDb, waiting: Map<string, SeenMessage>, seenBeforeMs: number): void {
  const after = db.get<{ after: number }>(SELECT_FROM)?.after ?? 0;
  db.run(MOVE_WAITING, after);
  db.run('UPDATE message_index SET seen_to = (SELECT max(message_id) FROM message)');
  [...waiting.keys()]
    .filter((_, index) => index % SWEEP_EVERY === 0)
    .forEach((known) => {
      const [accountId = '', ...key] = known.split(' ');
      sweepBeside(db, rowId(accountId), key.join(' '), seenBeforeMs);
    });
  waiting.clear();
}

function sweepBeside(db: WritableDb, account: number, key: string, seenBeforeMs: number): void {
  const neighbours = db.all<{ dedupe_key: string; seen_at_ms: number }>(SELECT_NEIGHBOURS, account, key);
  for (const { dedupe_key: old, seen_at_ms: seenAtMs } of neighbours) {
    if (seenAtMs < seenBeforeMs) db.run('DELETE FROM message_seen WHERE account_id = ? AND dedupe_key = ?', account, old);
  }
}
