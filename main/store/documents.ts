// XCAP documents (RFC 4825) as the server last gave or took them, and our own edits that it does not have yet.
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface StoredDocument {
  accountId: string;
  auid: string;
  url: string;
  /** null: the server has none (404). */
  etag: string | null;
  text: string;
  fetchedAtMs: number;
}
/** One own edit; `edit` is the caller's JSON, replayed in order on each new base. */
export interface DocumentEdit {
  editId: string;
  accountId: string;
  auid: string;
  edit: string;
  createdAtMs: number;
}

interface DocumentRow {
  account_id: number;
  auid: string;
  url: string;
  etag: string | null;
  text: string;
  fetched_at_ms: number;
}
interface EditRow {
  edit_id: number;
  account_id: number;
  auid: string;
  edit: string;
  created_at_ms: number;
}
const DOCUMENT_COLUMNS = columnList<DocumentRow>()('d', ['account_id', 'auid', 'url', 'etag', 'text', 'fetched_at_ms']);
const EDIT_COLUMNS = columnList<EditRow>()('e', ['edit_id', 'account_id', 'auid', 'edit', 'created_at_ms']);

export function getDocument(db: ReadableDb, of: { accountId: string; url: string }): StoredDocument | null {
  const row = db.get<DocumentRow>(
    `SELECT ${DOCUMENT_COLUMNS} FROM document d WHERE d.account_id = ? AND d.url = ?`,
    rowId(of.accountId),
    of.url,
  );
  if (row === undefined) return null;
  const { auid, url, etag, text } = row;
  return { accountId: String(row.account_id), auid, url, etag, text, fetchedAtMs: row.fetched_at_ms };
}

/** The one fetched last of these applications; null: none was ever seen. */
export function findDocument(db: ReadableDb, of: { accountId: string; auids: readonly [string, string] }): StoredDocument | null {
  const row = db.get<{ url: string }>(
    'SELECT d.url FROM document d WHERE d.account_id = ? AND d.auid IN (?, ?) ORDER BY d.fetched_at_ms DESC LIMIT 1',
    rowId(of.accountId),
    ...of.auids,
  );
  return row === undefined ? null : getDocument(db, { accountId: of.accountId, url: row.url });
}

export function saveDocument(db: WritableDb, document: StoredDocument): void {
  db.run(
    'INSERT OR REPLACE INTO document (account_id, auid, url, etag, text, fetched_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
    rowId(document.accountId),
    document.auid,
    document.url,
    document.etag,
    document.text,
    document.fetchedAtMs,
  );
}

export function removeDocument(db: WritableDb, of: { accountId: string; url: string }): boolean {
  return db.run('DELETE FROM document WHERE account_id = ? AND url = ?', rowId(of.accountId), of.url).changes > 0;
}

export function addDocumentEdit(db: WritableDb, edit: Omit<DocumentEdit, 'editId'>): DocumentEdit {
  const { id } = db.run(
    'INSERT INTO document_edit (account_id, auid, edit, created_at_ms) VALUES (?, ?, ?, ?)',
    rowId(edit.accountId),
    edit.auid,
    edit.edit,
    edit.createdAtMs,
  );
  return { editId: String(id), ...edit };
}

/** In the order they were made. */
export function listDocumentEdits(db: ReadableDb, of: { accountId: string; auid: string }): DocumentEdit[] {
  const rows = db.all<EditRow>(
    `SELECT ${EDIT_COLUMNS} FROM document_edit e WHERE e.account_id = ? AND e.auid = ? ORDER BY e.edit_id`,
    rowId(of.accountId),
    of.auid,
  );
  return rows.map((row) => ({
    editId: String(row.edit_id),
    accountId: String(row.account_id),
    auid: row.auid,
    edit: row.edit,
    createdAtMs: row.created_at_ms,
  }));
}

/** The server has them now. */
export function removeDocumentEdits(db: WritableDb, of: { editIds: readonly string[] }): void {
  for (const editId of of.editIds) db.run('DELETE FROM document_edit WHERE edit_id = ?', rowId(editId));
}
