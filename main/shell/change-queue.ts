// Changes on their way to the page: they wait until it listens, in order. Free of Electron.
import type { PageChange } from '../../app/bridge/shell-contract.ts';

/** A page that never listens must not fill the memory. It reads everything anew when it starts, so the oldest may go. */
const WAITING_LIMIT = 1_000;

export interface ChangeQueue {
  push(change: PageChange): void;
  /** The page listens now. */
  open(): void;
  /** The page is loaded anew: what waited for the old one is worth nothing. */
  reset(): void;
}

export function createChangeQueue(deliver: (change: PageChange) => void): ChangeQueue {
  let waiting: PageChange[] = [];
  let isOpen = false;
  return {
    push(change) {
      if (isOpen) return deliver(change);
      waiting.push(change);
      if (waiting.length > WAITING_LIMIT) waiting.shift();
    },
    open() {
      isOpen = true;
      const due = waiting;
      waiting = [];
      for (const change of due) deliver(change);
    },
    reset() {
      isOpen = false;
      waiting = [];
    },
  };
}
