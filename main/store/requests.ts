// Authorization requests (RFC 3857 pending and waiting watchers) as the inbox keeps them: they outlive the server's memory.
import type { Request } from '../../app/domain/watcher.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

interface RequestRow {
  request_id: number;
  account_id: number;
  address: string;
  display_name: string;
  state: Request['state'];
  first_seen_at_ms: number;
  last_seen_at_ms: number;
  is_postponed: 0 | 1;
}
const SELECT = `SELECT ${columnList<RequestRow>()('r', [
  'request_id',
  'account_id',
  'address',
  'display_name',
  'state',
  'first_seen_at_ms',
  'last_seen_at_ms',
  'is_postponed',
])} FROM request r`;

function toRequest(row: RequestRow): Request {
  return {
    requestId: String(row.request_id),
    accountId: String(row.account_id),
    address: row.address,
    displayName: row.display_name,
    state: row.state,
    firstSeenAtMs: row.first_seen_at_ms,
    lastSeenAtMs: row.last_seen_at_ms,
    isPostponed: row.is_postponed === 1,
  };
}

/** Oldest first, postponed ones last. */
export function listRequests(db: ReadableDb, of: { accountId: string }): Request[] {
  const sql = `${SELECT} WHERE r.account_id = ? ORDER BY r.is_postponed, r.first_seen_at_ms, r.request_id`;
  return db.all<RequestRow>(sql, rowId(of.accountId)).map(toRequest);
}

export function getRequest(db: ReadableDb, of: { requestId: string }): Request | null {
  const row = db.get<RequestRow>(`${SELECT} WHERE r.request_id = ?`, rowId(of.requestId));
  return row === undefined ? null : toRequest(row);
}

export function findRequest(db: ReadableDb, of: { accountId: string; address: string }): Request | null {
  const row = db.get<RequestRow>(`${SELECT} WHERE r.account_id = ? AND r.address = ?`, rowId(of.accountId), of.address);
  return row === undefined ? null : toRequest(row);
}

/** `isNew`: it was not in the inbox. Else the first time, a name known and being postponed are kept. */
export function saveRequest(
  db: WritableDb,
  to: { accountId: string; address: string; displayName: string; state: Request['state']; seenAtMs: number },
): { request: Request; isNew: boolean } {
  const known = findRequest(db, to);
  if (known !== null) {
    const displayName = to.displayName === '' ? known.displayName : to.displayName;
    db.run(
      'UPDATE request SET display_name = ?, state = ?, last_seen_at_ms = ? WHERE request_id = ?',
      displayName,
      to.state,
      to.seenAtMs,
      rowId(known.requestId),
    );
    return { request: { ...known, displayName, state: to.state, lastSeenAtMs: to.seenAtMs }, isNew: false };
  }
  const { id } = db.run(
    'INSERT INTO request (account_id, address, display_name, state, first_seen_at_ms, last_seen_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
    rowId(to.accountId),
    to.address,
    to.displayName,
    to.state,
    to.seenAtMs,
    to.seenAtMs,
  );
  const { accountId, address, displayName, state, seenAtMs } = to;
  const request = { requestId: String(id), accountId, address, displayName, state, firstSeenAtMs: seenAtMs, lastSeenAtMs: seenAtMs };
  return { request: { ...request, isPostponed: false }, isNew: true };
}

/** null: no such request. */
export function setRequestPostponed(db: WritableDb, to: { requestId: string; isPostponed: boolean }): Request | null {
  db.run('UPDATE request SET is_postponed = ? WHERE request_id = ?', Number(to.isPostponed), rowId(to.requestId));
  return getRequest(db, to);
}

export function removeRequest(db: WritableDb, of: { requestId: string }): boolean {
  return db.run('DELETE FROM request WHERE request_id = ?', rowId(of.requestId)).changes > 0;
}
