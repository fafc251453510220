// Whether somebody is at this computer: one for all accounts, told by whoever can know it.
import type { Clock } from '../sip/index.ts';

export interface IdleState {
  readonly sinceMs: () => number | undefined;
  /** After how long without input nobody is here; undefined: nobody said, or it is never told. */
  readonly afterSeconds: () => number | undefined;
  /** false: it was so already. */
  set(sinceMs: number | undefined, afterSeconds?: number): boolean;
}

/** Two reports of one absence differ by how well the system counts. */
const SAME_ABSENCE_MS = 60_000;

export function createIdleState(clock: Pick<Clock, 'nowMs'>): IdleState {
  let current: number | undefined;
  let threshold: number | undefined;
  return {
    sinceMs: () => current,
    afterSeconds: () => threshold,
    set(sinceMs, afterSeconds) {
      const isOtherThreshold = afterSeconds !== threshold;
      threshold = afterSeconds;
      const next = sinceMs === undefined ? undefined : Math.min(sinceMs, clock.nowMs());
      if (next === current) return isOtherThreshold;
      if (next !== undefined && current !== undefined && Math.abs(next - current) < SAME_ABSENCE_MS) return false;
      current = next;
      return true;
    },
  };
}
