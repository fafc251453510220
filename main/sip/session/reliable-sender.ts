// The callee's reliable provisional responses with their timer (RFC 3262 §3): does what the machine says.
import type { Clock, Timer } from '../clock.ts';
import { mustWaitForPrack, startReliable, stepReliable } from './reliable-provisional.ts';
import type { Reliable, ReliableEffect, ReliableInput } from './reliable-provisional.ts';

interface Waiting {
  /** Sends it with this number, and gives how to send it once more. */
  readonly send: (rseq: number) => () => void;
  readonly resolve: (isAcknowledged: boolean) => void;
  again: (() => void) | undefined;
}

export class ReliableSender {
  readonly #clock: Clock;
  readonly #onOverdue: () => void;
  readonly #waiting = new Map<number, Waiting>();
  #state: Reliable;
  #timer: Timer | undefined;
  #nextId = 1;
  #idle: (() => void)[] = [];

  constructor(clock: Clock, fraction: number, onOverdue: () => void) {
    this.#clock = clock;
    this.#state = startReliable(fraction);
    this.#onOverdue = onOverdue;
  }

  /** Resolves true with its PRACK, false when none will come any more. */
  send(hasDescription: boolean, send: (rseq: number) => () => void): Promise<boolean> {
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { send, resolve, again: undefined });
      this.#run({ kind: 'send', item: { id, hasDescription } });
      if (this.#state.isClosed) this.#settle(id, false);
    });
  }

  /** Whether a PRACK with that number is for the response that waits; otherwise it gets 481 (RFC 3262 §3). */
  expects(rseq: number): boolean {
    return !stepReliable(this.#state, { kind: 'prack', rseq })[1].some((effect) => effect.kind === 'unmatched');
  }

  /** Whether the response that waits with that number has an offer or answer. */
  isDescribed(rseq: number): boolean {
    const { outstanding } = this.#state;
    return outstanding?.rseq === rseq && outstanding.hasDescription;
  }

  acknowledge(rseq: number): void {
    this.#run({ kind: 'prack', rseq });
  }

  /** Resolves when a 2xx may go out. */
  async ready(): Promise<void> {
    while (mustWaitForPrack(this.#state) && !this.#state.isClosed) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** The final response is out, or the session is over. */
  close(): void {
    this.#run({ kind: 'close' });
    for (const id of [...this.#waiting.keys()]) this.#settle(id, false);
  }

  #run(input: ReliableInput): void {
    const [state, effects] = stepReliable(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    const idle = this.#idle;
    this.#idle = [];
    for (const wake of idle) wake();
  }

  #perform(effect: ReliableEffect): void {
    switch (effect.kind) {
      case 'send': {
        const waiting = this.#waiting.get(effect.id);
        if (waiting !== undefined) waiting.again = waiting.send(effect.rseq);
        break;
      }
      case 'resend':
        this.#waiting.get(effect.id)?.again?.();
        break;
      case 'wait':
        this.#timer?.cancel();
        this.#timer = this.#clock.startTimer(effect.delayMs, () => this.#run({ kind: 'due' }));
        break;
      case 'stop':
        this.#timer?.cancel();
        break;
      case 'acknowledged':
        this.#settle(effect.id, true);
        break;
      case 'overdue':
        this.#onOverdue();
        break;
      case 'unmatched':
        break;
    }
  }

  #settle(id: number, isAcknowledged: boolean): void {
    this.#waiting.get(id)?.resolve(isAcknowledged);
    this.#waiting.delete(id);
  }
}
