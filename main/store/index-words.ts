// Brings the word and gram indexes up to date with the messages added since; deletions and changes of text are followed by triggers (migration 0003).
import type { ReadableDb, WritableDb } from './database.ts';
import { indexesGrew, mergeSome, stopMerging } from './merge-index.ts';
import { INDEX_TABLES } from './migration/0003-search-indexes.ts';
import { INDEX_SETTINGS } from './migration/0007-lean-messages.ts';
import { toStoreFailure, StoreFailure } from './store-failure.ts';

/** So many new messages wait for the indexes at least: each time writes several pages, whatever the number. */
const WAITING_LIMIT = 1_024;
/** Messages of a backlog indexed at a time at most: about 5 ms, and some more for merging. */
const STEP_LIMIT = 256;
/** After a transaction of many messages: all of them, or the rest would grow. When more wait, it is a backlog, which goes step by step. */
const GROUP_LIMIT = 1_536;
/** Characters indexed at a time, about: a few texts of the greatest length take as long as many short ones. */
const STEP_LENGTH = 64 * 1024;

// WHY newest first: their places ascend then, and an index takes what ascends in one go.
const INDEX_WORDS = `INSERT INTO message_word (rowid, text, scope)
  SELECT place, text, scope FROM message_word_source WHERE message_id > ? AND message_id <= ? ORDER BY message_id DESC`;
// WHY not left to the triggers: each statement begins a savepoint, at which an index writes out what it holds, so that a hundred
// deletions wrote a hundred times; and it takes only what ascends in one go.
const FORGET_WORDS = `INSERT INTO message_word (message_word, rowid, text, scope)
  SELECT 'delete', place, text, scope FROM message_word_source
  WHERE message_id IN (SELECT value FROM json_each(?)) AND message_id <= (SELECT indexed_to FROM message_index) ORDER BY message_id DESC`;
const FORGET_GRAMS = `INSERT INTO message_gram (message_gram, rowid, text, conversation, account, span)
  SELECT 'delete', place, text, conversation, account, span FROM message_gram_source
  WHERE message_id IN (SELECT value FROM json_each(?)) AND message_id <= (SELECT indexed_to FROM message_index) ORDER BY message_id DESC`;
const INDEX_GRAMS = `INSERT INTO message_gram (rowid, text, conversation, account, span)
  SELECT place, text, conversation, account, span FROM message_gram_source WHERE message_id > ? AND message_id <= ? ORDER BY message_id DESC`;

export interface IndexProgress {
  readonly indexedTo: number;
  readonly newest: number;
}

export function getIndexProgress(db: ReadableDb): IndexProgress {
  const row = db.get<{ indexed_to: number; newest: number | null }>(
    'SELECT indexed_to, (SELECT max(message_id) FROM message) AS newest FROM message_index',
  );
  return { indexedTo: row?.indexed_to ?? 0, newest: row?.newest ?? 0 };
}

export function isIndexBehind(db: ReadableDb): boolean {
  const { indexedTo, newest } = getIndexProgress(db);
  return newest > indexedTo;
}

/** Deletes many messages at once, and their words with them. Summaries of conversations are the caller's. */
export function deleteMessageRows(db: WritableDb, ids: readonly number[]): void {
  const list = JSON.stringify(ids);
  db.run(FORGET_WORDS, list);
  db.run(FORGET_GRAMS, list);
  indexesGrew(db);
  db.run('UPDATE message_index SET purge = 1, is_bulk = 1');
  db.run('DELETE FROM message WHERE message_id IN (SELECT value FROM json_each(?))', list);
  db.run('UPDATE message_index SET is_bulk = 0');
}

/** The last message of the next step. */
function stepEnd(db: WritableDb, { indexedTo, newest }: IndexProgress, limit: number): number {
  // Usually so few wait that there is nothing to choose.
  const rows = db.all<{ message_id: number; length: number }>(
    'SELECT message_id, length(text) AS length FROM message m WHERE m.message_id > ? ORDER BY m.message_id LIMIT ?',
    indexedTo,
    limit,
  );
  let length = 0;
  const cut = rows.find((row) => (length += row.length) >= STEP_LENGTH);
  return cut?.message_id ?? (rows.length < limit ? newest : (rows.at(-1)?.message_id ?? newest));
}

function indexStep(db: WritableDb, progress: IndexProgress, limit = STEP_LIMIT): void {
  const end = stepEnd(db, progress, limit);
  db.run(INDEX_WORDS, progress.indexedTo, end);
  db.run(INDEX_GRAMS, progress.indexedTo, end);
  db.run('UPDATE message_index SET indexed_to = ?', end);
  indexesGrew(db);
}

/** Transactions that have had a step already. WHY: two in one would hold the event loop twice as long. */
const stepped = new WeakSet<WritableDb>();

function stepAtEnd(db: WritableDb): void {
  const hadStep = stepped.has(db);
  const progress = getIndexProgress(db);
  const waiting = progress.newest - progress.indexedTo;
  const limit = waiting > GROUP_LIMIT ? STEP_LIMIT : GROUP_LIMIT;
  const isStep = !hadStep && waiting >= WAITING_LIMIT;
  if (isStep) indexStep(db, progress, limit);
  if (hadStep) mergeSome(db, STEP_LIMIT);
  else mergeSome(db, isStep ? Math.min(waiting, limit) : 0);
}

/**
 * Called at the end of each transaction: indexes some of those that wait once there are enough of them, and merges a little.
 * A damaged index, or a disk with no room for it, takes back the indexing only: messages are stored without it, and wait on.
 * That needs a savepoint, which costs as much as the indexing, so it is only set when `isCareful`: in the second try.
 * WHY at the end: while the index holds something unwritten, every savepoint makes it write that out.
 */
export function indexWhenEnoughWait(db: WritableDb, isCareful: boolean): void {
  if (isCareful) indexCarefully(db);
  else stepAtEnd(db);
  stepped.delete(db);
}

function indexCarefully(db: WritableDb): void {
  db.run('SAVEPOINT words');
  try {
    stepAtEnd(db);
  } catch (error) {
    // Throws in turn when SQLite ended the whole transaction; then nothing of the group is kept.
    db.run('ROLLBACK TO words');
    stopMerging(db);
    if (isDamage(error)) resetIndexes(db);
  }
  db.run('RELEASE words');
}

/** Indexes some of those that wait; gives how many messages are still to come at most. Done before each search, and after opening. */
export function indexSome(db: WritableDb): number {
  const progress = getIndexProgress(db);
  if (progress.newest <= progress.indexedTo) return 0;
  indexStep(db, progress);
  stepped.add(db);
  return progress.newest - getIndexProgress(db).indexedTo;
}

function isDamage(error: unknown): boolean {
  const failure = toStoreFailure(error);
  return failure instanceof StoreFailure && failure.kind === 'corrupt';
}

/**
 * Makes both indexes anew and empty; every message waits for them again. For damaged ones.
 * Throws when they cannot even be dropped: then the damage is in the file itself.
 */
export function resetIndexes(db: WritableDb): void {
  db.run('DROP TABLE message_word');
  db.run('DROP TABLE message_gram');
  for (const statement of (INDEX_TABLES + INDEX_SETTINGS).split(';')) if (statement.trim() !== '') db.run(statement);
  db.run('UPDATE message_index SET indexed_to = 0, purge = 0');
}
