// The asker's side of the history worker: starts the thread when it is first needed, gives it one job at a time, ends it.
import { Worker } from 'node:worker_threads';
import { JobFailure } from './history-job.ts';
import type { AskerWord, HistoryJob, HistoryRecord, JobResult, WorkerStart, WorkerWord } from './history-job.ts';

export interface JobEvents {
  readonly onProgress?: (done: number, total: number) => void;
  /** The worker waits with the next batch until this resolves; when it rejects, the job fails with that. */
  readonly onBatch?: (records: readonly HistoryRecord[]) => Promise<void>;
}

export interface RunningJob<Kind extends HistoryJob['kind']> {
  /** Rejects with JobFailure. */
  readonly result: Promise<JobResult[Kind]>;
  /** The job ends soon, with JobFailure of kind `cancelled`. */
  cancel(): void;
}

export interface HistoryThread {
  /** Only when the one before is done. */
  run<Kind extends HistoryJob['kind']>(job: HistoryJob & { kind: Kind }, events?: JobEvents): RunningJob<Kind>;
  /** Resolves when the thread is gone, its connection closed. A running job fails as `cancelled`. */
  end(): Promise<void>;
}

/** The source itself, or beside the bundle the file of the same name. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './history-worker.ts' : './history-worker.js', import.meta.url);
}

interface Asked {
  readonly id: number;
  readonly events: JobEvents;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export function createHistoryThread(databasePath: string): HistoryThread {
  const cancelled = new SharedArrayBuffer(4);
  const cancelledId = new Int32Array(cancelled);
  let worker: Worker | undefined;
  let asked: Asked | undefined;
  let lastId = 0;
  let isEnded = false;

  function settle(act: (of: Asked) => void): void {
    const of = asked;
    asked = undefined;
    // WHY: an idle thread must not keep the program from ending.
    worker?.unref();
    if (of !== undefined) act(of);
  }
  const fail = (error: unknown): void => {
    settle(({ reject }) => {
      reject(error);
    });
  };

  function take(events: JobEvents, word: WorkerWord & { kind: 'batch' }): void {
    const next = (): void => void worker?.postMessage({ id: word.id, kind: 'next' } satisfies AskerWord);
    (events.onBatch?.(word.records) ?? Promise.resolve()).then(next, (error: unknown) => {
      Atomics.store(cancelledId, 0, word.id);
      next();
      fail(error);
    });
  }

  function hear(word: WorkerWord): void {
    if (asked?.id !== word.id) return;
    if (word.kind === 'progress') asked.events.onProgress?.(word.done, word.total);
    else if (word.kind === 'batch') take(asked.events, word);
    else if (word.kind === 'failed') fail(new JobFailure(word.failure, word.text));
    else
      settle(({ resolve }) => {
        resolve(word.value as never);
      });
  }

  function start(): Worker {
    const started = new Worker(workerFile(), { workerData: { databasePath, cancelled } satisfies WorkerStart });
    started.on('message', hear);
    started.on('error', (error) => {
      fail(new JobFailure('internal', error instanceof Error ? (error.stack ?? error.message) : String(error)));
    });
    started.on('exit', () => {
      // The next job starts another one.
      if (worker === started) worker = undefined;
      fail(new JobFailure('cancelled', ''));
    });
    return started;
  }

  return {
    run: (job, events = {}) => {
      lastId += 1;
      const id = lastId;
      const result = new Promise<never>((resolve, reject) => {
        if (isEnded || asked !== undefined) {
          reject(new JobFailure(isEnded ? 'closed' : 'internal', isEnded ? '' : 'A job is running.'));
          return;
        }
        asked = { id, events, resolve, reject };
        worker ??= start();
        worker.ref();
        worker.postMessage({ id, kind: 'job', job } satisfies AskerWord);
      });
      return { result, cancel: () => void Atomics.store(cancelledId, 0, id) };
    },
    end: async () => {
      isEnded = true;
      await worker?.terminate();
    },
  };
}
