// The real clock: every timer of the process waits in one heap behind a single native timer.
import type { Clock } from './clock.ts';
import type { Turns } from './read-in-turns.ts';
import { TimerHeap } from './timer-heap.ts';

/** Node fires at once when asked to wait longer than this, so a longer wait is cut in pieces. */
const LONGEST_NATIVE_DELAY_MS = 2 ** 31 - 1;

/** `report` is told, in one text, what a timer's callback throws; without it, that ends the process as any uncaught error does. */
export function createNodeClock(report?: (text: string) => void): Clock {
  const heap = new TimerHeap();
  let native: NodeJS.Timeout | undefined;
  let armedForMs = Infinity;

  /** WHY: a native timer that fires for a cancelled deadline costs less than re-arming at every cancel. */
  function arm(): void {
    const nextMs = heap.nextDeadlineMs();
    if (nextMs >= armedForMs) return;
    clearTimeout(native);
    armedForMs = nextMs;
    const delayMs = Math.min(Math.max(0, Math.ceil(nextMs - performance.now())), LONGEST_NATIVE_DELAY_MS);
    native = setTimeout(fire, delayMs);
  }

  /** WHY: a callback that throws must neither silence the timers behind it nor end what all the others wait for. */
  function run(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      if (report === undefined) throw error;
      report(`failed in a timer: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  function fire(): void {
    armedForMs = Infinity;
    const nowMs = performance.now();
    try {
      for (let timer = heap.takeDue(nowMs); timer !== undefined; timer = heap.takeDue(nowMs)) run(timer.callback);
    } finally {
      arm();
    }
  }

  /** The process may end while nothing but an outdated native timer waits. */
  function disarmWhenIdle(): void {
    if (heap.size > 0 || native === undefined) return;
    clearTimeout(native);
    native = undefined;
    armedForMs = Infinity;
  }

  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    startTimer(delayMs, callback) {
      const timer = heap.add(performance.now() + Math.max(0, delayMs), callback);
      arm();
      return {
        cancel() {
          timer.cancel();
          disarmWhenIdle();
        },
      };
    },
  };
}

/** The turns of the real event loop. */
export const loopTurns: Turns = {
  nowMs: () => performance.now(),
  next: (work) => void setImmediate(work),
};
