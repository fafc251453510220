// Things to do a little later, one for each key: planning again starts the wait anew.
import type { Clock } from '../clock.ts';

export class Delayed {
  readonly #cancels = new Map<string, () => void>();
  readonly #clock: Clock;
  readonly #delayMs: number;

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  plan(key: string, action: () => void): void {
    this.cancel(key);
    this.#cancels.set(key, this.#clock.after(this.#delayMs, action));
  }

  /** What is planned already keeps its time. */
  planOnce(key: string, action: () => void): void {
    if (!this.#cancels.has(key)) this.plan(key, action);
  }

  /** Returns whether something was planned. */
  cancel(key: string): boolean {
    this.#cancels.get(key)?.();
    return this.#cancels.delete(key);
  }

  keys(): string[] {
    return [...this.#cancels.keys()];
  }
}

/** Gathers values by key and hands them over together. */
export class Gathered<T> {
  readonly #values = new Map<string, T>();
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #give: (values: readonly T[]) => void;

  constructor(clock: Clock, delayMs: number, give: (values: readonly T[]) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#give = give;
  }

  put(key: string, value: T): void {
    const isFirst = this.#values.size === 0;
    this.#values.set(key, value);
    if (isFirst) this.#clock.after(this.#delayMs, () => this.#flush());
  }

  drop(key: string): void {
    this.#values.delete(key);
  }

  #flush(): void {
    const values = [...this.#values.values()];
    this.#values.clear();
    if (values.length > 0) this.#give(values);
  }
}
