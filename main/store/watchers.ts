// Watchers as the server last said (RFC 3858), read together with what the person decided: two truths side by side.
import type { DecisionKind, SeenParts, Watcher } from '../../app/domain/watcher.ts';
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** One watcher by address, as watcher information describes it. */
export interface ServerWatcher {
  address: string;
  displayName: string;
  state: Exclude<Watcher['state'], 'none'>;
  event: string;
  /** Since when, where the server said so; else it counts from when it was first heard. */
  sinceMs?: number;
}

interface WatcherRow {
  address: string;
  display_name: string | null;
  state: ServerWatcher['state'] | null;
  event: string | null;
  decision: DecisionKind | null;
  decided_at_ms: number | null;
  until_ms: number | null;
  confirmed_at_ms: number | null;
  failure: string | null;
  since_ms: number | null;
  sphere: string | null;
  seen: string | null;
  from_scope: string | null;
}
// WHY not FULL JOIN: with the addresses first, both tables are reached by their keys.
const SELECT = `SELECT p.address, w.display_name, w.state, w.event, d.decision, d.decided_at_ms, d.until_ms, d.confirmed_at_ms, d.failure,
    w.since_ms, d.sphere, d.seen, d.from_scope
  FROM (SELECT account_id, address FROM watcher WHERE account_id = ?
        UNION SELECT account_id, address FROM decision WHERE account_id = ?) p
  LEFT JOIN watcher w ON w.account_id = p.account_id AND w.address = p.address
  LEFT JOIN decision d ON d.account_id = p.account_id AND d.address = p.address`;

/** What the store knows of it; whether another rule or nobody's lets them in only the policy document tells. */
function byRuleOf({ decision, from_scope }: WatcherRow): NonNullable<Watcher['byRule']> {
  if (decision === null || decision === 'later') return '';
  return from_scope === '' ? 'decision' : 'rule';
}

function toWatcher(row: WatcherRow, accountId: string): Watcher {
  const watcher: Watcher = {
    accountId,
    address: row.address,
    displayName: row.display_name ?? '',
    state: row.state ?? 'none',
    event: row.event ?? '',
    decision: row.decision,
    decidedAtMs: row.decided_at_ms,
    untilMs: row.until_ms,
    isConfirmed: row.confirmed_at_ms !== null,
    confirmedAtMs: row.confirmed_at_ms,
    ...(row.since_ms === null ? {} : { sinceMs: row.since_ms }),
    byRule: byRuleOf(row),
    sphere: row.sphere ?? '',
    seen: row.seen === null ? null : (JSON.parse(row.seen) as SeenParts),
  };
  if (row.failure !== null) watcher.failure = row.failure;
  return watcher;
}

/** By address; also those with a decision that the server does not mention. */
export function listWatchers(db: ReadableDb, of: { accountId: string }): Watcher[] {
  return db
    .all<WatcherRow>(`${SELECT} ORDER BY p.address`, rowId(of.accountId), rowId(of.accountId))
    .map((row) => toWatcher(row, of.accountId));
}

export function getWatcher(db: ReadableDb, of: { accountId: string; address: string }): Watcher | null {
  const row = db.get<WatcherRow>(`${SELECT} WHERE p.address = ?`, rowId(of.accountId), rowId(of.accountId), of.address);
  return row === undefined ? null : toWatcher(row, of.accountId);
}

/** Adds or changes one; a name of '' keeps the one known. */
export function saveWatcher(db: WritableDb, to: ServerWatcher & { accountId: string; seenAtMs: number }): Watcher {
  db.run(
    `INSERT INTO watcher (account_id, address, display_name, state, event, seen_at_ms, since_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET since_ms = CASE state WHEN excluded.state THEN since_ms ELSE excluded.since_ms END,
       state = excluded.state, event = excluded.event, seen_at_ms = excluded.seen_at_ms,
       display_name = CASE excluded.display_name WHEN '' THEN display_name ELSE excluded.display_name END`,
    rowId(to.accountId),
    to.address,
    to.displayName,
    to.state,
    to.event,
    to.seenAtMs,
    to.sinceMs ?? to.seenAtMs,
  );
  const saved = getWatcher(db, to);
  if (saved === null) throw new Error('A watcher just written is not there.');
  return saved;
}

/** The addresses the server mentioned, in order. */
export function listWatcherAddresses(db: ReadableDb, of: { accountId: string }): string[] {
  return db
    .all<{ address: string }>('SELECT w.address FROM watcher w WHERE w.account_id = ? ORDER BY w.address', rowId(of.accountId))
    .map(({ address }) => address);
}

export function forgetWatcher(db: WritableDb, of: { accountId: string; address: string }): void {
  db.run('DELETE FROM watcher WHERE account_id = ? AND address = ?', rowId(of.accountId), of.address);
}
