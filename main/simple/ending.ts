// Stopping what has something left to say to a server: it is said once, and waited for no longer than a person would.
import type { Clock } from '../sip/index.ts';
import { STOP_WAIT_MS } from './retry.ts';

export interface EndingParts {
  readonly clock: Clock;
  /** Says it; it may be done before this returns. */
  begin(): void;
  /** The wait is over: nobody answered. */
  giveUp(): void;
}

export class Ending {
  readonly #parts: EndingParts;
  readonly #done = Promise.withResolvers<void>();
  #timer: ReturnType<Clock['startTimer']> | undefined;
  #hasBegun = false;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** Resolves when it is done. Further calls wait for the same. */
  stop(): Promise<void> {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#timer = this.#parts.clock.startTimer(STOP_WAIT_MS, () => this.#parts.giveUp());
      this.#parts.begin();
    }
    return this.#done.promise;
  }

  /** It was said and answered, or needs no saying. */
  finish(): void {
    this.#hasBegun = true;
    this.#timer?.cancel();
    this.#done.resolve();
  }
}
