// Group commit: works that arrive together share one transaction and one sync of the disk; none resolves before its COMMIT.
import type Database from 'better-sqlite3';
import { createWritableDb } from './database.ts';
import type { OpenState, WritableDb } from './database.ts';
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
  /** No transaction begins before this settles, but for `end`. */
  hold(until: Promise<unknown>): void;
  /** Commits all that is queued, now; later commits reject. */
  end(): void;
}

function runWork(job: Job, writable: WritableDb): unknown {
  const value = job.work(writable);
  if (value instanceof Promise) throw new Error('A work must not be asynchronous: the transaction would end before it.');
  return value;
}

/** Each work in a savepoint of its own: one that throws takes back its own rows only. */
function runApart(jobs: readonly Job[], { db, writable, takenBack }: Group): Outcome[] {
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
      takenBack(writable);
      return { kind: 'failed', error };
    }
  });
}

function runTogether(jobs: readonly Job[], { writable }: Group): Outcome[] {
  return jobs.map((job) => ({ kind: 'done', value: runWork(job, writable) }));
}

interface Doors {
  readonly db: Database.Database;
  /** Runs its callback once what has arrived by now was read, e.g. setImmediate: that is what makes a group. */
  readonly defer: (callback: () => void) => void;
  /** Done once at the end of each transaction; when it throws, all is run again, with `isCareful`; when it throws again, the group fails. */
  readonly beforeCommit: (db: WritableDb, isCareful: boolean) => void;
  /** Something was rolled back: what was kept in memory of it no longer holds. */
  readonly takenBack: (db: WritableDb) => void;
  /** After each transaction. Must not throw. */
  readonly committed: () => void;
}

interface Group extends Doors {
  readonly state: OpenState;
  readonly writable: WritableDb;
  readonly begin: () => void;
  readonly end: () => void;
}

function openGroup(doors: Doors): Group {
  const state: OpenState = { isOpen: false };
  const [begin, end] = [doors.db.prepare('BEGIN IMMEDIATE'), doors.db.prepare('COMMIT')];
  return { ...doors, state, writable: createWritableDb(doors.db, state), begin: () => void begin.run(), end: () => void end.run() };
}

type Run = { readonly outcomes: Outcome[] } | { readonly error: unknown; readonly failedAt: 'edge' | 'work' | 'end of work' };

/** One transaction: kept whole, or taken back. */
function runTransaction(jobs: readonly Job[], group: Group, isCareful: boolean): Run {
  let failedAt: 'edge' | 'work' | 'end of work' = 'edge';
  try {
    group.begin();
    group.state.isOpen = true;
    failedAt = 'work';
    const outcomes = isCareful ? runApart(jobs, group) : runTogether(jobs, group);
    failedAt = 'end of work';
    group.beforeCommit(group.writable, isCareful);
    failedAt = 'edge';
    group.end();
    return { outcomes };
  } catch (error) {
    if (group.db.inTransaction) group.db.exec('ROLLBACK');
    group.takenBack(group.writable);
    return { error, failedAt };
  } finally {
    group.state.isOpen = false;
  }
}

/**
 * All in one transaction. WHY first without savepoints: within one SQLite keeps a copy of each page that is changed, and that is a
 * third of a group's time. Works hardly ever fail; when one does all is taken back and run again, with a savepoint for each.
 */
function runGroup(jobs: readonly Job[], group: Group): Outcome[] {
  let run = runTransaction(jobs, group, false);
  const mayHelp = 'error' in run && (run.failedAt === 'end of work' || (run.failedAt === 'work' && jobs.length > 1));
  if (mayHelp) run = runTransaction(jobs, group, true);
  if ('outcomes' in run) return run.outcomes;
  const { error } = run;
  return jobs.map(() => ({ kind: 'failed', error }));
}

export function createGroupCommit(doors: Doors): GroupCommit {
  const group = openGroup(doors);
  const queue: Job[] = [];
  let isDeferred = false;
  let isEnded = false;
  let isHeld = false;

  const flush = (): void => {
    const jobs = queue.splice(0, GROUP_LIMIT);
    if (jobs.length === 0) return;
    const outcomes = runGroup(jobs, group);
    jobs.forEach((job, index) => {
      const outcome = outcomes[index];
      if (outcome?.kind === 'done') job.resolve(outcome.value as never);
      else job.reject(toStoreFailure(outcome?.error));
    });
    doors.committed();
  };
  const onTurn = (): void => {
    isDeferred = false;
    if (isHeld) return;
    flush();
    if (queue.length > 0) deferFlush();
  };
  const deferFlush = (): void => {
    if (isDeferred || isHeld || isEnded) return;
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
    hold: (until) => {
      isHeld = true;
      const release = (): void => {
        isHeld = false;
        if (queue.length > 0) deferFlush();
      };
      until.then(release, release);
    },
    end: () => {
      isEnded = true;
      while (queue.length > 0) flush();
    },
  };
}
