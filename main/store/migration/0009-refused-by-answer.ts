// Version 9: how many messages were refused because the answer to their sender's request was to block them.
import type Database from 'better-sqlite3';

// WHY in the decision: another answer begins anew, and one that is taken back counts nothing.
export function countRefusedByAnswer(db: Database.Database): void {
  db.exec('ALTER TABLE decision ADD COLUMN refused_count INTEGER NOT NULL DEFAULT 0');
}
