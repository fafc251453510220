// Deleting much in small steps: a conversation, an account, or what is older than it is to be kept. What was begun is finished after a restart.
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { deleteMessageRows } from './index-words.ts';

/** Messages in one step, and about so many characters: some ten milliseconds, most of it for the indexes. */
const STEP_MESSAGES = 100;
const STEP_LENGTH = 16 * 1024;

/** Something that is being deleted. One of the two is set. */
export interface Deletion {
  readonly deletionId: string;
  readonly accountId: string | null;
  readonly conversationId: string | null;
}

interface DeletionRow {
  deletion_id: number;
  account_id: number | null;
  conversation_id: number | null;
  up_to_message_id: number;
}
const COLUMNS = 'deletion_id, account_id, conversation_id, up_to_message_id';
const text = (id: number | null): string | null => (id === null ? null : String(id));

function toDeletion(row: DeletionRow): Deletion {
  return { deletionId: String(row.deletion_id), accountId: text(row.account_id), conversationId: text(row.conversation_id) };
}

export function listDeletions(db: ReadableDb): Deletion[] {
  return db.all<DeletionRow>(`SELECT ${COLUMNS} FROM deletion ORDER BY deletion_id`).map(toDeletion);
}

function begin(db: WritableDb, account: number | null, conversation: number | null): Deletion {
  const { id } = db.run(
    'INSERT INTO deletion (account_id, conversation_id, up_to_message_id) SELECT ?, ?, coalesce(max(message_id), 0) FROM message',
    account,
    conversation,
  );
  return { deletionId: String(id), accountId: text(account), conversationId: text(conversation) };
}

/** Its messages of now go; those that come meanwhile stay. null: no such conversation. */
export function beginDeletingConversation(db: WritableDb, of: { conversationId: string }): Deletion | null {
  const id = rowId(of.conversationId);
  const row = db.get<{ deletion_id: number | null }>(
    `SELECT d.deletion_id FROM conversation c LEFT JOIN deletion d ON d.conversation_id = c.conversation_id WHERE c.conversation_id = ?`,
    id,
  );
  if (row === undefined) return null;
  if (row.deletion_id === null) return begin(db, null, id);
  return { deletionId: String(row.deletion_id), accountId: null, conversationId: String(id) };
}

/** The account is gone for everybody from now on; its address may be added anew. false: no such account. */
export function beginRemovingAccount(db: WritableDb, of: { accountId: string }): Deletion | null {
  const id = rowId(of.accountId);
  const { changes } = db.run(
    `UPDATE account SET address = 'removed:' || account_id WHERE account_id = ?
     AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.account_id = account.account_id)`,
    id,
  );
  return changes === 0 ? null : begin(db, id, null);
}

/** Gives the deletion up; what is gone is gone. An account can not be had back. */
export function cancelDeletion(db: WritableDb, of: { deletionId: string }): void {
  db.run('DELETE FROM deletion WHERE deletion_id = ? AND conversation_id IS NOT NULL', rowId(of.deletionId));
}

const OF_ACCOUNT = 'm.conversation_id IN (SELECT conversation_id FROM conversation WHERE account_id = ?)';

/** Messages still to be deleted. It counts them, so it is for showing progress, once. */
export function countDeletion(db: ReadableDb, of: { deletionId: string }): number {
  const row = db.get<DeletionRow>(`SELECT ${COLUMNS} FROM deletion WHERE deletion_id = ?`, rowId(of.deletionId));
  if (row === undefined) return 0;
  const where = row.account_id === null ? 'm.conversation_id = ?' : OF_ACCOUNT;
  const target = row.account_id ?? row.conversation_id ?? 0;
  return db.get<{ count: number }>(`SELECT count(*) AS count FROM message m WHERE ${where}`, target)?.count ?? 0;
}

interface StepRow {
  message_id: number;
  length: number;
  is_unread: 0 | 1;
}
const OLDEST = `SELECT m.message_id, length(m.text) AS length, m.state = 'received' AS is_unread FROM message m INDEXED BY message_thread`;

/** The first ones that make a step. */
function cut(rows: readonly StepRow[]): StepRow[] {
  let length = 0;
  const end = rows.findIndex((row) => (length += row.length) >= STEP_LENGTH);
  return end === -1 ? [...rows] : rows.slice(0, end + 1);
}

