// The store as flows use it: when the disk fails the person is told once, and told again when it works.
import type { Store, ReadableDb, WritableDb } from '../store/index.ts';
import { StoreFailure } from '../store/index.ts';
import type { Announce } from './broadcast.ts';

export interface Storage {
  /** Resolves after the durable commit; rejects with StoreFailure, which the person has been told of. */
  commit<T>(work: (db: WritableDb) => T): Promise<T>;
  read<T>(query: (db: ReadableDb) => T): T;
}

export function createStorage(store: Store, announce: Announce): Storage {
  let isInTrouble = false;

  function failed(error: unknown): void {
    if (!(error instanceof StoreFailure) || error.kind === 'closed') return;
    isInTrouble = true;
    announce({ type: 'trouble-changed', trouble: { kind: 'storage', reason: error.reason } });
  }

  function worked(): void {
    if (!isInTrouble) return;
    isInTrouble = false;
    announce({ type: 'trouble-changed', trouble: null });
  }

  return {
    async commit(work) {
      try {
        const value = await store.commit(work);
        worked();
        return value;
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    read: (query) => store.read(query),
  };
}

/** The sentence for a person when storing failed, or undefined when the error is of another kind. */
export function storageReason(error: unknown): string | undefined {
  return error instanceof StoreFailure ? error.reason : undefined;
}
