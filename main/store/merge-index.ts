// Merges the segments of the two indexes some pages at a time, so that no transaction has to merge many of them.
import type { WritableDb } from './database.ts';

/** Pages merged at the end of a transaction while there is something to merge: some milliseconds. */
const PAGES = 32;
/** Messages that make one page more. Each is written again two or three times, and forty fill a page: so the segments stay few. */
const MESSAGES_PER_PAGE = 8;
/** Pages of the index of words for each of the other: about as they grow. */
const WORD_SHARE = 4;

/** Databases whose indexes may have segments to merge. */
const behind = new WeakSet<WritableDb>();

function changesOf(db: WritableDb, work: () => void): number {
  const count = (): number => db.row<readonly [changes: number]>('SELECT total_changes()')?.[0] ?? 0;
  const before = count();
  work();
  return count() - before;
}

/**
 * https://sqlite.org/fts5.html#the_merge_command: a negative number begins merging everything, a positive one goes on, or begins
 * where there are enough segments of a size. false: there was nothing to do.
 */
export function mergePages(db: WritableDb, table: 'message_word' | 'message_gram', pages: number): boolean {
  return changesOf(db, () => db.run(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`, pages)) >= 2;
}

/** Something was written to the indexes. */
export function indexesGrew(db: WritableDb): void {
  behind.add(db);
}

/** Nothing is to be merged until more is written. */
export function stopMerging(db: WritableDb): void {
  behind.delete(db);
}

/** `indexed`: messages indexed in the same transaction. */
export function mergeSome(db: WritableDb, indexed: number): void {
  if (!behind.has(db)) return;
  const pages = PAGES + Math.ceil(indexed / MESSAGES_PER_PAGE);
  if (mergePages(db, 'message_gram', pages)) return;
  if (mergePages(db, 'message_word', Math.ceil(pages / WORD_SHARE))) return;
  behind.delete(db);
}
