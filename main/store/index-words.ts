// Brings the word index up to date with the messages added since; deletions and changes of text are followed by triggers (migration 0002).
import type { WritableDb } from './database.ts';

/** So many new messages wait for the index at least, and a group's worth more: some milliseconds of work. */
const WAITING_LIMIT = 64;

const INDEX_WAITING = `INSERT INTO message_word (rowid, text, scope)
  SELECT message_id, text, scope FROM message_searchable WHERE message_id > ? ORDER BY message_id`;

function waiting(db: WritableDb): { indexed_to: number; newest: number } {
  const row = db.get<{ indexed_to: number; newest: number | null }>(
    'SELECT indexed_to, (SELECT max(message_id) FROM message) AS newest FROM message_word_progress',
  );
  return { indexed_to: row?.indexed_to ?? 0, newest: row?.newest ?? 0 };
}

function indexFrom(db: WritableDb, { indexed_to: from, newest }: { indexed_to: number; newest: number }): void {
  db.run(INDEX_WAITING, from);
  db.run('UPDATE message_word_progress SET indexed_to = ?', newest);
}

/**
 * Called at the end of each transaction: indexes those that wait once there are enough of them.
 * A damaged index, or a disk with no room for it, takes back the indexing only: messages are stored without it, and wait on.
 * WHY at the end: while the index holds something unwritten, every savepoint makes it write that out.
 */
export function indexWhenEnoughWait(db: WritableDb): void {
  const range = waiting(db);
  if (range.newest - range.indexed_to < WAITING_LIMIT) return;
  db.run('SAVEPOINT words');
  try {
    indexFrom(db, range);
  } catch {
    // Throws in turn when SQLite ended the whole transaction; then nothing of the group is kept.
    db.run('ROLLBACK TO words');
  }
  db.run('RELEASE words');
}

/** Indexes all that wait. Called before each search, so that it finds everything. */
export function indexWaiting(db: WritableDb): void {
  const range = waiting(db);
  if (range.newest > range.indexed_to) indexFrom(db, range);
}
