// Group commit: works that arrive together share one transaction and one sync of the disk; none resolves before its COMMIT.
import type Database from 'better-sqlite3';
import type { WritableDb } from './database.ts';
import { StoreFailure, toStoreFailure } from './store-failure.ts';

/** Works in one transaction at most, so that a flood does not hold the event loop for long: 500 messages take about 30 ms. */
const GROUP_LIMIT = 500;

interface Job {
  readonly work: (db: WritableDb) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}
type Outcome = { readonly kind: 'done'; readonly value: unknown } | { readonly kind: 'failed'; readonly error: unknown };

export interface GroupCommit {
  commit<T>(work: (db: WritableDb) => T): Promise<T>;
  /** Commits all that is queued, now; later commits reject. */
  end(): void;
}

function runWork(job: Job, writable: WritableDb): unknown {
  const value = job.work(writable);
  if (value instanceof Promise) throw new Error('A work must not be asynchronous: the transaction would end before it.');
  return value;
}

/** Each work in a savepoint of its own: one that throws takes back its own rows only. */
function runApart(jobs: readonly Job[], db: Database.Database, writable: WritableDb): Outcome[] {
  return jobs.map((job) => {
    writable.run('SAVEPOINT work');
    try {
      const value = runWork(job, writable);
      writable.run('RELEASE work');
      return { kind: 'done', value };
    } catch (error) {
      // WHY: after a full disk or an I/O error SQLite may have ended the whole transaction; then nothing of this group is kept.
      if (!db.inTransaction) throw error;
      writable.run('ROLLBACK TO work');
      writable.run('RELEASE work');
      return { kind: 'failed', error };
    }
  });
}

interface Doors {
  readonly db: Database.Database;
  readonly writable: WritableDb;
  /** Runs its callback once what has arrived by now was read, e.g. setImmediate: that is what makes a group. */
  readonly defer: (callback: () => void) => void;
  /** Done once at the end of each transaction; when it throws, the whole group fails. */
  readonly beforeCommit: (db: WritableDb) => void;
}

/** All in one transaction; a single work needs no savepoint beside it. */
function runGroup(jobs: readonly Job[], { db, writable, beforeCommit }: Doors): Outcome[] {
  const [first] = jobs;
  try {
    db.exec('BEGIN IMMEDIATE');
    const outcomes: Outcome[] =
      jobs.length === 1 && first !== undefined ? [{ kind: 'done', value: runWork(first, writable) }] : runApart(jobs, db, writable);
    beforeCommit(writable);
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    return jobs.map(() => ({ kind: 'failed', error }));
  }
}

export function createGroupCommit(doors: Doors): GroupCommit {
  const queue: Job[] = [];
  let isDeferred = false;
  let isEnded = false;

  const flush = (): void => {
    const jobs = queue.splice(0, GROUP_LIMIT);
    if (jobs.length === 0) return;
    const outcomes = runGroup(jobs, doors);
    jobs.forEach((job, index) => {
      const outcome = outcomes[index];
      if (outcome?.kind === 'done') job.resolve(outcome.value as never);
      else job.reject(toStoreFailure(outcome?.error));
    });
  };
  const onTurn = (): void => {
    isDeferred = false;
    flush();
    if (queue.length > 0) deferFlush();
  };
  const deferFlush = (): void => {
    if (isDeferred || isEnded) return;
    isDeferred = true;
    doors.defer(onTurn);
  };
  return {
    commit: (work) =>
      new Promise((resolve, reject) => {
        if (isEnded) {
          reject(new StoreFailure('closed'));
          return;
        }
        queue.push({ work, resolve, reject });
        deferFlush();
      }),
    end: () => {
      isEnded = true;
      while (queue.length > 0) flush();
    },
  };
}
