// Another program holds a database: a commit fails as it does on a full disk.
import Database from 'better-sqlite3';

/** Returns how it lets go. */
export function holdDatabase(databaseFile: string): () => void {
  const intruder = new Database(databaseFile);
  intruder.exec('BEGIN IMMEDIATE');
  return () => {
    intruder.exec('ROLLBACK');
    intruder.close();
  };
}
