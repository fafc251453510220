// Work that must not overlap: each begins when the one before it has ended, however that ended.
import { CallFailure } from '../../app/bridge/failure.ts';

export interface Turns {
  /** Rejects as `work` does; with CallFailure `refused` when `end` came before its turn. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Work under way must look again after each wait. */
  isOver(): boolean;
  /** Nothing begins any more. Resolves when what was under way has ended. */
  end(): Promise<void>;
}

export function createTurns(): Turns {
  let last = Promise.resolve();
  let isOver = false;
  return {
    take(work) {
      const result = last.then(() => {
        if (isOver) throw new CallFailure({ kind: 'refused', reason: 'The program is ending.' });
        return work();
      });
      last = result.then(
        () => undefined,
        () => undefined,
      );
      return result;
    },
    isOver: () => isOver,
    end() {
      isOver = true;
      return last;
    },
  };
}
