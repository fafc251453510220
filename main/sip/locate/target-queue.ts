// The places to try for one request: all of every chosen transport in order, those that were dead lately at the end (RFC 3263 §4.3).
import type { DeadTargets } from './dead-targets.ts';
import type { Located, Target } from './locate.ts';

/** Of all transports together: what is tried takes time. */
const MOST_TRIED = 16;

export class TargetQueue {
  readonly #deadTargets: DeadTargets;
  readonly #dead: Target[] = [];
  #waiting: readonly Target[];
  #at = 0;
  #more: (() => Promise<Located>) | undefined;
  #given = 0;

  constructor(located: Extract<Located, { kind: 'targets' }>, deadTargets: DeadTargets) {
    this.#deadTargets = deadTargets;
    this.#waiting = this.#alive(located.targets);
    this.#more = located.more;
  }

  /** The next one; undefined at the end. Asks the name service for the next transport only when all of those before have failed. */
  async next(): Promise<Target | undefined> {
    if (this.#given >= MOST_TRIED) return undefined;
    while (this.#at >= this.#waiting.length) {
      if (this.#more !== undefined) {
        const located = await this.#more();
        this.#begin(located.kind === 'targets' ? this.#alive(located.targets) : []);
        this.#more = located.kind === 'targets' ? located.more : undefined;
      } else if (this.#dead.length > 0) {
        this.#begin(this.#dead.splice(0));
      } else {
        return undefined;
      }
    }
    this.#given += 1;
    return this.#waiting[this.#at++];
  }

  #begin(targets: readonly Target[]): void {
    this.#waiting = targets;
    this.#at = 0;
  }

  #alive(targets: readonly Target[]): readonly Target[] {
    return targets.filter((target) => {
      const isDead = this.#deadTargets.has(target);
      if (isDead) this.#dead.push(target);
      return !isDead;
    });
  }
}
