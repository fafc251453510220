// The keys that peers of an account without a server are known by: kept since first contact, compared by the person, or offered anew.
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** Keys as base64url. */
export interface PeerKey {
  readonly address: string;
  readonly key: string;
  readonly firstSeenAtMs: number;
  /** Roughly: written with other changes. */
  readonly seenAtMs: number;
  /** Absent: the person has not compared the safety number of `key`. */
  readonly comparedAtMs?: number;
  /** Another key that was shown under this address, and is not accepted. */
  readonly offeredKey?: string;
  /** '' where it is not known. */
  readonly lastLocation: string;
}

interface PeerKeyRow {
  address: string;
  key: string;
  first_seen_at_ms: number;
  seen_at_ms: number;
  compared_at_ms: number | null;
  offered_key: string | null;
  last_location: string;
}

const COLUMNS = columnList<PeerKeyRow>()('p', [
  'address',
  'key',
  'first_seen_at_ms',
  'seen_at_ms',
  'compared_at_ms',
  'offered_key',
  'last_location',
]);

/** By address. */
export function listPeerKeys(db: ReadableDb, of: { accountId: string }): PeerKey[] {
  return db
    .all<PeerKeyRow>(`SELECT ${COLUMNS} FROM peer_key p WHERE p.account_id = ? ORDER BY p.address`, rowId(of.accountId))
    .map((row) => ({
      address: row.address,
      key: row.key,
      firstSeenAtMs: row.first_seen_at_ms,
      seenAtMs: row.seen_at_ms,
      ...(row.compared_at_ms !== null && { comparedAtMs: row.compared_at_ms }),
      ...(row.offered_key !== null && { offeredKey: row.offered_key }),
      lastLocation: row.last_location,
    }));
}

/** In place of what was kept for that address. */
export function savePeerKey(db: WritableDb, of: { accountId: string; peer: PeerKey }): void {
  const { peer } = of;
  db.run(
    `INSERT OR REPLACE INTO peer_key
       (account_id, address, key, first_seen_at_ms, seen_at_ms, compared_at_ms, offered_key, last_location) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    rowId(of.accountId),
    peer.address,
    peer.key,
    peer.firstSeenAtMs,
    peer.seenAtMs,
    peer.comparedAtMs ?? null,
    peer.offeredKey ?? null,
    peer.lastLocation,
  );
}

/** Whom the person knows: a contact, somebody written to or accepted, somebody decided about, or whose key was compared. */
const STRANGER = `p.account_id = ? AND p.compared_at_ms IS NULL
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.account_id = p.account_id AND c.address = p.address)
  AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.account_id = p.account_id AND d.address = p.address)
  AND NOT EXISTS (SELECT 1 FROM conversation v WHERE v.account_id = p.account_id AND v.address = p.address AND v.is_unknown = 0)`;

/** Of people the person does not know, keeps the `most` last seen. Gives the addresses whose keys are gone. */
export function sweepPeerKeys(db: WritableDb, of: { accountId: string; most: number }): string[] {
  const account = rowId(of.accountId);
  const gone = db
    .all<{
      address: string;
    }>(`SELECT p.address FROM peer_key p WHERE ${STRANGER} ORDER BY p.seen_at_ms DESC, p.address LIMIT -1 OFFSET ?`, account, of.most)
    .map(({ address }) => address);
  for (const address of gone) db.run('DELETE FROM peer_key WHERE account_id = ? AND address = ?', account, address);
  return gone;
}
