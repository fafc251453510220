// The worker thread for what must not hold the main process: searching, checking, exporting, reading an import, backup, salvage, the log.
// One job at a time, on a read-only connection of its own.
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { backUp } from './back-up.ts';
import { checkDatabase } from './check-database.ts';
import { createReadableDb } from './database.ts';
import type { ReadableDb } from './database.ts';
import { exportHistory } from './export-history.ts';
import { systemWords } from './file-words.ts';
import { JobFailure } from './history-job.ts';
import type { AskerWord, HistoryJob, JobContext, JobResult, WorkerStart, WorkerWord } from './history-job.ts';
import { readHistoryFile } from './read-history-file.ts';
import { salvageDatabase } from './salvage-database.ts';
import { searchMessages } from './search.ts';
import { StoreFailure, toStoreFailure } from './store-failure.ts';

const { databasePath, cancelled } = workerData as WorkerStart;
const cancelledId = new Int32Array(cancelled);
/** As in the main process: the inner pages of a million messages. */
const CACHE_SIZE_KIB = 16_384;

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');
const say = (word: WorkerWord): void => port.postMessage(word);

let connection: Database.Database | undefined;
let readable: ReadableDb | undefined;
let takeNext: (() => void) | undefined;

function open(): Database.Database {
  connection ??= new Database(databasePath, { readonly: true, fileMustExist: true });
  connection.pragma(`cache_size = -${CACHE_SIZE_KIB}`);
  return connection;
}
function read(): ReadableDb {
  readable ??= createReadableDb(open());
  return readable;
}

function contextOf(id: number): JobContext {
  return {
    databasePath,
    isCancelled: () => Atomics.load(cancelledId, 0) === id,
    progress: (done, total) => {
      say({ id, kind: 'progress', done, total });
    },
    batch: (records) =>
      new Promise((resolve) => {
        takeNext = resolve;
        say({ id, kind: 'batch', records });
      }),
  };
}

/** WHY a connection for this alone: the other one may not write, and none that stays keeps the log when the program ends. */
function writeBack(): JobResult['checkpoint'] {
  const db = new Database(databasePath, { fileMustExist: true });
  try {
    const [row] = db.pragma('wal_checkpoint(PASSIVE)') as JobResult['checkpoint'][];
    return { log: row?.log ?? 0, checkpointed: row?.checkpointed ?? 0 };
  } finally {
    db.close();
  }
}

async function run(job: HistoryJob, context: JobContext): Promise<JobResult[keyof JobResult]> {
  switch (job.kind) {
    case 'search':
      return searchMessages(read(), job.of, context.isCancelled);
    case 'check':
      return checkDatabase(open());
    case 'export':
      return exportHistory(open(), job, context);
    case 'import':
      return await readHistoryFile(job, context);
    case 'backup':
      return await backUp(open(), job, context);
    case 'checkpoint':
      return writeBack();
    case 'salvage':
      return salvageDatabase(job, context);
  }
}

function failureOf(id: number, error: unknown): WorkerWord {
  if (error instanceof JobFailure) return { id, kind: 'failed', failure: error.kind, text: error.message };
  const mapped = toStoreFailure(error);
  if (mapped instanceof StoreFailure) return { id, kind: 'failed', failure: mapped.kind, text: mapped.reason };
  // Named by the system: the file of an export or import.
  if (error instanceof Error && 'syscall' in error) {
    const code = 'code' in error ? String(error.code) : error.message;
    return { id, kind: 'failed', failure: 'file', text: systemWords(code) };
  }
  return { id, kind: 'failed', failure: 'internal', text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

async function answer(id: number, job: HistoryJob): Promise<void> {
  const context = contextOf(id);
  try {
    const value = await run(job, context);
    say(context.isCancelled() ? { id, kind: 'failed', failure: 'cancelled', text: '' } : { id, kind: 'done', value });
  } catch (error) {
    say(failureOf(id, error));
  }
}

port.on('message', (word: AskerWord) => {
  if (word.kind === 'job') void answer(word.id, word.job);
  else takeNext?.();
});
