// What was learned of a peer's abilities, each fact with the time until which it is believed.
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface PeerFact {
  readonly fact: string;
  readonly value: boolean;
}

/** Those still believed at `nowMs`. */
export function listPeerFacts(db: ReadableDb, of: { accountId: string; address: string; nowMs: number }): PeerFact[] {
  return db
    .all<{
      fact: string;
      value: number;
    }>('SELECT fact, value FROM peer_fact WHERE account_id = ? AND address = ? AND until_ms > ?', rowId(of.accountId), of.address, of.nowMs)
    .map(({ fact, value }) => ({ fact, value: value === 1 }));
}

/** A newer fact replaces an older one, whatever it said. */
export function savePeerFact(db: WritableDb, of: PeerFact & { accountId: string; address: string; untilMs: number }): void {
  db.run(
    `INSERT INTO peer_fact (account_id, address, fact, value, until_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, until_ms = excluded.until_ms`,
    rowId(of.accountId),
    of.address,
    of.fact,
    Number(of.value),
    of.untilMs,
  );
}

/** Gives how many were too old to be believed. */
export function sweepPeerFacts(db: WritableDb, of: { accountId: string; nowMs: number }): number {
  return db.run('DELETE FROM peer_fact WHERE account_id = ? AND until_ms <= ?', rowId(of.accountId), of.nowMs).changes;
}
