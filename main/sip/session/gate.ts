// Who may change a session when: re-INVITE, UPDATE and PRACK against what is under way (RFC 3261 §14, RFC 3311 §5, RFC 3262 §5, RFC 6337 §4).
import type { ExchangePhase } from '../sdp/exchange.ts';

/** What is under way in one dialog. An INVITE is under way until its final response; the first one counts. */
export interface UnderWay {
  readonly exchange: ExchangePhase;
  /** Both 2xx and ACK are through, of the last INVITE too (RFC 3261 §14.1). */
  readonly isConfirmed: boolean;
  readonly localInvite: boolean;
  readonly remoteInvite: boolean;
  readonly localUpdate: boolean;
  readonly remoteUpdate: boolean;
}

export type ModifyingMethod = 'INVITE' | 'UPDATE' | 'PRACK';
/** 491: both at once, each tries again after its own wait. 500 with Retry-After: the other one comes too early. */
export type Verdict = 'go' | 491 | 500;

type Rule = readonly [method: ModifyingMethod, holds: (underWay: UnderWay, hasOffer: boolean) => boolean, verdict: 491 | 500];

/** The first rule that holds decides; none: go. */
const RECEIVING: readonly Rule[] = [
  // RFC 3261 §14.2.
  ['INVITE', ({ remoteInvite }) => remoteInvite, 500],
  ['INVITE', ({ localInvite }) => localInvite, 491],
  // RFC 6337 §4.3: an offer of ours is out, e.g. in a 2xx whose ACK has not come, or in an UPDATE.
  ['INVITE', ({ exchange }) => exchange === 'local-offer', 491],
  ['INVITE', ({ exchange, remoteUpdate }) => exchange === 'remote-offer' || remoteUpdate, 500],
  // RFC 3311 §5.2.
  ['UPDATE', ({ remoteUpdate }) => remoteUpdate, 500],
  ['UPDATE', ({ exchange }, hasOffer) => hasOffer && exchange === 'local-offer', 491],
  ['UPDATE', ({ exchange }, hasOffer) => hasOffer && (exchange === 'remote-offer' || exchange === 'none'), 500],
  // RFC 3262 §5: only after the first exchange is complete; in `local-offer` its body is the answer, no offer.
  ['PRACK', ({ exchange }, hasOffer) => hasOffer && exchange === 'remote-offer', 500],
];

export function receivingVerdict(method: ModifyingMethod, hasOffer: boolean, underWay: UnderWay): Verdict {
  const rule = RECEIVING.find(([name, holds]) => name === method && holds(underWay, hasOffer));
  return rule === undefined ? 'go' : rule[2];
}

/** Whether a change of our own may be sent now; otherwise it waits until what is under way ends. */
export function maySend(method: 'INVITE' | 'UPDATE', hasOffer: boolean, underWay: UnderWay): boolean {
  const { exchange, isConfirmed, localInvite, remoteInvite, localUpdate, remoteUpdate } = underWay;
  const isOpen = exchange === 'stable' || (exchange === 'none' && isConfirmed);
  if (method === 'INVITE') return isConfirmed && isOpen && !localInvite && !remoteInvite && !localUpdate && !remoteUpdate;
  return !localUpdate && (!hasOffer || (isOpen && !remoteUpdate));
}

/** RFC 3261 §14.1: how long after a 491, in steps of 10 ms. The owner of the Call-ID waits longer, so that both do not meet again. */
export function glareWaitMs(isCallIdOwner: boolean, fraction: number): number {
  return isCallIdOwner ? 2_100 + 10 * Math.floor(fraction * 191) : 10 * Math.floor(fraction * 201);
}

/** RFC 3261 §14.2: between 0 and 10 seconds. */
export function retryAfterSeconds(fraction: number): number {
  return Math.floor(fraction * 11);
}
