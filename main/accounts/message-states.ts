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

/** Where each event leads to, and the states in which it means something. */
export const MESSAGE_STEPS: Readonly<Record<MessageEvent, { readonly from: readonly OutgoingState[]; readonly to: OutgoingState }>> = {
  send: { from: ['queued'], to: 'sending' },
  accept: { from: ['sending'], to: 'accepted' },
  postpone: { from: ['sending'], to: 'queued' },
  refuse: { from: ['sending', 'accepted'], to: 'failed' },
  deliver: { from: ['sending', 'accepted', 'failed'], to: 'delivered' },
  display: { from: ['sending', 'accepted', 'delivered', 'failed'], to: 'displayed' },
  resend: { from: ['failed'], to: 'queued' },
  restart: { from: ['sending'], to: 'queued' },
};

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
