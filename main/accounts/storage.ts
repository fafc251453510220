// The store as flows use it: when the disk fails the person is told once, and told again when it works.
import type { Store, ReadableDb, WritableDb } from '../store/index.ts';
import type { Clock, Timer } from '../sip/index.ts';
import { StoreFailure, tryWrite } from '../store/index.ts';
import type { Troubles } from './troubles.ts';

export interface Storage {
  /** Resolves after the durable commit; rejects with StoreFailure, which the person has been told of. */
  commit<T>(work: (db: WritableDb) => T): Promise<T>;
  /** The same for a message that comes in: what `recall` remembers stays, so `work` must change nothing that is asked there. */
  commitMessage<T>(work: (db: WritableDb) => T): Promise<T>;
  read<T>(query: (db: ReadableDb) => T): T;
  /**
   * `read`, with the answer to `question` remembered until the next `commit`, whatever that changes. `query` must always ask the same
   * for the same question, and nothing that changes with time.
   */
  recall<T extends string | number | boolean | null>(question: string, query: (db: ReadableDb) => T): T;
  /** Tries no more by itself. */
  stop(): void;
}

/** Answers remembered; beyond, all are forgotten. Strangers can write from as many addresses as they like. */
const ANSWER_LIMIT = 2_000;

/** While commits fail, one is tried this often: else nobody would hear of a mended disk before the next message. */
const TRY_AGAIN_MS = 30_000;

export function createStorage(store: Store, troubles: Pick<Troubles, 'raise' | 'clear'>, clock: Clock): Storage {
  let isStopped = false;
  let again: Timer | undefined;
  const answers = new Map<string, string | number | boolean | null>();

  function failed(error: unknown): void {
    if (!(error instanceof StoreFailure) || error.kind === 'closed') return;
    troubles.raise('storage', error.reason);
    again?.cancel();
    again = isStopped ? undefined : clock.startTimer(TRY_AGAIN_MS, () => void store.commit(tryWrite).then(worked, failed));
  }

  function worked(): void {
    again?.cancel();
    again = undefined;
    troubles.clear('storage');
  }

  async function commitMessage<T>(work: (db: WritableDb) => T): Promise<T> {
    try {
      const value = await store.commit(work);
      worked();
      return value;
    } catch (error) {
      failed(error);
      throw error;
    }
  }

  return {
    commit: (work) =>
      // WHY within the work: whoever asks after the COMMIT, but before its promise tells of it, must hear what is new.
      commitMessage((db) => {
        answers.clear();
        return work(db);
      }).finally(() => answers.clear()),
    commitMessage,
    read: (query) => store.read(query),
    stop() {
      isStopped = true;
      again?.cancel();
    },
    recall(question, query) {
      const known = answers.get(question);
      if (known !== undefined) return known as ReturnType<typeof query>;
      const answer = store.read(query);
      if (answers.size >= ANSWER_LIMIT) answers.clear();
      answers.set(question, answer);
      return answer;
    },
  };
}

/** The sentence for a person when storing failed, or undefined when the error is of another kind. */
export function storageReason(error: unknown): string | undefined {
  return error instanceof StoreFailure ? error.reason : undefined;
}
