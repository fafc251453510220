// Searching beside the main process' other work: one search at a time in the history worker; a newer one of the same channel ends the older.
import { JobFailure } from './history-job.ts';
import type { HistoryThread, RunningJob } from './history-thread.ts';
import type { FoundMessage, SearchOf } from './search.ts';

export interface SearchBeside {
  /**
   * Rejects with JobFailure; kind `cancelled` when a newer search of the same channel came, or `cancel`.
   * A channel is e.g. one search field.
   */
  search(channel: string, of: SearchOf): Promise<readonly FoundMessage[]>;
  cancel(channel: string): void;
}

interface Waiting {
  readonly channel: string;
  readonly of: SearchOf;
  readonly resolve: (found: readonly FoundMessage[]) => void;
  readonly reject: (error: unknown) => void;
}

export function createSearchBeside(thread: HistoryThread): SearchBeside {
  let queue: Waiting[] = [];
  let running: { channel: string; job: RunningJob<'search'> } | undefined;

  function cancel(channel: string): void {
    const dropped = queue.filter((waiting) => waiting.channel === channel);
    queue = queue.filter((waiting) => waiting.channel !== channel);
    for (const { reject } of dropped) reject(new JobFailure('cancelled', ''));
    if (running?.channel === channel) running.job.cancel();
  }

  function next(): void {
    const first = running === undefined ? queue.shift() : undefined;
    if (first === undefined) return;
    const job = thread.run<'search'>({ kind: 'search', of: first.of });
    running = { channel: first.channel, job };
    const done = (act: () => void): void => {
      running = undefined;
      act();
      next();
    };
    job.result.then(
      (found) => {
        done(() => {
          first.resolve(found);
        });
      },
      (error: unknown) => {
        done(() => {
          first.reject(error);
        });
      },
    );
  }

  return {
    search: (channel, of) =>
      new Promise((resolve, reject) => {
        cancel(channel);
        queue.push({ channel, of, resolve, reject });
        next();
      }),
    cancel,
  };
}
