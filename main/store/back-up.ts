// A copy of the database while it is in use: the state of one moment, written aside and put in place when it is whole.
import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { JobFailure } from './history-job.ts';
import type { HistoryJob, JobContext, JobResult } from './history-job.ts';

/** Pages copied between two looks at whether to go on: a megabyte. */
const STEP_PAGES = 256;

export async function backUp(
  db: Database.Database,
  { path }: HistoryJob & { kind: 'backup' },
  { databasePath, isCancelled, progress }: JobContext,
): Promise<JobResult['backup']> {
  if (path === databasePath) throw new JobFailure('file', 'The copy can not be the message database itself.');
  const part = `${path}.part`;
  rmSync(part, { force: true });
  // WHY a read transaction: without it each commit of the main process makes the copy begin anew.
  db.exec('BEGIN');
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages, totalPages);
        if (isCancelled()) throw new JobFailure('cancelled', '');
        return STEP_PAGES;
      },
    });
    // SECURITY: the history is for its owner's eyes.
    chmodSync(part, 0o600);
    renameSync(part, path);
    return { bytes: statSync(path).size };
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    db.exec('COMMIT');
  }
}
