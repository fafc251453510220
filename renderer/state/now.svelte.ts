// The time on the screen: one value that moves every half minute, for `12 min ago` and `Today`.
import type { Clock } from '../clock.ts';

const STEP_MS = 30_000;

export class NowState {
  ms = $state(0);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#step();
  }

  #step(): void {
    this.ms = this.#clock.nowMs();
    this.#clock.after(STEP_MS, () => this.#step());
  }
}
