// Opening the database: what may be opened is opened, brought up to date and set to durable; what may not is refused untouched.
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { checkDatabase } from './check-database.ts';
import { createReadableDb, createWritableDb } from './database.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import type { GroupCommit } from './group-commit.ts';
import { indexWhenEnoughWait, resetIndexes } from './index-words.ts';
import { createLogKeeper, LAST_RESORT_PAGES } from './log-keeper.ts';
import type { LogKeeper } from './log-keeper.ts';
import { forgetKnownKeys } from './message-seen.ts';
import { migrate, MIGRATIONS } from './migration/list.ts';
import { StoreFailure, toStoreFailure } from './store-failure.ts';
import type { StoreFailureKind } from './store-failure.ts';

/** "WWRD", in the file's header: tells our databases from those of other programs. */
export const APPLICATION_ID = 0x57575244;
/** How long a call waits for another process' lock. It holds the event loop, so it is short. */
const BUSY_TIMEOUT_MS = 500;
/** Files up to this size are checked whole at each start: that takes some milliseconds. Larger ones by the worker, after the start. */
export const QUICK_CHECK_BYTES = 4 * 1024 * 1024;
/** Pages of 4096 bytes in the cache: 16 MB, enough for the inner pages of a million messages. Negative: in KiB. */
const CACHE_SIZE = -16_384;
/** After something large the write-ahead log shrinks back to this. */
const LOG_SIZE_LIMIT_BYTES = 64 * 1024 * 1024;

export interface Store {
  /**
   * Resolves after the durable COMMIT. `work` must be synchronous. What it does outside of the database is not taken back when it
   * fails, and it is run a second time when another work of its group fails. Rejects with what `work` threw, or with StoreFailure.
   */
  commit<T>(work: (db: WritableDb) => T): Promise<T>;
  /** Sees everything committed. Throws StoreFailure. */
  read<T>(query: (db: ReadableDb) => T): T;
  /** Writes the log back into the file and empties it, so that what was deleted is not in it either. false: a reader needs it still. */
  sweepLog(): boolean;
  /** Commits what is queued, then closes; later commits reject with kind 'closed'. Idempotent. */
  close(): void;
}

export type OpenFailureReason = 'newer-version' | 'not-ours' | 'corrupt' | 'locked' | 'not-writable' | 'full' | 'io';
export type OpenFailure = { kind: 'failure'; reason: OpenFailureReason; text: string };
export type OpenResult = { kind: 'ok'; store: Store } | OpenFailure;

export interface OpenOptions {
  /** Runs the callback when this turn of the event loop has been read empty: setImmediate. */
  readonly defer: (callback: () => void) => void;
  readonly busyTimeoutMs?: number;
}

const REASON_BY_KIND: Readonly<Record<StoreFailureKind, OpenFailureReason>> = {
  full: 'full',
  busy: 'locked',
  io: 'io',
  corrupt: 'corrupt',
  'read-only': 'not-writable',
  closed: 'io',
};

function failure(reason: OpenFailureReason, text: string): OpenFailure {
  return { kind: 'failure', reason, text };
}
const NEWER = failure('newer-version', 'The message database was written by a newer version of Watchword. Update Watchword to open it.');
const NOT_OURS = failure('not-ours', 'The file in place of the message database belongs to another program.');
const DAMAGED = failure('corrupt', 'The message database is damaged.');

/** The file beside the database that says it was found damaged while it was in use: it is salvaged at the next start. */
export function damageMark(path: string): string {
  return `${path}.damaged`;
}

const NO_PROBLEM = { problem: null, isIndexOnly: false };

interface Header {
  readonly size: number;
  readonly failure: OpenFailure | null;
}

function judgeVersion(applicationId: number, version: number): OpenFailure | null {
  if (applicationId !== APPLICATION_ID) return NOT_OURS;
  return version > MIGRATIONS.length ? NEWER : null;
}

