// Addresses whose messages are refused, and how often that happened. Nothing of the messages is kept.
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface Blocked {
  address: string;
  /** Answered as if it had arrived, instead of refused. */
  isSilent: boolean;
  sinceMs: number;
  refusedCount: number;
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

/** Newest first. */
export function listBlocked(db: ReadableDb, of: { accountId: string }): Blocked[] {
  return db.all<BlockedRow>(`${SELECT} ORDER BY since_ms DESC, address`, rowId(of.accountId)).map(toBlocked);
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

export function countRefused(db: WritableDb, of: { accountId: string; address: string }): void {
  db.run('UPDATE blocked SET refused_count = refused_count + 1 WHERE account_id = ? AND address = ?', rowId(of.accountId), of.address);
}
