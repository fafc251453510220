// The running timers of one transaction: at most one in each of three slots.
import type { Clock, Timer } from '../clock.ts';
import type { Delay } from './step.ts';
import { T1_MS, T2_MS, TIMER_SLOTS } from './timers.ts';
import type { TimerName, TimerSlot } from './timers.ts';

export class Waits {
  readonly #clock: Clock;
  readonly #onTimer: (timer: TimerName) => void;
  #resend: Timer | undefined;
  #life: Timer | undefined;
  #end: Timer | undefined;
  #resendDelayMs = T1_MS;

  constructor(clock: Clock, onTimer: (timer: TimerName) => void) {
    this.#clock = clock;
    this.#onTimer = onTimer;
  }

  start(timer: TimerName, delay: Delay): void {
    const slot = TIMER_SLOTS[timer];
    this.stop(slot);
    const started = this.#clock.startTimer(this.#delayMs(delay, slot), () => this.#onTimer(timer));
    if (slot === 'resend') this.#resend = started;
    else if (slot === 'life') this.#life = started;
    else this.#end = started;
  }

  stop(slot: TimerSlot): void {
    if (slot === 'resend') this.#resend?.cancel();
    else if (slot === 'life') this.#life?.cancel();
    else this.#end?.cancel();
  }

  stopAll(): void {
    this.#resend?.cancel();
    this.#life?.cancel();
    this.#end?.cancel();
  }

  #delayMs(delay: Delay, slot: TimerSlot): number {
    if (slot !== 'resend') return typeof delay === 'number' ? delay : this.#resendDelayMs;
    if (typeof delay === 'number') this.#resendDelayMs = delay;
    else this.#resendDelayMs = delay === 'doubled' ? this.#resendDelayMs * 2 : Math.min(this.#resendDelayMs * 2, T2_MS);
    return this.#resendDelayMs;
  }
}
