// Brings the word index up to date with the messages added since; deletions and changes of text are followed by triggers (migration 0002).
import type { WritableDb } from './database.ts';

/** So many new messages wait for the index at most: few enough to be indexed in a millisecond or two. */
const WAITING_LIMIT = 64;

const INDEX_WAITING = `INSERT INTO message_word (rowid, text, scope)
  SELECT message_id, text, scope FROM message_searchable WHERE message_id > ? ORDER BY message_id`;

function indexedTo(db: WritableDb): number {
  return db.get<{ indexed_to: number }>('SELECT indexed_to FROM message_word_progress')?.indexed_to ?? 0;
}

/** To be called after each added message, with its row id: indexes those that wait once there are enough of them. */
export function indexWhenEnoughWait(db: WritableDb, addedId: number): void {
  if (addedId - indexedTo(db) >= WAITING_LIMIT) indexWaiting(db);
}

/** Indexes all that wait. Called before each search, so that it finds everything. */
export function indexWaiting(db: WritableDb): void {
  const from = indexedTo(db);
  const newest = db.get<{ id: number | null }>('SELECT max(message_id) AS id FROM message')?.id ?? 0;
  if (newest <= from) return;
  db.run(INDEX_WAITING, from);
  db.run('UPDATE message_word_progress SET indexed_to = ?', newest);
}
