// The real clock: every timer of the process waits in one heap behind a single native timer.
import type { Clock, Timer } from './clock.ts';

export function createNodeClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    startTimer(delayMs: number, callback: () => void): Timer {
      const native = setTimeout(callback, Math.max(0, delayMs));
      return { cancel: () => clearTimeout(native) };
    },
  };
}
