// Contacts as the person keeps them: who and under which name. Their presence is alive, not stored.
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface StoredContact {
  contactId: string;
  accountId: string;
  address: string;
  /** '' when not named. */
  name: string;
  createdAtMs: number;
}

interface ContactRow {
  contact_id: number;
  account_id: number;
  address: string;
  name: string;
  created_at_ms: number;
}
const SELECT = `SELECT ${columnList<ContactRow>()('k', ['contact_id', 'account_id', 'address', 'name', 'created_at_ms'])} FROM contact k`;

function toContact(row: ContactRow): StoredContact {
  return {
    contactId: String(row.contact_id),
    accountId: String(row.account_id),
    address: row.address,
    name: row.name,
    createdAtMs: row.created_at_ms,
  };
}

/** In the order they were added. */
export function listContacts(db: ReadableDb, of: { accountId: string }): StoredContact[] {
  return db.all<ContactRow>(`${SELECT} WHERE k.account_id = ? ORDER BY k.contact_id`, rowId(of.accountId)).map(toContact);
}

export function getContact(db: ReadableDb, of: { contactId: string }): StoredContact | null {
  const row = db.get<ContactRow>(`${SELECT} WHERE k.contact_id = ?`, rowId(of.contactId));
  return row === undefined ? null : toContact(row);
}

/** null: there already. */
export function addContact(db: WritableDb, contact: Omit<StoredContact, 'contactId'>): StoredContact | null {
  const { changes, id } = db.run(
    'INSERT INTO contact (account_id, address, name, created_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT (account_id, address) DO NOTHING',
    rowId(contact.accountId),
    contact.address,
    contact.name,
    contact.createdAtMs,
  );
  return changes === 0 ? null : { contactId: String(id), ...contact };
}

/** null: no such contact. */
export function renameContact(db: WritableDb, to: { contactId: string; name: string }): StoredContact | null {
  db.run('UPDATE contact SET name = ? WHERE contact_id = ?', to.name, rowId(to.contactId));
  return getContact(db, to);
}

/** Its conversation stays. */
export function removeContact(db: WritableDb, of: { contactId: string }): boolean {
  return db.run('DELETE FROM contact WHERE contact_id = ?', rowId(of.contactId)).changes > 0;
}
