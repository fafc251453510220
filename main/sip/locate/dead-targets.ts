// Targets that did not answer lately: they are tried last for a while (RFC 3263 §4.3, RFC 4321 §1.4).
import type { Clock } from '../clock.ts';
import type { Target } from './locate.ts';

/** Long enough to spare the next requests the wait, short enough to find a server that came back. */
const DEAD_FOR_MS = 60_000;
/** More than any domain's list of servers. */
const MOST_REMEMBERED = 256;

export class DeadTargets {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(target: Target): void {
    if (this.#untilMs.size >= MOST_REMEMBERED) this.#untilMs.clear();
    this.#untilMs.set(keyOf(target), this.#clock.monotonicMs() + DEAD_FOR_MS);
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

  /** The same targets, those that were dead lately at the end. */
  order(targets: readonly Target[]): readonly Target[] {
    if (this.#untilMs.size === 0) return targets;
    return [...targets.filter((target) => !this.has(target)), ...targets.filter((target) => this.has(target))];
  }
}

function keyOf(target: Target): string {
  return `${target.protocol} ${target.address} ${target.port}`;
}
