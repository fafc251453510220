// Provisional responses that are acknowledged (RFC 3262): the callee's side as a pure machine, the caller's as one rule.
import { T1_MS, TRANSACTION_LIFE_MS } from '../transaction/timers.ts';

/** One response to be sent reliably; `id` is the sender's own. */
export interface ReliableItem {
  readonly id: number;
  /** Its body is an offer or answer: no 2xx before it is acknowledged (§5). */
  readonly hasDescription: boolean;
}

export interface Outstanding extends ReliableItem {
  readonly rseq: number;
  readonly intervalMs: number;
  readonly waitedMs: number;
}

export interface Reliable {
  readonly nextRSeq: number;
  readonly outstanding: Outstanding | undefined;
  /** §3: the next one waits for the PRACK of the one before. */
  readonly queue: readonly ReliableItem[];
  /** The final response is out: nothing is sent again, but a PRACK is still answered. */
  readonly isClosed: boolean;
}

export type ReliableInput =
  | { readonly kind: 'send'; readonly item: ReliableItem }
  | { readonly kind: 'prack'; readonly rseq: number }
  | { readonly kind: 'due' }
  | { readonly kind: 'close' };

export type ReliableEffect =
  | { readonly kind: 'send'; readonly id: number; readonly rseq: number }
  | { readonly kind: 'resend'; readonly id: number }
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'acknowledged'; readonly id: number }
  /** §3: no PRACK within 64 T1: the INVITE is refused. */
  | { readonly kind: 'overdue'; readonly id: number }
  /** The PRACK is for nothing that waits: 481. */
  | { readonly kind: 'unmatched' };

export type ReliableStep = readonly [Reliable, readonly ReliableEffect[]];

/** §3: the first number is chosen at random between 1 and 2^31 − 1. */
export function startReliable(fraction: number): Reliable {
  return { nextRSeq: 1 + Math.floor(fraction * (2 ** 31 - 1)), outstanding: undefined, queue: [], isClosed: false };
}

export function stepReliable(state: Reliable, input: ReliableInput): ReliableStep {
  switch (input.kind) {
    case 'send':
      if (state.isClosed) return [state, []];
      return state.outstanding === undefined ? send(state, input.item) : [{ ...state, queue: [...state.queue, input.item] }, []];
    case 'prack':
      return acknowledge(state, input.rseq);
    case 'due':
      return resend(state);
    case 'close':
      return [{ ...state, queue: [], isClosed: true }, [{ kind: 'stop' }]];
  }
}

/** Whether a 2xx must wait (§3, §5). */
export function mustWaitForPrack(state: Reliable): boolean {
  return state.outstanding?.hasDescription === true || state.queue.some((item) => item.hasDescription);
}

function send(state: Reliable, item: ReliableItem): ReliableStep {
  const rseq = state.nextRSeq;
  return [
    { ...state, nextRSeq: rseq + 1, outstanding: { ...item, rseq, intervalMs: T1_MS, waitedMs: 0 } },
    [
      { kind: 'send', id: item.id, rseq },
      { kind: 'wait', delayMs: T1_MS },
    ],
  ];
}

function acknowledge(state: Reliable, rseq: number): ReliableStep {
  const { outstanding, queue } = state;
  if (outstanding?.rseq !== rseq) return [state, [{ kind: 'unmatched' }]];
  const done: ReliableEffect[] = [{ kind: 'stop' }, { kind: 'acknowledged', id: outstanding.id }];
  const [next, ...rest] = queue;
  const idle: Reliable = { ...state, outstanding: undefined, queue: rest };
  if (next === undefined) return [idle, done];
  const [sent, effects] = send(idle, next);
  return [sent, [...done, ...effects]];
}

/** §3: doubled each time without the bound of T2. */
function resend(state: Reliable): ReliableStep {
  const { outstanding } = state;
  if (outstanding === undefined || state.isClosed) return [state, []];
  const waitedMs = outstanding.waitedMs + outstanding.intervalMs;
  if (waitedMs >= TRANSACTION_LIFE_MS) return [state, [{ kind: 'overdue', id: outstanding.id }]];
  const intervalMs = Math.min(outstanding.intervalMs * 2, TRANSACTION_LIFE_MS - waitedMs);
  return [
    { ...state, outstanding: { ...outstanding, intervalMs, waitedMs } },
    [
      { kind: 'resend', id: outstanding.id },
      { kind: 'wait', delayMs: intervalMs },
    ],
  ];
}

/**
 * The caller's side (§4): whether a reliable response of this dialog is to be acknowledged. `last` is the highest number acknowledged
 * before. Retransmissions, and one that came before its predecessor, are dropped: the latter is sent again.
 */
export function isNextReliable(last: number | undefined, rseq: number): boolean {
  return last === undefined || rseq === last + 1;
}
