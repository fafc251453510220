// Takes the words of deleted messages out of the indexes for good, and gives freed pages back to the system, in small steps.
import type { ReadableDb, WritableDb } from './database.ts';
import { mergePages, stopMerging } from './merge-index.ts';

/** Pages of an index written in one step: some ten milliseconds. */
const MERGE_PAGES = 16;
/** Free pages given back in one step. */
const VACUUM_PAGES = 64;

/** message_index.purge: 1 wanted, then which index is being merged into one segment, in which nothing deleted is left. */
const WANTED = 1;
const STAGES = [
  { purge: 2, table: 'message_gram' },
  { purge: 3, table: 'message_word' },
] as const;

export function isPurgeWanted(db: ReadableDb): boolean {
  return (db.get<{ purge: number }>('SELECT purge FROM message_index')?.purge ?? 0) > 0;
}

/** One step. false: nothing deleted is left in the indexes. More deletions meanwhile make it begin anew. */
export function purgeStep(db: WritableDb): boolean {
  const purge = db.get<{ purge: number }>('SELECT purge FROM message_index')?.purge ?? 0;
  if (purge === 0) return false;
  // It merges everything anyway.
  stopMerging(db);
  const place = purge === WANTED ? 0 : STAGES.findIndex((stage) => stage.purge === purge);
  const stage = STAGES[place];
  if (stage === undefined) return false;
  if (purge === WANTED) {
    mergePages(db, stage.table, -MERGE_PAGES);
    db.run('UPDATE message_index SET purge = ?', stage.purge);
    return true;
  }
  if (mergePages(db, stage.table, MERGE_PAGES)) return true;
  const next = STAGES[place + 1];
  if (next !== undefined) mergePages(db, next.table, -MERGE_PAGES);
  db.run('UPDATE message_index SET purge = ?', next?.purge ?? 0);
  return next !== undefined;
}

/** One step. false: the file holds no free pages. Freed pages were overwritten with zeros before (secure_delete). */
export function vacuumStep(db: WritableDb): boolean {
  const free = db.get<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0;
  if (free === 0) return false;
  // WHY one by one: it is a statement that gives back one page for each step of it, and `run` makes one step.
  for (let page = 0; page < Math.min(free, VACUUM_PAGES); page += 1) db.run('PRAGMA incremental_vacuum(1)');
  return true;
}
