// Going through the whole file for damage. A million messages take a second or two, so large ones are checked in the worker.
import type Database from 'better-sqlite3';

/** Enough to tell whether only an index is damaged. */
const PROBLEM_LIMIT = 20;
/** What SQLite says of an index of words; those are made anew instead. */
const INDEX_PROBLEM = /fts5/iu;

/** What is damaged, or null. `isIndexOnly`: messages are whole, an index of them is not. */
export function checkDatabase(db: Database.Database): { problem: string | null; isIndexOnly: boolean } {
  const rows = db.pragma(`quick_check(${PROBLEM_LIMIT})`) as { quick_check: string }[];
  const problems = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
  return {
    problem: problems.length === 0 ? null : problems.join('; '),
    isIndexOnly: problems.length > 0 && problems.every((text) => INDEX_PROBLEM.test(text)),
  };
}