/** Looks at the file's first bytes without opening it as a database, so that a refused one keeps every byte and gets no file beside it. */
function readHeader(path: string): Header {
  // WHY 0600: the history is for its owner's eyes; SQLite gives the files beside it the same mode.
  const file = openSync(path, 'a+', 0o600);
  try {
    const header = Buffer.alloc(100);
    const length = readSync(file, header, 0, header.length, 0);
    const { size } = fstatSync(file);
    if (length === 0) return { size, failure: null };
    const isSqlite = length === 100 && header.toString('latin1', 0, 16) === 'SQLite format 3\0';
    return { size, failure: isSqlite ? judgeVersion(header.readUInt32BE(68), header.readUInt32BE(60)) : DAMAGED };
  } finally {
    closeSync(file);
  }
}

function setUp(db: Database.Database, isNew: boolean, size: number): OpenFailure | null {
  if (isNew) {
    // Both must stand before the first table.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma(`application_id = ${APPLICATION_ID}`);
  } else {
    // WHY again: the newest header may still be in the write-ahead log.
    const refused = judgeVersion(
      Number(db.pragma('application_id', { simple: true })),
      Number(db.pragma('user_version', { simple: true })),
    );
    if (refused !== null) return refused;
  }
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // SECURITY: what is deleted is overwritten.
  db.pragma('secure_delete = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma(`cache_size = ${CACHE_SIZE}`);
  db.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT_BYTES}`);
  db.pragma(`wal_autocheckpoint = ${LAST_RESORT_PAGES}`);
  const { problem, isIndexOnly } = size <= QUICK_CHECK_BYTES ? checkDatabase(db) : NO_PROBLEM;
  if (problem !== null && !isIndexOnly) return DAMAGED;
  migrate(db);
  if (isIndexOnly) db.transaction(() => resetIndexes(createWritableDb(db)))();
  return null;
}

function createStore(db: Database.Database, path: string, options: OpenOptions): Store {
  const readable = createReadableDb(db);
  const group: GroupCommit = createGroupCommit({
    ...{ db, defer: options.defer, beforeCommit: indexWhenEnoughWait, takenBack: forgetKnownKeys },
    committed: () => log.committed(),
  });
  const log: LogKeeper = createLogKeeper({ db, path, hold: (until) => group.hold(until) });
  return {
    commit: (work) => group.commit(work),
    read: (query) => {
      if (!db.open) throw new StoreFailure('closed');
      try {
        return query(readable);
      } catch (error) {
        throw toStoreFailure(error);
      }
    },
    sweepLog: () => {
      const timeout = db.pragma('busy_timeout', { simple: true });
      // WHY: it would wait for readers, and hold the event loop.
      db.pragma('busy_timeout = 0');
      const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      db.pragma(`busy_timeout = ${Number(timeout)}`);
      return row?.busy === 0;
    },
    close: () => {
      group.end();
      log.end();
      db.close();
    },
  };
}

function toOpenFailure(error: unknown): OpenFailure {
  const mapped = toStoreFailure(error);
  if (mapped instanceof StoreFailure) return failure(REASON_BY_KIND[mapped.kind], mapped.reason);
  const text = error instanceof Error ? error.message : String(error);
  return failure('not-writable', `The message database can not be opened: ${text}`);
}

/**
 * Opens or makes the database at `path`; the folder must be there. Never throws for what a machine or a person can cause.
 * A database of a newer version or of another program is not touched.
 */
export function openStore(path: string, options: OpenOptions): OpenResult {
  let db: Database.Database | null = null;
  try {
    const header = readHeader(path);
    if (header.failure !== null) return header.failure;
    if (existsSync(damageMark(path))) return DAMAGED;
    db = new Database(path, { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS });
    const refused = setUp(db, header.size === 0, header.size);
    if (refused !== null) {
      db.close();
      return refused;
    }
    return { kind: 'ok', store: createStore(db, path, options) };
  } catch (error) {
    db?.close();
    return toOpenFailure(error);
  }
}
