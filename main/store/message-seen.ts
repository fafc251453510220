// Which messages came before, so that one that comes again shows once. Bounded in time: clients repeat their identities after a while.
import { rowId } from './columns.ts';
import type { WritableDb } from './database.ts';

/**
 * Keys in memory, of all accounts: this many of the newest are known for sure, twice as many at most, which are some megabytes.
 * WHY in memory: keys are digests, so a table of them would have a page more to sync for each message, and a place more to look.
 */
const KEPT_KEYS = 32_768;
/** Rows read at a time for it, newest first, until they are older than asked for. */
const PAGE_ROWS = 1_000;

export interface SeenMessage {
  messageId: string;
  seenAtMs: number;
}
interface Key {
  readonly accountId: string;
  readonly dedupeKey: string;
}

/** Row ids of messages by key and account. WHY no more of each: thousands stay for long, and each object is work for the collector. */
type KnownKeys = Map<string, number>;
/**
 * WHY two: when the newer ones are enough, the older ones go as a whole. To take out the oldest of a Map one by one is slow: it keeps
 * the places of what was deleted, and looking for its first walks over thousands of them, 20 µs for each message.
 */
interface Generations {
  newer: KnownKeys;
  older: KnownKeys;
}
/** Of each database: what the rows of its messages say, and what the table says of messages that are deleted. */
const knownKeys = new WeakMap<WritableDb, Generations>();
// WHY not for the first account: usually there is no other, and a key without a prefix is no string more.
const nameOf = ({ accountId, dedupeKey }: Key): string => (accountId === '1' ? dedupeKey : `${accountId} ${dedupeKey}`);

const SEEN_AT = 'coalesce(m.seen_at_ms, m.stored_at_ms)';
// WHY an end: imported messages have no keys, and there may be a million of them.
const SELECT_NEWEST = `SELECT m.message_id, m.account_id, m.dedupe_key, ${SEEN_AT} FROM message m
  WHERE m.message_id < ? AND m.message_id > (SELECT max(message_id) FROM message) - ${4 * KEPT_KEYS} AND m.dedupe_key IS NOT NULL
  ORDER BY m.message_id DESC LIMIT ${PAGE_ROWS}`;
const SELECT_DELETED =
  'SELECT message_id, account_id, dedupe_key, seen_at_ms FROM message_seen s WHERE s.seen_at_ms >= ? ORDER BY s.seen_at_ms';
type Row = readonly [message: number, account: number, key: string, seenAtMs: number];

/** Newest first. */
function readRows(db: WritableDb, sinceMs: number): Row[] {
  const read: Row[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; read.length < KEPT_KEYS;) {
    const rows = db.rows<Row>(SELECT_NEWEST, before);
    read.push(...rows);
    // WHY all of a page: a message that a server kept stands between newer ones with an older time.
    if (rows.length < PAGE_ROWS || rows.every((row) => row[3] < sinceMs)) break;
    before = rows.at(-1)?.[0] ?? 0;
  }
  return read;
}

function keep(known: Generations, name: string, message: number): void {
  known.newer.set(name, message);
  if (known.newer.size < KEPT_KEYS) return;
  known.older = known.newer;
  known.newer = new Map();
}

function keysOf(db: WritableDb, sinceMs: number): Generations {
  const known = knownKeys.get(db);
  if (known !== undefined) return known;
  // Those that are too old serve nothing any more.
  db.run('DELETE FROM message_seen WHERE seen_at_ms < ?', sinceMs);
  const read: Generations = { newer: new Map(), older: new Map() };
  for (const [message, account, dedupeKey] of [...db.rows<Row>(SELECT_DELETED, sinceMs), ...readRows(db, sinceMs).reverse()]) {
    keep(read, nameOf({ accountId: String(account), dedupeKey }), message);
  }
  knownKeys.set(db, read);
  return read;
}

/** After something was taken back: what is in memory may not be in the rows. */
export function forgetKnownKeys(db: WritableDb): void {
  knownKeys.delete(db);
}

const SELECT_SEEN = `SELECT ${SEEN_AT} FROM message m WHERE m.message_id = ?`;
const SELECT_SEEN_DELETED = 'SELECT seen_at_ms FROM message_seen WHERE account_id = ? AND dedupe_key = ?';

/** When this key was seen, if that was since `sinceMs`; null: not. The message itself may be deleted by now. */
export function findSeenMessage(db: WritableDb, of: Key & { readonly sinceMs: number }): SeenMessage | null {
  const { newer, older } = keysOf(db, of.sinceMs);
  const name = nameOf(of);
  const message = newer.get(name) ?? older.get(name);
  if (message === undefined) return null;
  const row =
    db.row<readonly [seenAtMs: number]>(SELECT_SEEN, message) ??
    db.row<readonly [seenAtMs: number]>(SELECT_SEEN_DELETED, rowId(of.accountId), of.dedupeKey);
  return row === undefined || row[0] < of.sinceMs ? null : { messageId: String(message), seenAtMs: row[0] };
}

/** After `findSeenMessage`. The message's row has the key too. */
export function rememberSeen(db: WritableDb, of: Key & { readonly messageId: number }): void {
  const known = knownKeys.get(db);
  if (known !== undefined) keep(known, nameOf(of), of.messageId);
}
