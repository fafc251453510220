// Answered non-INVITE requests over UDP: what is kept of each to absorb retransmissions until Timer J fires (RFC 3261 §17.2.2).
import type { Clock, Timer } from '../clock.ts';
import type { TransportFlow } from '../transport/transport.ts';
import { TRANSACTION_LIFE_MS } from './timers.ts';

/** Kept to absorb retransmissions, below 1 kB each. Beyond it the oldest is forgotten, whose client has its answer most likely. */
export const MOST_ABSORBING = 65_536;

/** WHY so little of the transaction: thousands wait here, and what they hold decides how much memory a flood takes. */
interface Absorbed {
  readonly flow: TransportFlow;
  readonly response: Uint8Array;
  readonly mergeKey: string | undefined;
  readonly endsAtMs: number;
}

/** All wait equally long, so they end in the order they came, and one timer serves them all. */
export class AbsorbedRequests {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Absorbed>();
  readonly #mergeKeys = new Set<string>();
  readonly #onFailed: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, onFailed: () => void) {
    this.#clock = clock;
    this.#onFailed = onFailed;
  }

  get size(): number {
    return this.#byKey.size;
  }

  add(key: string, parts: Pick<Absorbed, 'flow' | 'response' | 'mergeKey'>): void {
    const { flow, response, mergeKey } = parts;
    this.#byKey.set(key, { flow, response, mergeKey, endsAtMs: this.#clock.monotonicMs() + TRANSACTION_LIFE_MS });
    if (mergeKey !== undefined) this.#mergeKeys.add(mergeKey);
    if (this.#byKey.size > MOST_ABSORBING) this.#forgetOldest();
    this.#timer ??= this.#clock.startTimer(TRANSACTION_LIFE_MS, this.#onTimer);
  }

  hasMergeKey(mergeKey: string): boolean {
    return this.#mergeKeys.has(mergeKey);
  }

  /** Sends the response again, where there is one for this key. */
  resend(key: string): boolean {
    const absorbed = this.#byKey.get(key);
    absorbed?.flow.send(absorbed.response, () => {
      this.remove(key);
      this.#onFailed();
    });
    return absorbed !== undefined;
  }

  remove(key: string): void {
    const absorbed = this.#byKey.get(key);
    if (absorbed === undefined) return;
    this.#byKey.delete(key);
    if (absorbed.mergeKey !== undefined) this.#mergeKeys.delete(absorbed.mergeKey);
    if (this.#byKey.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#byKey.clear();
    this.#mergeKeys.clear();
  }

  #forgetOldest(): void {
    for (const key of this.#byKey.keys()) return this.remove(key);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const [key, { endsAtMs, mergeKey }] of this.#byKey) {
      if (endsAtMs > nowMs) {
        this.#timer = this.#clock.startTimer(endsAtMs - nowMs, this.#onTimer);
        return;
      }
      this.#byKey.delete(key);
      if (mergeKey !== undefined) this.#mergeKeys.delete(mergeKey);
    }
  };
}
