// Asks for the answer to an offer of the peer, and keeps the books (RFC 3264 §6, §8).
import { isSameDescription, makeAnswer, sameAnswer } from '../sdp/answer.ts';
import { sdpDescription } from '../sdp/description.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { outgoingDescription } from '../sdp/exchange.ts';
import type { SessionCore } from './session-core.ts';
import type { Session } from './session.ts';

export type Answered =
  { readonly kind: 'answer'; readonly description: SessionDescription } | { readonly kind: 'refused'; readonly reason: string };

/** Takes the offer in, asks who answers, and gives our answer; when it is refused, all is as before. */
export async function answerOffer(core: SessionCore, face: Session, offer: SessionDescription): Promise<Answered> {
  const { remote, local } = core.exchange;
  const problem = core.agree('offer-received', offer);
  if (problem !== undefined) return { kind: 'refused', reason: problem };
  // A refresh by re-INVITE changes nothing (RFC 4028 §7.4); nobody needs to be asked.
  const isUnchanged = remote !== undefined && local !== undefined && isSameDescription(remote, offer);
  const answer = isUnchanged ? sameAnswer(offer, local) : await asked(core, face, offer);
  if (answer === undefined) return refused(core, 'nobody accepts the offer');
  const description = outgoingDescription(core.exchange, answer);
  const reason = core.agree('answer-sent', description);
  return reason === undefined ? { kind: 'answer', description } : refused(core, reason);
}

async function asked(core: SessionCore, face: Session, offer: SessionDescription): Promise<SessionDescription | undefined> {
  try {
    return await core.answerer?.(offer, face);
  } catch (error) {
    core.setting.log('error', `answering an offer failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return undefined;
  }
}

function refused(core: SessionCore, reason: string): Answered {
  core.agree('given-up');
  return { kind: 'refused', reason };
}

/** SDP session ids are numbers below 2^62 (RFC 3264 §5). */
export function newSessionId(fraction: number): string {
  return String(1 + Math.floor(fraction * 2 ** 52));
}

/** An answer that accepts nothing, for where an offer cannot be refused: in a 2xx, or in a reliable response. */
export function refusingAnswer(core: SessionCore, offer: SessionDescription): SessionDescription {
  const address = offer.connection?.address ?? '0.0.0.0';
  const own = core.exchange.lastLocal ?? sdpDescription({ sessionId: newSessionId(core.setting.random.fraction()), address, media: [] });
  return makeAnswer(offer, own, () => undefined);
}