function deleteRows(db: WritableDb, conversation: number, rows: readonly StepRow[]): number {
  const unread = rows.filter((row) => row.is_unread === 1).length;
  if (rows.length === 0) return 0;
  deleteMessageRows(
    db,
    rows.map((row) => row.message_id),
  );
  db.run(
    `UPDATE conversation SET unread_count = max(0, unread_count - ?), last_message_id =
       (SELECT message_id FROM message m WHERE m.conversation_id = ? ORDER BY stored_at_ms DESC, message_id DESC LIMIT 1)
     WHERE conversation_id = ?`,
    unread,
    conversation,
    conversation,
  );
  return rows.length;
}

function deleteUpTo(db: WritableDb, conversation: number, upTo: number): number {
  const rows = db.all<StepRow>(
    `${OLDEST} WHERE m.conversation_id = ? AND m.message_id <= ? ORDER BY m.stored_at_ms, m.message_id LIMIT ?`,
    conversation,
    upTo,
    STEP_MESSAGES,
  );
  return deleteRows(db, conversation, cut(rows));
}

/** `deleted`: messages that went in this step. `isDone`: the conversation or account is gone too, or kept for messages newer than this. */
export interface DeletionStep {
  readonly deleted: number;
  readonly isDone: boolean;
}

function conversationStep(db: WritableDb, deletion: DeletionRow, conversation: number): DeletionStep {
  const deleted = deleteUpTo(db, conversation, deletion.up_to_message_id);
  if (deleted > 0) return { deleted, isDone: false };
  db.run('DELETE FROM deletion WHERE deletion_id = ?', deletion.deletion_id);
  db.run(
    'DELETE FROM conversation WHERE conversation_id = ? AND NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = conversation.conversation_id)',
    conversation,
  );
  return { deleted: 0, isDone: true };
}

/** Keys of duplicates are as many as messages of a day; the other rows of an account are few, and go with it. */
const DELETE_SEEN = `DELETE FROM message_seen WHERE account_id = ?
  AND dedupe_key IN (SELECT dedupe_key FROM message_seen s WHERE s.account_id = ? LIMIT 500)`;

function accountStep(db: WritableDb, deletion: DeletionRow, account: number): DeletionStep {
  const row = db.get<{ id: number }>('SELECT conversation_id AS id FROM conversation WHERE account_id = ? LIMIT 1', account);
  if (row !== undefined) {
    const deleted = deleteUpTo(db, row.id, Number.MAX_SAFE_INTEGER);
    if (deleted === 0) db.run('DELETE FROM conversation WHERE conversation_id = ?', row.id);
    return { deleted, isDone: false };
  }
  if (db.run(DELETE_SEEN, account, account).changes > 0) return { deleted: 0, isDone: false };
  db.run('DELETE FROM deletion WHERE deletion_id = ?', deletion.deletion_id);
  db.run('DELETE FROM account WHERE account_id = ?', account);
  return { deleted: 0, isDone: true };
}

/** One step, for one commit. */
export function deletionStep(db: WritableDb, of: { deletionId: string }): DeletionStep {
  const row = db.get<DeletionRow>(`SELECT ${COLUMNS} FROM deletion WHERE deletion_id = ?`, rowId(of.deletionId));
  if (row === undefined) return { deleted: 0, isDone: true };
  if (row.conversation_id !== null) return conversationStep(db, row, row.conversation_id);
  return accountStep(db, row, row.account_id ?? 0);
}

/** Deletes some of the conversation's messages stored before the time; gives how many. Messages that still wait to be sent stay. */
export function expireStep(db: WritableDb, of: { conversationId: string; storedBeforeMs: number }): number {
  const conversation = rowId(of.conversationId);
  const rows = db.all<StepRow>(
    `${OLDEST} WHERE m.conversation_id = ? AND m.stored_at_ms < ? AND m.state NOT IN ('queued', 'sending')
     ORDER BY m.stored_at_ms, m.message_id LIMIT ?`,
    conversation,
    of.storedBeforeMs,
    STEP_MESSAGES,
  );
  return rows.length === 0 ? 0 : deleteRows(db, conversation, cut(rows));
}
