// The log of decisions: it only grows, and each line learns what the server confirmed.
import type { DecisionKind, DecisionRecord } from '../../app/domain/watcher.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, SqlValue, WritableDb } from './database.ts';
import { readTerms, termsValues } from './decision-terms.ts';
import type { DecisionTerms, TermsRow } from './decision-terms.ts';

/**
 * Who decided: the person here, another of their devices, the end of a decision's time, a wider decision that covers this watcher,
 * or the person taking something back.
 */
export type DecisionCause = 'person' | 'elsewhere' | 'time' | 'scope' | 'undo';

export interface NewDecisionRecord extends DecisionTerms {
  accountId: string;
  address: string;
  displayName: string;
  decision: DecisionKind | 'none';
  decidedAtMs: number;
  fromScope: string;
  device: string;
  cause: DecisionCause;
}

export interface StoredDecisionRecord extends NewDecisionRecord {
  decisionId: string;
  confirmedAtMs: number | null;
  confirmedState: string;
  failure: string | null;
  /** The newest about its address. */
  isCurrent: boolean;
}

interface RecordRow extends TermsRow {
  decision_id: number;
  account_id: number;
  address: string;
  display_name: string;
  decision: DecisionKind | 'none';
  decided_at_ms: number;
  from_scope: string;
  device: string;
  cause: DecisionCause;
  confirmed_at_ms: number | null;
  confirmed_state: string;
  failure: string | null;
}
const COLUMNS = columnList<RecordRow>()('r', [
  'decision_id',
  'account_id',
  'address',
  'display_name',
  'decision',
  'decided_at_ms',
  'until_ms',
  'sphere',
  'seen',
  'except_addresses',
  'from_scope',
  'device',
  'cause',
  'confirmed_at_ms',
  'confirmed_state',
  'failure',
]);
const SELECT = `SELECT ${COLUMNS}, NOT EXISTS (SELECT 1 FROM decision_record n WHERE n.account_id = r.account_id AND n.address = r.address
  AND n.decision_id > r.decision_id) AS is_current FROM decision_record r`;

function toRecord(row: RecordRow & { is_current: 0 | 1 }): StoredDecisionRecord {
  return {
    decisionId: String(row.decision_id),
    accountId: String(row.account_id),
    address: row.address,
    displayName: row.display_name,
    decision: row.decision,
    decidedAtMs: row.decided_at_ms,
    ...readTerms(row),
    fromScope: row.from_scope,
    device: row.device,
    cause: row.cause,
    confirmedAtMs: row.confirmed_at_ms,
    confirmedState: row.confirmed_state,
    failure: row.failure,
    isCurrent: row.is_current === 1,
  };
}

/** What a wider decision does, and what a clock did, is not the person's to take back line by line. */
const UNDOABLE: ReadonlySet<DecisionCause> = new Set(['person', 'elsewhere', 'undo']);

/** As the bridge shows it. */
export function shownRecord(record: StoredDecisionRecord): DecisionRecord {
  const { decisionId, accountId, address, displayName, decision, decidedAtMs, untilMs, sphere, seen, device } = record;
  return {
    ...{ decisionId, accountId, address, displayName, decision, decidedAtMs, untilMs, sphere, seen, device },
    confirmedAtMs: record.confirmedAtMs,
    confirmedState: record.confirmedState,
    ...(record.failure === null ? {} : { failure: record.failure }),
    isCurrent: record.isCurrent,
    canUndo: record.isCurrent && UNDOABLE.has(record.cause),
  };
}

export function addDecisionRecord(db: WritableDb, record: NewDecisionRecord): string {
  const { id } = db.run(
    `INSERT INTO decision_record (account_id, address, display_name, decision, decided_at_ms, until_ms, sphere, seen, except_addresses,
       from_scope, device, cause, confirmed_at_ms, confirmed_state, failure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '', NULL)`,
    rowId(record.accountId),
    record.address,
    record.displayName,
    record.decision,
    record.decidedAtMs,
    ...termsValues(record),
    record.fromScope,
    record.device,
    record.cause,
  );
  return String(id);
}

export function getDecisionRecord(db: ReadableDb, of: { decisionId: string }): StoredDecisionRecord | null {
  const row = db.get<RecordRow & { is_current: 0 | 1 }>(`${SELECT} WHERE r.decision_id = ?`, rowId(of.decisionId));
  return row === undefined ? null : toRecord(row);
}

/** The newest about an address, or (with `before`) the one that held before that record. null: none. */
export function findDecisionRecord(
  db: ReadableDb,
  of: { accountId: string; address: string; before?: string },
): StoredDecisionRecord | null {
  const row = db.get<RecordRow & { is_current: 0 | 1 }>(
    `${SELECT} WHERE r.account_id = ? AND r.address = ? AND r.decision_id < ? ORDER BY r.decision_id DESC LIMIT 1`,
    rowId(of.accountId),
    of.address,
    of.before === undefined ? Number.MAX_SAFE_INTEGER : rowId(of.before),
  );
  return row === undefined ? null : toRecord(row);
}

/** Newest first, before the record `before`; `query` looks in addresses and names. */
export function listDecisionRecords(
  db: ReadableDb,
  of: { accountId?: string; query: string; before?: string; limit: number },
): StoredDecisionRecord[] {
  const account = of.accountId === undefined ? '' : ' AND r.account_id = ?';
  const values: SqlValue[] = [of.before === undefined ? Number.MAX_SAFE_INTEGER : rowId(of.before)];
  if (of.accountId !== undefined) values.push(rowId(of.accountId));
  return db
    .all<RecordRow & { is_current: 0 | 1 }>(
      `${SELECT} WHERE r.decision_id < ?${account} AND instr(lower(r.address || ' ' || r.display_name), ?) > 0
       ORDER BY r.decision_id DESC LIMIT ?`,
      ...values,
      of.query.trim().toLowerCase(),
      of.limit,
    )
    .map(toRecord);
}

/** What the server made of the newest record about an address. */
export function updateDecisionRecord(
  db: WritableDb,
  to: { accountId: string; address: string; confirmedAtMs: number | null; confirmedState: string; failure: string | null },
): void {
  db.run(
    `UPDATE decision_record SET confirmed_at_ms = ?, confirmed_state = ?, failure = ?
     WHERE decision_id = (SELECT max(n.decision_id) FROM decision_record n WHERE n.account_id = ? AND n.address = ?)`,
    to.confirmedAtMs,
    to.confirmedState,
    to.failure,
    rowId(to.accountId),
    to.address,
  );
}
