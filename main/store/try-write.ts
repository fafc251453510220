// Finds out whether the database takes a commit.
import type { WritableDb } from './database.ts';

/** Writes one page, and changes nothing: what stands there is written again. */
export function tryWrite(db: WritableDb): void {
  const version = db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  db.run(`PRAGMA user_version = ${version}`);
}
