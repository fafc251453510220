// The person's decisions about watchers: the current one of each, and a log that only grows.
import type { DecisionKind } from '../../app/domain/watcher.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface StoredDecision {
  accountId: string;
  address: string;
  decision: DecisionKind;
  /** When it ends; null: it does not. */
  untilMs: number | null;
  decidedAtMs: number;
  /** When watcher information agreed; null: not yet. */
  confirmedAtMs: number | null;
  /** Why it could not be brought to the server; a sentence. */
  failure: string | null;
  /** The server's rules do not have it yet. */
  isPending: boolean;
}
export interface DecisionLogEntry {
  address: string;
  decision: DecisionKind | 'ended';
  untilMs: number | null;
  atMs: number;
}

interface DecisionRow {
  account_id: number;
  address: string;
  decision: DecisionKind;
  until_ms: number | null;
  decided_at_ms: number;
  confirmed_at_ms: number | null;
  failure: string | null;
  is_pending: 0 | 1;
}
const SELECT = `SELECT ${columnList<DecisionRow>()('d', [
  'account_id',
  'address',
  'decision',
  'until_ms',
  'decided_at_ms',
  'confirmed_at_ms',
  'failure',
  'is_pending',
])} FROM decision d`;

function toDecision(row: DecisionRow): StoredDecision {
  return {
    accountId: String(row.account_id),
    address: row.address,
    decision: row.decision,
    untilMs: row.until_ms,
    decidedAtMs: row.decided_at_ms,
    confirmedAtMs: row.confirmed_at_ms,
    failure: row.failure,
    isPending: row.is_pending === 1,
  };
}

export function getDecision(db: ReadableDb, of: { accountId: string; address: string }): StoredDecision | null {
  const row = db.get<DecisionRow>(`${SELECT} WHERE d.account_id = ? AND d.address = ?`, rowId(of.accountId), of.address);
  return row === undefined ? null : toDecision(row);
}

/** By address. */
export function listDecisions(db: ReadableDb, of: { accountId: string }): StoredDecision[] {
  return db.all<DecisionRow>(`${SELECT} WHERE d.account_id = ? ORDER BY d.address`, rowId(of.accountId)).map(toDecision);
}

/** Those whose end is at or before `atMs`, the first to end first. */
export function listEndedDecisions(db: ReadableDb, of: { accountId: string; atMs: number }): StoredDecision[] {
  const sql = `${SELECT} WHERE d.account_id = ? AND d.until_ms <= ? ORDER BY d.until_ms, d.address`;
  return db.all<DecisionRow>(sql, rowId(of.accountId), of.atMs).map(toDecision);
}

/** null: none ends. */
export function nextDecisionEndMs(db: ReadableDb, of: { accountId: string }): number | null {
  const row = db.get<{ end: number | null }>('SELECT min(until_ms) AS end FROM decision WHERE account_id = ?', rowId(of.accountId));
  return row?.end ?? null;
}

function log(db: WritableDb, accountId: string, entry: DecisionLogEntry): void {
  db.run(
    'INSERT INTO decision_log (account_id, address, decision, until_ms, at_ms) VALUES (?, ?, ?, ?, ?)',
    rowId(accountId),
    entry.address,
    entry.decision,
    entry.untilMs,
    entry.atMs,
  );
}

/** Goes into the log and becomes the current one: pending, not confirmed, without failure. */
export function addDecision(
  db: WritableDb,
  of: Pick<StoredDecision, 'accountId' | 'address' | 'decision' | 'untilMs' | 'decidedAtMs'>,
): StoredDecision {
  const { accountId, address, decision, untilMs, decidedAtMs } = of;
  db.run(
    `INSERT OR REPLACE INTO decision (account_id, address, decision, until_ms, decided_at_ms, confirmed_at_ms, failure, is_pending)
     VALUES (?, ?, ?, ?, ?, NULL, NULL, 1)`,
    rowId(accountId),
    address,
    decision,
    untilMs,
    decidedAtMs,
  );
  log(db, accountId, { address, decision, untilMs, atMs: decidedAtMs });
  return { accountId, address, decision, untilMs, decidedAtMs, confirmedAtMs: null, failure: null, isPending: true };
}

/** Changes what is given of the current decision. null: there is none. */
export function updateDecision(
  db: WritableDb,
  to: { accountId: string; address: string } & Partial<Pick<StoredDecision, 'confirmedAtMs' | 'failure' | 'isPending'>>,
): StoredDecision | null {
  const known = getDecision(db, to);
  if (known === null) return null;
  const { confirmedAtMs = known.confirmedAtMs, failure = known.failure, isPending = known.isPending } = to;
  db.run(
    'UPDATE decision SET confirmed_at_ms = ?, failure = ?, is_pending = ? WHERE account_id = ? AND address = ?',
    confirmedAtMs,
    failure,
    Number(isPending),
    rowId(to.accountId),
    to.address,
  );
  return { ...known, confirmedAtMs, failure, isPending };
}

/** The current one is no more; the log says so. false: there was none. */
export function endDecision(db: WritableDb, of: { accountId: string; address: string; endedAtMs: number }): boolean {
  const { changes } = db.run('DELETE FROM decision WHERE account_id = ? AND address = ?', rowId(of.accountId), of.address);
  if (changes === 0) return false;
  log(db, of.accountId, { address: of.address, decision: 'ended', untilMs: null, atMs: of.endedAtMs });
  return true;
}

/** Newest first. */
export function listDecisionLog(db: ReadableDb, of: { accountId: string; limit: number }): DecisionLogEntry[] {
  return db.all<DecisionLogEntry>(
    `SELECT l.address, l.decision, l.until_ms AS untilMs, l.at_ms AS atMs
     FROM decision_log l WHERE l.account_id = ? ORDER BY l.log_id DESC LIMIT ?`,
    rowId(of.accountId),
    of.limit,
  );
}
