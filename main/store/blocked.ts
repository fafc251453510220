// Addresses whose messages are refused, and how often that happened. Nothing of the messages is kept.
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface Blocked {
  address: string;
  /** Answered as if it had arrived, instead of refused. */
  isSilent: boolean;
  sinceMs: number;
  refusedCount: number;
  /** By the answer to their request; nobody blocked the address itself. */
  isByAnswer?: true;
}

interface BlockedRow {
  address: string;
  is_silent: number;
  since_ms: number;
  refused_count: number;
}
const SELECT = 'SELECT address, is_silent, since_ms, refused_count FROM blocked WHERE account_id = ?';

function toBlocked(row: BlockedRow): Blocked {
  return { address: row.address, isSilent: row.is_silent === 1, sinceMs: row.since_ms, refusedCount: row.refused_count };
}

const SELECT_BY_ANSWER = `SELECT d.address, 0 AS is_silent, d.decided_at_ms AS since_ms, d.refused_count FROM decision d
  WHERE d.account_id = ? AND d.decision = 'block' AND (d.until_ms IS NULL OR d.until_ms > ?) AND substr(d.address, 1, 1) <> '*'
    AND NOT EXISTS (SELECT 1 FROM blocked b WHERE b.account_id = d.account_id AND b.address = d.address)`;

/** Newest first: those that were blocked, and those whose request was answered so that their messages are refused. */
export function listBlocked(db: ReadableDb, { accountId, nowMs }: { accountId: string; nowMs: number }): Blocked[] {
  const blocked = db.all<BlockedRow>(SELECT, rowId(accountId)).map(toBlocked);
  const byAnswer = db
    .all<BlockedRow>(SELECT_BY_ANSWER, rowId(accountId), nowMs)
    .map((row) => ({ ...toBlocked(row), isByAnswer: true as const }));
  return [...blocked, ...byAnswer].sort((one, other) => other.sinceMs - one.sinceMs || (one.address < other.address ? -1 : 1));
}

export function getBlocked(db: ReadableDb, of: { accountId: string; address: string }): Blocked | null {
  const row = db.get<BlockedRow>(`${SELECT} AND address = ?`, rowId(of.accountId), of.address);
  return row === undefined ? null : toBlocked(row);
}

/** Once more: only the manner changes. */
export function addBlocked(db: WritableDb, of: { accountId: string; address: string; isSilent: boolean; sinceMs: number }): void {
  db.run(
    `INSERT INTO blocked (account_id, address, is_silent, since_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET is_silent = excluded.is_silent`,
    rowId(of.accountId),
    of.address,
    Number(of.isSilent),
    of.sinceMs,
  );
}

/** false: it was not blocked. */
export function removeBlocked(db: WritableDb, of: { accountId: string; address: string }): boolean {
  return db.run('DELETE FROM blocked WHERE account_id = ? AND address = ?', rowId(of.accountId), of.address).changes > 0;
}

/** Where it is blocked, else with the answer that refuses it. */
export function countRefused(db: WritableDb, of: { accountId: string; address: string }): void {
  for (const table of ['blocked', 'decision']) {
    const sql = `UPDATE ${table} SET refused_count = refused_count + 1 WHERE account_id = ? AND address = ?`;
    if (db.run(sql, rowId(of.accountId), of.address).changes > 0) return;
  }
}
