// A clock that stands still until a test moves it on.
import type { Clock } from '../../main/sip/clock.ts';
import { TimerHeap } from '../../main/sip/timer-heap.ts';

export interface FakeClock extends Clock {
  /** Moves time on, running due timers in order; after each one everything that can settle has settled. */
  advance(ms: number): Promise<void>;
  /** Lets promises settle without moving time. */
  settle(): Promise<void>;
  /** Moves time on until `promise` settles, and gives its result; throws when that takes longer than `atMostMs`. */
  run<T>(promise: Promise<T>, atMostMs?: number): Promise<T>;
  /** Moves time on until `condition` holds; throws when that takes longer than `atMostMs`. */
  until(condition: () => boolean, atMostMs?: number): Promise<void>;
  /** Timers waiting: zero after everything was stopped, or something leaks. */
  pendingTimers(): number;
  /** Sets the calendar without moving timers, as a person or NTP would. */
  setNowMs(nowMs: number): void;
}

const DEFAULT_LIMIT_MS = 600_000;
const OUTSIDE_LIMIT_MS = 2_000;

export function createFakeClock(startMs = Date.UTC(2026, 10, 23, 12, 0, 0)): FakeClock {
  const heap = new TimerHeap();
  let monotonicMs = 0;
  let calendarOffsetMs = startMs;

  // WHY: every microtask runs before setImmediate's callback, so one round lets a whole promise chain settle.
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  async function step(limitMs: number): Promise<boolean> {
    const nextMs = heap.nextDeadlineMs();
    if (nextMs > limitMs) return false;
    monotonicMs = Math.max(monotonicMs, nextMs);
    heap.takeDue(monotonicMs)?.callback();
    await settle();
    return true;
  }

  /** Threads and files know no fake time: when nothing else is left to wait for, they get some real time. */
  async function outsideWork(condition: () => boolean): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < OUTSIDE_LIMIT_MS && !condition(); waitedMs += 1)
      await new Promise((resolve) => setTimeout(resolve, 1));
    return condition();
  }

  async function until(condition: () => boolean, atMostMs = DEFAULT_LIMIT_MS): Promise<void> {
    const limitMs = monotonicMs + atMostMs;
    await settle();
    while (!condition()) {
      if (!(await step(limitMs)) && !(await outsideWork(condition))) throw new Error(`nothing more to wait for within ${atMostMs} ms`);
    }
  }

  return {
    nowMs: () => Math.floor(calendarOffsetMs + monotonicMs),
    monotonicMs: () => monotonicMs,
    startTimer: (delayMs, callback) => heap.add(monotonicMs + Math.max(0, delayMs), callback),
    async advance(ms) {
      const targetMs = monotonicMs + ms;
      await settle();
      while (await step(targetMs));
      monotonicMs = targetMs;
    },
    settle,
    until,
    async run(promise, atMostMs) {
      let isSettled = false;
      const note = (): void => {
        isSettled = true;
      };
      promise.then(note, note);
      await until(() => isSettled, atMostMs);
      return promise;
    },
    pendingTimers: () => heap.size,
    setNowMs(nowMs) {
      calendarOffsetMs = nowMs - monotonicMs;
    },
  };
}
