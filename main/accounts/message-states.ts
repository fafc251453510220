// The states of an outgoing message as one table. What is not in it does not happen.
import type { MessageFailure, MessageState } from '../../app/domain/message.ts';
import type { ProtocolFailure } from '../simple/outcome.ts';

export type OutgoingState = Exclude<MessageState, 'received' | 'read'>;

export type MessageEvent =
  /** The outbox hands it to the network. */
  | 'send'
  /** A 2xx came: the server, or the peer, has it. */
  | 'accept'
  /** It could not be brought to the server: it waits and goes again by itself. */
  | 'postpone'
  /** The other side said no. */
  | 'refuse'
  /** A report says it arrived, or was seen (RFC 5438). */
  | 'deliver'
  | 'display'
  /** The person wants it sent again. */
  | 'resend'
  /** The program starts: what was under way when it ended has an unknown fate. */
  | 'restart';

const NEXT: Readonly<Record<OutgoingState, Readonly<Partial<Record<MessageEvent, OutgoingState>>>>> = {
  queued: { send: 'sending' },
  sending: { accept: 'accepted', postpone: 'queued', refuse: 'failed', restart: 'queued', deliver: 'delivered', display: 'displayed' },
  accepted: { deliver: 'delivered', display: 'displayed', refuse: 'failed' },
  delivered: { display: 'displayed' },
  displayed: {},
  failed: { resend: 'queued', deliver: 'delivered', display: 'displayed' },
};

/** Where each event leads to, wherever it means something. */
const AFTER: Readonly<Record<MessageEvent, OutgoingState>> = {
  send: 'sending',
  accept: 'accepted',
  postpone: 'queued',
  refuse: 'failed',
  deliver: 'delivered',
  display: 'displayed',
  resend: 'queued',
  restart: 'queued',
};

export function stateAfter(event: MessageEvent): OutgoingState {
  return AFTER[event];
}

/** undefined: the event changes nothing in this state. */
export function nextMessageState(state: OutgoingState, event: MessageEvent): OutgoingState | undefined {
  return NEXT[state][event];
}

/** The states in which `event` leads to `to`; what the store checks when it makes the change. */
export function statesBefore(event: MessageEvent, to: OutgoingState): OutgoingState[] {
  return (Object.keys(NEXT) as OutgoingState[]).filter((state) => NEXT[state][event] === to);
}

/**
 * Statuses that speak of the way, not of the message: nobody reached, or a server not ready (RFC 3261 §21).
 * 401 and 407 are here because a password can be mended; 500 because a proxy must make one of a 503 (§16.7), and a full disk passes.
 * INTEROP(Kamailio): 477 where it could not bring the request to the binding it has, e.g. one from before an outage.
 */
const WAY_STATUSES: ReadonlySet<number> = new Set([401, 407, 408, 477, 500, 502, 503, 504]);

/** Nobody is signed in there (RFC 3261 §21.4.18): true of nearly everybody in the first moments after an outage. */
const NOBODY_THERE = 480;

/**
 * Does a failure keep the message waiting, or is it the other side's answer to it?
 * `isBackLately`: the account was cut off until a moment ago, so others may still be on their way back.
 */
export function isLocalFailure(failure: ProtocolFailure, isBackLately = false): boolean {
  switch (failure.kind) {
    case 'timeout':
    case 'unauthenticated':
      return true;
    case 'transport':
      return failure.cause !== 'too-large';
    case 'status':
      return WAY_STATUSES.has(failure.status) || (isBackLately && failure.status === NOBODY_THERE);
  }
}

/** The status to show for a failure; 0 where nobody answered. */
export function failureCode(failure: ProtocolFailure): number {
  return failure.kind === 'status' || failure.kind === 'unauthenticated' ? failure.status : 0;
}

/** Statuses that the other side's own program gives; all others mostly come from servers on the way (RFC 3261 §21). */
const PEER_STATUSES: ReadonlySet<number> = new Set([415, 486, 488, 493, 600, 603, 606]);

/** Who said it, as far as a status can tell. */
export function whoSaid(failure: ProtocolFailure): NonNullable<MessageFailure['by']> {
  if (failure.kind === 'timeout' || failure.kind === 'transport') return 'here';
  return PEER_STATUSES.has(failure.status) ? 'peer' : 'server';
}
