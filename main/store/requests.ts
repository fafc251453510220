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
  asked_count: number;
  is_one_time: 0 | 1;
  remind_at_ms: number | null;
  answered_at_ms: number | null;
  subscription_ids: string;
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
  'asked_count',
  'is_one_time',
  'remind_at_ms',
  'answered_at_ms',
  'subscription_ids',
])} FROM request r`;

/** Enough to tell a renewal from asking anew; somebody with more devices is counted a little too often. */
const SUBSCRIPTION_IDS_KEPT = 8;

export interface RequestSeen {
  accountId: string;
  address: string;
  displayName: string;
  state: Request['state'];
  seenAtMs: number;
  /** Of the subscriptions it was asked with (RFC 3858 `id`): a new one is asking again, a known one is a renewal. */
  subscriptionIds?: readonly string[];
  isOneTime?: boolean;
}

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
    askedCount: row.asked_count,
    isOneTime: row.is_one_time === 1,
    remindAtMs: row.remind_at_ms,
  };
}

/** Those without an answer: the newest question first, postponed ones last. */
export function listRequests(db: ReadableDb, of: { accountId: string }): Request[] {
  const sql = `${SELECT} WHERE r.account_id = ? AND r.answered_at_ms IS NULL
    ORDER BY r.is_postponed, r.last_seen_at_ms DESC, r.request_id DESC`;
  return db.all<RequestRow>(sql, rowId(of.accountId)).map(toRequest);
}

/** null: no such request, or answered already. */
export function getRequest(db: ReadableDb, of: { requestId: string }): Request | null {
  const row = db.get<RequestRow>(`${SELECT} WHERE r.request_id = ? AND r.answered_at_ms IS NULL`, rowId(of.requestId));
  return row === undefined ? null : toRequest(row);
}

function findRow(db: ReadableDb, of: { accountId: string; address: string }): RequestRow | undefined {
  return db.get<RequestRow>(`${SELECT} WHERE r.account_id = ? AND r.address = ?`, rowId(of.accountId), of.address);
}

/** null: none, or answered already. */
export function findRequest(db: ReadableDb, of: { accountId: string; address: string }): Request | null {
  const row = findRow(db, of);
  return row === undefined || row.answered_at_ms !== null ? null : toRequest(row);
}

/** The subscription ids as they are kept: between spaces, the newest last. */
function joinIds(known: string, ids: readonly string[]): { text: string; added: number } {
  const before = known === '' ? [] : known.split(' ');
  const fresh = ids.map((id) => id.replaceAll(' ', '_')).filter((id) => !before.includes(id));
  return { text: [...before, ...fresh].slice(-SUBSCRIPTION_IDS_KEPT).join(' '), added: fresh.length };
}

function addRequest(db: WritableDb, seen: RequestSeen): Request {
  const { accountId, address, displayName, state, seenAtMs, subscriptionIds = [], isOneTime = false } = seen;
  const { id } = db.run(
    `INSERT INTO request (account_id, address, display_name, state, first_seen_at_ms, last_seen_at_ms, is_one_time, subscription_ids)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    rowId(accountId),
    address,
    displayName,
    state,
    seenAtMs,
    seenAtMs,
    Number(isOneTime),
    joinIds('', subscriptionIds).text,
  );
  const times = { firstSeenAtMs: seenAtMs, lastSeenAtMs: seenAtMs };
  const rest = { isPostponed: false, askedCount: 1, isOneTime, remindAtMs: null };
  return { requestId: String(id), accountId, address, displayName, state, ...times, ...rest };
}

/**
 * `isNew`: it was not in the inbox. Else the first time, a name known and being postponed are kept; a subscription not seen before
 * counts as asking again, and brings back one that was put off.
 */
export function saveRequest(db: WritableDb, seen: RequestSeen): { request: Request; isNew: boolean } {
  const known = findRow(db, seen);
  if (known === undefined) return { request: addRequest(db, seen), isNew: true };
  const ids = joinIds(known.subscription_ids, seen.subscriptionIds ?? []);
  const isNew = known.answered_at_ms !== null;
  const isAskedAgain = isNew || (known.subscription_ids !== '' && ids.added > 0);
  const row: RequestRow = {
    ...known,
    display_name: seen.displayName === '' ? known.display_name : seen.displayName,
    state: seen.state,
    last_seen_at_ms: isAskedAgain || known.subscription_ids === '' ? seen.seenAtMs : known.last_seen_at_ms,
    asked_count: known.asked_count + (isAskedAgain ? 1 : 0),
    is_one_time: seen.isOneTime === true ? 1 : 0,
    is_postponed: isAskedAgain ? 0 : known.is_postponed,
    remind_at_ms: isAskedAgain ? null : known.remind_at_ms,
    answered_at_ms: null,
    subscription_ids: ids.text,
  };
  db.run(
    `UPDATE request SET display_name = ?, state = ?, last_seen_at_ms = ?, asked_count = ?, is_one_time = ?, is_postponed = ?,
       remind_at_ms = ?, answered_at_ms = NULL, subscription_ids = ? WHERE request_id = ?`,
    row.display_name,
    row.state,
    row.last_seen_at_ms,
    row.asked_count,
    row.is_one_time,
    row.is_postponed,
    row.remind_at_ms,
    row.subscription_ids,
    row.request_id,
  );
  return { request: toRequest(row), isNew };
}

/** `remindAtMs`: when it is asked again by itself. null returned: no such request. */
export function setRequestPostponed(
  db: WritableDb,
  to: { requestId: string; isPostponed: boolean; remindAtMs?: number | null },
): Request | null {
  const remindAtMs = to.isPostponed ? (to.remindAtMs ?? null) : null;
  db.run(
    'UPDATE request SET is_postponed = ?, remind_at_ms = ? WHERE request_id = ?',
    Number(to.isPostponed),
    remindAtMs,
    rowId(to.requestId),
  );
  return getRequest(db, to);
}

/** Out of the inbox, but kept: an undo brings it back with its history. false: it was not there. */
export function answerRequest(db: WritableDb, of: { requestId: string; answeredAtMs: number }): boolean {
  const { changes } = db.run(
    'UPDATE request SET answered_at_ms = ?, is_postponed = 0, remind_at_ms = NULL WHERE request_id = ? AND answered_at_ms IS NULL',
    of.answeredAtMs,
    rowId(of.requestId),
  );
  return changes > 0;
}

/** The answer was taken back. null: nobody asked, or it is open already. */
export function reopenRequest(db: WritableDb, of: { accountId: string; address: string }): Request | null {
  const row = findRow(db, of);
  if (row === undefined || row.answered_at_ms === null) return null;
  db.run('UPDATE request SET answered_at_ms = NULL WHERE request_id = ?', row.request_id);
  return toRequest({ ...row, answered_at_ms: null });
}
