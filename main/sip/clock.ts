// The clock door: all time and all timers of the stack come through here, so that tests need not wait.

/** A started timer. `cancel` is idempotent and free after the timer fired. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970, as a person's calendar counts. May jump. For dates shown or stored. */
  nowMs(): number;
  /** Milliseconds that only ever grow. For measuring spans and deadlines. */
  monotonicMs(): number;
  /** Calls `callback` once, `delayMs` from now at the earliest. A delay below zero counts as zero. */
  startTimer(delayMs: number, callback: () => void): Timer;
}
