// Decisions of two devices that contradict each other, until the person chooses: one for each watcher at most.
import type { Conflict, DecisionKind } from '../../app/domain/watcher.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import type { DecisionTerms } from './decision-terms.ts';

/** One side's decision, as it can be made again. `none`: it took the decision back. */
export interface ConflictSide extends DecisionTerms {
  decision: DecisionKind | 'none';
}

export interface StoredConflict {
  conflictId: string;
  accountId: string;
  address: string;
  displayName: string;
  ours: ConflictSide & { decidedAtMs: number };
  theirs: ConflictSide & { seenAtMs: number };
}

interface ConflictRow {
  conflict_id: number;
  account_id: number;
  address: string;
  display_name: string;
  our_decision: ConflictSide['decision'];
  our_terms: string;
  our_decided_at_ms: number;
  their_decision: ConflictSide['decision'];
  their_terms: string;
  their_seen_at_ms: number;
}
const SELECT = `SELECT ${columnList<ConflictRow>()('c', [
  'conflict_id',
  'account_id',
  'address',
  'display_name',
  'our_decision',
  'our_terms',
  'our_decided_at_ms',
  'their_decision',
  'their_terms',
  'their_seen_at_ms',
])} FROM decision_conflict c`;

function toConflict(row: ConflictRow): StoredConflict {
  return {
    conflictId: String(row.conflict_id),
    accountId: String(row.account_id),
    address: row.address,
    displayName: row.display_name,
    ours: { ...(JSON.parse(row.our_terms) as DecisionTerms), decision: row.our_decision, decidedAtMs: row.our_decided_at_ms },
    theirs: { ...(JSON.parse(row.their_terms) as DecisionTerms), decision: row.their_decision, seenAtMs: row.their_seen_at_ms },
  };
}

/** As the bridge shows it. A decision taken back is shown as leaving the question open. */
export function shownConflict({ conflictId, accountId, address, displayName, ours, theirs }: StoredConflict): Conflict {
  const kind = (side: ConflictSide): DecisionKind => (side.decision === 'none' ? 'later' : side.decision);
  return {
    ...{ conflictId, accountId, address, displayName },
    ours: { decision: kind(ours), untilMs: ours.untilMs, decidedAtMs: ours.decidedAtMs },
    theirs: { decision: kind(theirs), untilMs: theirs.untilMs, seenAtMs: theirs.seenAtMs },
  };
}

function termsOf({ untilMs, sphere, seen, except }: DecisionTerms): string {
  return JSON.stringify({ untilMs, sphere, seen, except });
}

/** A newer conflict about the same watcher replaces the one that is there. */
export function addConflict(db: WritableDb, conflict: Omit<StoredConflict, 'conflictId'>): StoredConflict {
  const { accountId, address, displayName, ours, theirs } = conflict;
  const { id } = db.run(
    `INSERT OR REPLACE INTO decision_conflict (account_id, address, display_name, our_decision, our_terms, our_decided_at_ms,
       their_decision, their_terms, their_seen_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    rowId(accountId),
    address,
    displayName,
    ours.decision,
    termsOf(ours),
    ours.decidedAtMs,
    theirs.decision,
    termsOf(theirs),
    theirs.seenAtMs,
  );
  return { conflictId: String(id), ...conflict };
}

/** Oldest first. */
export function listConflicts(db: ReadableDb, of: { accountId: string }): StoredConflict[] {
  return db.all<ConflictRow>(`${SELECT} WHERE c.account_id = ? ORDER BY c.conflict_id`, rowId(of.accountId)).map(toConflict);
}

export function getConflict(db: ReadableDb, of: { conflictId: string }): StoredConflict | null {
  const row = db.get<ConflictRow>(`${SELECT} WHERE c.conflict_id = ?`, rowId(of.conflictId));
  return row === undefined ? null : toConflict(row);
}

export function findConflict(db: ReadableDb, of: { accountId: string; address: string }): StoredConflict | null {
  const row = db.get<ConflictRow>(`${SELECT} WHERE c.account_id = ? AND c.address = ?`, rowId(of.accountId), of.address);
  return row === undefined ? null : toConflict(row);
}

export function removeConflict(db: WritableDb, of: { conflictId: string }): void {
  db.run('DELETE FROM decision_conflict WHERE conflict_id = ?', rowId(of.conflictId));
}
