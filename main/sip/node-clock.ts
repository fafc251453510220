// The real clock: every timer of the process waits in one heap behind a single native timer.
import type { Clock } from './clock.ts';
import { TimerHeap } from './timer-heap.ts';

/** Node fires at once when asked to wait longer than this, so a longer wait is cut in pieces. */
const LONGEST_NATIVE_DELAY_MS = 2 ** 31 - 1;

export function createNodeClock(): Clock {
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

  function fire(): void {
    armedForMs = Infinity;
    const nowMs = performance.now();
    try {
      for (let timer = heap.takeDue(nowMs); timer !== undefined; timer = heap.takeDue(nowMs)) timer.callback();
    } finally {
      // WHY: a callback that throws must not silence the timers behind it.
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

/** What one turn of the event loop may spend on the bytes of one stream; a window still feels at once what comes in between. */
const TURN_BUDGET_MS = 8;

/**
 * Cuts the work of a burst into turns: `run` does a piece of it, and where the turn has had enough, calls `pause` now and `resume` in
 * the next turn. WHY: the system hands over up to 2 MB of a stream within one turn, which is two thousand messages.
 * WHY since the turn's first piece, not the sum of the pieces: what a piece puts off until just after itself counts too.
 */
export function createTurnBudget(pause: () => void, resume: () => void): (work: () => void) => void {
  let turnStartMs: number | undefined;
  let isPaused = false;
  const endTurn = (): void => {
    turnStartMs = undefined;
    if (!isPaused) return;
    isPaused = false;
    resume();
  };
  return (work) => {
    if (turnStartMs === undefined) {
      turnStartMs = performance.now();
      setImmediate(endTurn);
    }
    work();
    if (isPaused || performance.now() - turnStartMs < TURN_BUDGET_MS) return;
    isPaused = true;
    pause();
  };
}
