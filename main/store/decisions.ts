// The person's decisions about watchers: the current one of each address. Each one that comes or goes is a line of the log too.
import type { DecisionKind } from '../../app/domain/watcher.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { addDecisionRecord, findDecisionRecord, updateDecisionRecord } from './decision-records.ts';
import type { DecisionCause } from './decision-records.ts';
import { NO_TERMS, readTerms, termsValues } from './decision-terms.ts';
import type { DecisionTerms, TermsRow } from './decision-terms.ts';

export interface StoredDecision extends DecisionTerms {
  accountId: string;
  /** A watcher, `*@domain`, or `*` for everybody. */
  address: string;
  decision: DecisionKind;
  decidedAtMs: number;
  /** The wider decision it follows from; '' for one of its own. */
  fromScope: string;
  /** When watcher information agreed; null: not yet. */
  confirmedAtMs: number | null;
  /** Why it could not be brought to the server; a sentence. */
  failure: string | null;
  /** The server's rules do not have it yet. */
  isPending: boolean;
}

export interface NewDecision extends Partial<DecisionTerms> {
  accountId: string;
  address: string;
  decision: DecisionKind;
  decidedAtMs: number;
  fromScope?: string;
  /** For the log. */
  displayName?: string;
  device?: string;
  cause?: DecisionCause;
}

interface DecisionRow extends TermsRow {
  account_id: number;
  address: string;
  decision: DecisionKind;
  decided_at_ms: number;
  from_scope: string;
  confirmed_at_ms: number | null;
  failure: string | null;
  is_pending: 0 | 1;
}
const SELECT = `SELECT ${columnList<DecisionRow>()('d', [
  'account_id',
  'address',
  'decision',
  'until_ms',
  'sphere',
  'seen',
  'except_addresses',
  'decided_at_ms',
  'from_scope',
  'confirmed_at_ms',
  'failure',
  'is_pending',
])} FROM decision d`;

function toDecision(row: DecisionRow): StoredDecision {
  return {
    accountId: String(row.account_id),
    address: row.address,
    decision: row.decision,
    ...readTerms(row),
    decidedAtMs: row.decided_at_ms,
    fromScope: row.from_scope,
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

/** Those about a domain or everybody, domains first: the narrower one counts. */
export function listWideDecisions(db: ReadableDb, of: { accountId: string }): StoredDecision[] {
  const sql = `${SELECT} WHERE d.account_id = ? AND d.address >= '*' AND d.address < '+' ORDER BY d.address DESC`;
  return db.all<DecisionRow>(sql, rowId(of.accountId)).map(toDecision);
}

/** Those that follow from a wider one. */
export function listDecisionsFrom(db: ReadableDb, of: { accountId: string; fromScope: string }): StoredDecision[] {
  const sql = `${SELECT} WHERE d.account_id = ? AND d.from_scope = ? ORDER BY d.address`;
  return db.all<DecisionRow>(sql, rowId(of.accountId), of.fromScope).map(toDecision);
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

/** Goes into the log and becomes the current one: pending, not confirmed, without failure. */
export function addDecision(db: WritableDb, given: NewDecision): StoredDecision {
  const { displayName = '', device = '', cause = 'person', ...rest } = given;
  const decision = { ...NO_TERMS, fromScope: '', ...rest };
  db.run(
    `INSERT OR REPLACE INTO decision (account_id, address, decision, until_ms, sphere, seen, except_addresses, decided_at_ms, from_scope,
       confirmed_at_ms, failure, is_pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, 1)`,
    rowId(decision.accountId),
    decision.address,
    decision.decision,
    ...termsValues(decision),
    decision.decidedAtMs,
    decision.fromScope,
  );
  addDecisionRecord(db, { ...decision, displayName, device, cause });
  return { ...decision, confirmedAtMs: null, failure: null, isPending: true };
}

/** Changes what is given of the current decision, and of its line in the log. null: there is none. */
export function updateDecision(
  db: WritableDb,
  to: { accountId: string; address: string; confirmedState?: string } & Partial<
    Pick<StoredDecision, 'confirmedAtMs' | 'failure' | 'isPending'>
  >,
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
  if (confirmedAtMs !== known.confirmedAtMs || failure !== known.failure) {
    const confirmedState = to.confirmedState ?? (confirmedAtMs === null ? '' : (findDecisionRecord(db, to)?.confirmedState ?? ''));
    updateDecisionRecord(db, { ...known, confirmedAtMs, confirmedState, failure });
  }
  return { ...known, confirmedAtMs, failure, isPending };
}

/** The current one is no more; the log says so. false: there was none. */
export function endDecision(
  db: WritableDb,
  of: { accountId: string; address: string; endedAtMs: number; displayName?: string; device?: string; cause?: DecisionCause },
): boolean {
  const known = getDecision(db, of);
  if (known === null) return false;
  db.run('DELETE FROM decision WHERE account_id = ? AND address = ?', rowId(of.accountId), of.address);
  const { accountId, address, endedAtMs, displayName = '', device = '', cause = 'time' } = of;
  const { fromScope } = known;
  addDecisionRecord(db, {
    ...NO_TERMS,
    accountId,
    address,
    displayName,
    decision: 'none',
    decidedAtMs: endedAtMs,
    fromScope,
    device,
    cause,
  });
  return true;
}
