// Answered non-INVITE requests over UDP: what is kept of each to absorb retransmissions until Timer J fires (RFC 3261 §17.2.2).
import type { Clock, Timer } from '../clock.ts';
import type { TransportFlow } from '../transport/transport.ts';
import { TRANSACTION_LIFE_MS } from './timers.ts';

/** Kept to absorb retransmissions, below 1 kB each. Beyond it the oldest is forgotten, whose client has its answer most likely. */
export const MOST_ABSORBING = 65_536;

/** WHY so little of the transaction: thousands wait here, and what they hold decides how much memory a flood takes. */
interface Absorbed {
  readonly key: string;
  readonly flow: TransportFlow;
  readonly response: Uint8Array;
  readonly mergeKey: string | undefined;
  readonly endsAtMs: number;
}

/** Places of entries that are gone, before the queue is moved up. */
const MOST_GONE = 4_096;

/** All wait equally long, so they end in the order they came, and one timer serves them all. */
export class AbsorbedRequests {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Absorbed>();
  readonly #mergeKeys = new Set<string>();
  /** In order of arrival; the first `#goneCount` places are gone, and any other entry that `#byKey` does not know. */
  #queue: Absorbed[] = [];
  #goneCount = 0;
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
    const absorbed = { key, flow, response, mergeKey, endsAtMs: this.#clock.monotonicMs() + TRANSACTION_LIFE_MS };
    this.#byKey.set(key, absorbed);
    this.#queue.push(absorbed);
    if (mergeKey !== undefined) this.#mergeKeys.add(mergeKey);
    if (this.#byKey.size > MOST_ABSORBING) this.#forgetOldest();
    this.#timer ??= this.#clock.startTimer(TRANSACTION_LIFE_MS, this.#onTimer);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
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
    this.#queue = [];
    this.#goneCount = 0;
  }

  /** The one that ends next. */
  #oldest(): Absorbed | undefined {
    for (;;) {
      const oldest = this.#queue[this.#goneCount];
      if (oldest === undefined || this.#byKey.get(oldest.key) === oldest) return oldest;
      this.#goneCount++;
    }
  }

  #forgetOldest(): void {
    const oldest = this.#oldest();
    if (oldest !== undefined) this.remove(oldest.key);
    if (this.#goneCount < MOST_GONE) return;
    this.#queue = this.#queue.slice(this.#goneCount);
    this.#goneCount = 0;
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (let oldest = this.#oldest(); oldest !== undefined; oldest = this.#oldest()) {
      if (oldest.endsAtMs > nowMs) {
        this.#timer = this.#clock.startTimer(oldest.endsAtMs - nowMs, this.#onTimer);
        return;
      }
      this.#forgetOldest();
    }
    this.#queue = [];
    this.#goneCount = 0;
  };
}
