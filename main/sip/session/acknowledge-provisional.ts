// Trigger: a provisional response to an INVITE of ours.
// Result: PRACK when it is a reliable one that is due; its description taken in.
// RFC 3262 §4, §5.
import { readHeader } from '../message/header/header.ts';
import { rackHeader } from '../message/header/rack.ts';
import { rseqHeader } from '../message/header/rseq.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { answerOffer, refusingAnswer } from './answer-offer.ts';
import { hasOption } from './options.ts';
import { isNextReliable } from './reliable-provisional.ts';
import { readDescription, withDescription } from './session-body.ts';
import type { SessionCore } from './session-core.ts';
import type { Session } from './session.ts';

/** False: it is not to be taken in, as it came before or too early. */
export function acknowledgeProvisional(core: SessionCore, face: Session, response: SipResponse, invite: SipRequest): boolean {
  if (!hasOption(response, 'Require', '100rel')) return true;
  const rseq = readHeader(response, rseqHeader);
  if (rseq?.kind !== 'ok') return true;
  const { number } = invite.cseq;
  const before = core.acknowledgedRSeq;
  if (!isNextReliable(before?.cseqNumber === number ? before.rseq : undefined, rseq.value)) return false;
  core.acknowledgedRSeq = { cseqNumber: number, rseq: rseq.value };
  core.background(prack(core, face, { response, rack: rackHeader.print({ rseq: rseq.value, cseq: invite.cseq }) }));
  return true;
}

async function prack(
  core: SessionCore,
  face: Session,
  { response, rack }: { readonly response: SipResponse; readonly rack: string },
): Promise<void> {
  const body = readDescription(response);
  const answer = body.kind === 'description' ? await takeIn(core, face, body.value) : undefined;
  await core.request('PRACK', withDescription([{ name: 'RAck', value: rack }], answer));
}

/** An answer to our offer ends there; an offer is answered by the PRACK, which cannot refuse it, only its media. */
async function takeIn(core: SessionCore, face: Session, description: SessionDescription): Promise<SessionDescription | undefined> {
  if (core.exchange.phase === 'local-offer') {
    const problem = core.agree('answer-received', description);
    if (problem !== undefined) core.setting.log('warn', `a provisional response has a bad answer: ${problem}`);
    return undefined;
  }
  if (core.exchange.phase !== 'none') return undefined;
  const answered = await answerOffer(core, face, description);
  if (answered.kind === 'answer') return answered.description;
  const refusal = refusingAnswer(core, description);
  if (core.agree('offer-received', description) === undefined) core.agree('answer-sent', refusal);
  return refusal;
}
