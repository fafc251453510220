// Keeps the write-ahead log short: what it holds is written back into the file in a thread of its own, not while a message waits.
import type Database from 'better-sqlite3';
import { createHistoryThread } from './history-thread.ts';
import type { HistoryThread } from './history-thread.ts';

/** Transactions between two looks at the log's length. */
const LOOK_EVERY = 16;
/** Pages of 4096 bytes worth writing back: each time ends with a sync of the file. */
const WORTH_PAGES = 1_000;
/**
 * The log begins anew only when all of it is written back, which never is while more comes. So when it is this long (32 MB), commits
 * wait for once, beside the event loop.
 */
const LIMIT_PAGES = 8_192;
/** When nothing helps, e.g. a reader needs the log for long, or there is no thread: SQLite itself then tries within each commit. */
export const LAST_RESORT_PAGES = 2 * LIMIT_PAGES;

interface LogRow {
  readonly log: number;
  readonly checkpointed: number;
}

export interface LogKeeper {
  /** After each transaction. Never throws. */
  committed(): void;
  /** What is under way may end by itself. */
  end(): void;
}

interface Doors {
  readonly db: Database.Database;
  readonly path: string;
  /** Lets no transaction begin before the promise settles. */
  readonly hold: (until: Promise<unknown>) => void;
}

export function createLogKeeper({ db, path, hold }: Doors): LogKeeper {
  // Reads two numbers of the shared index, and does nothing.
  const look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  let thread: HistoryThread | undefined;
  let running: Promise<LogRow> | undefined;
  let isHolding = false;
  let sinceLook = 0;
  let holdFrom = LIMIT_PAGES;
  let isOver = false;

  function writeBack(): Promise<LogRow> {
    thread ??= createHistoryThread(path);
    const result = thread.run<'checkpoint'>({ kind: 'checkpoint' }).result;
    running = result;
    const done = (): void => {
      running = undefined;
      if (isOver) void thread?.end();
    };
    result.then(done, done);
    return result;
  }

  /** WHY held: nothing is added meanwhile, so all is written back, and the next transaction begins the log anew. */
  async function finish(): Promise<void> {
    try {
      await running;
      const { log, checkpointed } = isOver ? { log: 0, checkpointed: 0 } : await writeBack();
      // A reader needs the rest of it.
      holdFrom = checkpointed < log ? log + LIMIT_PAGES : LIMIT_PAGES;
    } catch {
      // No thread, or the disk fails, which the next commit tells of.
      holdFrom = Infinity;
    } finally {
      isHolding = false;
    }
  }

  function keepShort({ log, checkpointed }: LogRow): void {
    if (log >= holdFrom) {
      isHolding = true;
      hold(finish());
    } else if (running === undefined && log - checkpointed >= WORTH_PAGES) {
      writeBack().catch(() => (holdFrom = Infinity));
    }
  }

  return {
    committed() {
      sinceLook += 1;
      if (sinceLook < LOOK_EVERY || isHolding || isOver) return;
      sinceLook = 0;
      try {
        keepShort(look.get() as LogRow);
      } catch {
        // Whatever is wrong with the database, the next commit tells of it.
      }
    },
    end() {
      isOver = true;
      if (running === undefined) void thread?.end();
    },
  };
}
