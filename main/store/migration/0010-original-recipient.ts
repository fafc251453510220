// Version 10: whom a message was for before somebody on the way changed that: reports on it say so (RFC 5438 §11.1).
import type Database from 'better-sqlite3';

export function addOriginalRecipient(db: Database.Database): void {
  db.exec('ALTER TABLE report ADD COLUMN original_to TEXT');
}
