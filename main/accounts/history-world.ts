// What the flows of the history work with: the store, its threads, and the tasks.
import type { CoreDoors } from './doors.ts';
import type { Announce } from './broadcast.ts';
import type { Storage } from './storage.ts';
import type { Troubles } from './troubles.ts';
import type { Tasks } from './tasks.ts';
import type { TaskControl } from './tasks.ts';
import { TaskEnd } from './tasks.ts';
import { createHistoryThread, JobFailure, StoreFailure } from '../store/index.ts';
import type { HistoryJob, HistoryRecord, JobResult, WritableDb } from '../store/index.ts';

export interface HistoryWorld {
  readonly doors: Pick<CoreDoors, 'clock' | 'defer' | 'log' | 'paths'>;
  readonly storage: Storage;
  readonly announce: Announce;
  readonly tasks: Tasks;
  readonly troubles: Troubles;
  /** store.sweepLog. */
  readonly sweepLog: () => boolean;
}

/** Lets everything else that waits go first. */
export function restOfTurn({ doors }: { readonly doors: Pick<CoreDoors, 'defer'> }): Promise<void> {
  return new Promise((resolve) => {
    doors.defer(resolve);
  });
}

/**
 * Commits one small step after the other until `goesOn`, asked about what was committed, gives false; other work goes on in between.
 * What counts steps belongs there: a step may run twice before it is committed. Throws TaskEnd when it is cancelled or the disk fails.
 */
export async function inSteps<T = boolean>(
  world: Pick<HistoryWorld, 'storage'> & { readonly doors: Pick<CoreDoors, 'defer'> },
  control: Pick<TaskControl, 'isCancelled'>,
  step: (db: WritableDb) => T,
  goesOn: (committed: T) => boolean = Boolean,
): Promise<void> {
  for (;;) {
    if (control.isCancelled()) throw new TaskEnd('cancelled');
    if (!goesOn(await committed(world, step))) return;
    await restOfTurn(world);
  }
}

/** One commit; a disk that fails ends the task. */
export async function committed<T>(world: Pick<HistoryWorld, 'storage'>, work: (db: WritableDb) => T): Promise<T> {
  try {
    return await world.storage.commit(work);
  } catch (error) {
    throw error instanceof StoreFailure ? new TaskEnd('failed', error.reason) : error;
  }
}

type Batch = (records: readonly HistoryRecord[]) => Promise<void>;

/** A job in a thread of its own, ended with it. Throws TaskEnd. */
export async function inThread<Kind extends HistoryJob['kind']>(
  world: Pick<HistoryWorld, 'doors'>,
  control: TaskControl,
  job: HistoryJob & { kind: Kind },
  onBatch?: Batch,
): Promise<JobResult[Kind]> {
  const thread = createHistoryThread(world.doors.paths.database);
  try {
    const running = thread.run<Kind>(job, { onProgress: control.progress, ...(onBatch !== undefined && { onBatch }) });
    control.onCancel(running.cancel);
    return await running.result;
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    if (error.kind === 'cancelled') throw new TaskEnd('cancelled');
    if (error.kind === 'internal') throw new Error(error.message, { cause: error });
    throw new TaskEnd('failed', error.message);
  } finally {
    await thread.end();
  }
}
