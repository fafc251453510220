// Targets that did not answer lately: they are tried last for a while (RFC 3263 §4.3, RFC 4321 §1.4).
import type { Clock } from '../clock.ts';
import { readHeader } from '../message/header/header.ts';
import { retryAfterHeader } from '../message/header/retry-after.ts';
import type { SipResponse } from '../message/message.ts';
import type { Target } from './locate.ts';

/** Long enough to spare the next requests the wait, short enough to find a server that came back. */
const DEAD_FOR_MS = 60_000;
/** What a server may ask for with Retry-After; after that it is looked at again. */
const LONGEST_DEAD_MS = 600_000;
/** More than any domain's list of servers. */
const MOST_REMEMBERED = 256;

export class DeadTargets {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `response`: its 503, which may say how long it wants to be left alone (RFC 3261 §21.5.4). */
  add(target: Target, response?: SipResponse): void {
    if (this.#untilMs.size >= MOST_REMEMBERED) this.#untilMs.clear();
    const seconds = response === undefined ? undefined : retryAfterSeconds(response);
    const deadForMs = seconds === undefined ? DEAD_FOR_MS : Math.min(seconds * 1_000, LONGEST_DEAD_MS);
    this.#untilMs.set(keyOf(target), this.#clock.monotonicMs() + deadForMs);
  }

  clear(): void {
    this.#untilMs.clear();
  }

  remove(target: Target): void {
    this.#untilMs.delete(keyOf(target));
  }

  has(target: Target): boolean {
    const untilMs = this.#untilMs.get(keyOf(target));
    if (untilMs === undefined) return false;
    if (untilMs > this.#clock.monotonicMs()) return true;
    this.#untilMs.delete(keyOf(target));
    return false;
  }
}

function retryAfterSeconds(response: SipResponse): number | undefined {
  const result = readHeader(response, retryAfterHeader);
  return result?.kind === 'ok' ? result.value.seconds : undefined;
}

function keyOf(target: Target): string {
  return `${target.protocol} ${target.address} ${target.port}`;
}
