// A clock that moves only when told to.
import type { Clock } from '../../../renderer/clock.ts';

export interface FakeClock extends Clock {
  /** Runs what is due until then, in order. */
  advance(byMs: number): void;
}

export function makeFakeClock(startMs = Date.UTC(2026, 4, 6, 12, 0)): FakeClock {
  let now = startMs;
  let waiting: { atMs: number; action: () => void }[] = [];
  return {
    nowMs: () => now,
    after(delayMs, action) {
      const one = { atMs: now + delayMs, action };
      waiting.push(one);
      return () => void (waiting = waiting.filter((other) => other !== one));
    },
    advance(byMs) {
      const end = now + byMs;
      for (;;) {
        const due = waiting.filter((one) => one.atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        waiting = waiting.filter((one) => one !== due);
        now = due.atMs;
        due.action();
      }
      now = end;
    },
  };
}
