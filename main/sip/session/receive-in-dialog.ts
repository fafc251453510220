// Trigger: a request inside a session's dialog.
// Result: answered; the session changed, ended, or unchanged.
// RFC 3261 §12.2.2, §14.2, §15.1.2; RFC 3262 §3; RFC 3311 §5.2; RFC 4028 §9.
import { receiveInDialog, refreshTarget } from '../dialog/use-dialog.ts';
import type { Reply, ServerInvite } from '../endpoint.ts';
import { readHeader } from '../message/header/header.ts';
import { rackHeader } from '../message/header/rack.ts';
import type { HeaderField, SipRequest } from '../message/message.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { outgoingDescription } from '../sdp/exchange.ts';
import { answerOffer } from './answer-offer.ts';
import type { DialogSession } from './dialog-session.ts';
import { receivingVerdict, retryAfterSeconds } from './gate.ts';
import type { ModifyingMethod } from './gate.ts';
import type { ReliableSender } from './reliable-sender.ts';
import { readDescription, withDescription } from './session-body.ts';
import type { SessionCore } from './session-core.ts';
import { answerTimer, timerAnswerFields, timerAsUas } from './session-timer.ts';
import type { TimerAnswer } from './session-timer.ts';

const OUT_OF_ORDER: Reply = { status: 500, reason: 'Out Of Order' };
/** §15.1.2: what a request gets that is still open when its dialog ends; also while we wait for an ACK to send our BYE. */
const TERMINATED: Reply = { status: 487 };

/** Counts the peer's sequence on; false: answer 500 (§12.2.2). */
function takeInOrder(core: SessionCore, request: SipRequest): boolean {
  const receipt = receiveInDialog(core.dialog, request, false);
  if (receipt.kind === 'in-order') core.dialog = receipt.dialog;
  return receipt.kind === 'in-order';
}

export function receiveBye({ core }: DialogSession, request: SipRequest): Reply {
  if (!takeInOrder(core, request)) return OUT_OF_ORDER;
  core.run('bye');
  return { status: 200 };
}

/** `reliable` is the sender of the responses to the first INVITE, which `inviteNumber` is of. */
export async function receivePrack(
  session: DialogSession,
  request: SipRequest,
  invite: { readonly number: number; readonly reliable: ReliableSender } | undefined,
): Promise<Reply> {
  const { core } = session;
  if (!takeInOrder(core, request)) return OUT_OF_ORDER;
  const rack = readHeader(request, rackHeader);
  if (rack?.kind !== 'ok') return { status: 400, reason: 'Bad RAck' };
  const { cseq, rseq } = rack.value;
  if (invite === undefined || cseq.method !== 'INVITE' || cseq.number !== invite.number) return { status: 481 };
  // What is for no response of ours says nothing about the session either.
  if (!invite.reliable.expects(rseq)) return { status: 481 };
  const body = readDescription(request);
  const description = body.kind === 'description' ? body.value : undefined;
  const refusal = refusedByGate(core, 'PRACK', description !== undefined);
  if (refusal !== undefined) return refusal;
  // RFC 3262 §5: an offer in a reliable response is answered by its PRACK.
  const isAnswer = core.exchange.phase === 'local-offer';
  if (isAnswer) {
    const wrong = wrongAnswer(core, description, invite.reliable.isDescribed(rseq));
    if (wrong !== undefined) return body.kind === 'refused' ? body.reply : wrong;
  }
  invite.reliable.acknowledge(rseq);
  if (body.kind === 'refused') return body.reply;
  if (isAnswer || description === undefined) return { status: 200 };
  const answered = await answerOffer(core, session, description);
  return answered.kind === 'answer' ? { status: 200, ...withDescription([], answered.description) } : { status: 488 };
}

/**
 * RFC 3262 §5: the offer in a reliable response must be answered by its PRACK. One without the answer, or with one that does not fit, is
 * refused and acknowledges nothing: until a better one comes, the response is sent again, and in the end the INVITE is refused (§3).
 */
function wrongAnswer(core: SessionCore, answer: SessionDescription | undefined, isOwed: boolean): Reply | undefined {
  if (answer === undefined) return isOwed ? { status: 400, reason: 'Answer Missing' } : undefined;
  const problem = core.agree('answer-received', answer);
  if (problem === undefined) return undefined;
  core.setting.log('warn', `a PRACK has a bad answer: ${problem}`);
  return { status: 488 };
}

export async function receiveUpdate(session: DialogSession, request: SipRequest): Promise<Reply> {
  const { core } = session;
  if (!takeInOrder(core, request)) return OUT_OF_ORDER;
  const body = readDescription(request);
  if (body.kind === 'refused') return body.reply;
  const offer = body.kind === 'description' ? body.value : undefined;
  const refusal = refusedByGate(core, 'UPDATE', offer !== undefined);
  if (refusal !== undefined) return refusal;
  const timer = answerTimer(request, core.setting.policy);
  if (timer.kind === 'too-small') return tooSmall(timer);
  core.mark({ remoteUpdate: true });
  try {
    const answered = offer === undefined ? undefined : await answerOffer(core, session, offer);
    if (core.isOver) return TERMINATED;
    if (answered?.kind === 'refused') return { status: 488 };
    acceptChange(core, request, timer);
    return { status: 200, contact: core.contact, ...withDescription(answerFields(core, timer), answered?.description) };
  } finally {
    core.mark({ remoteUpdate: false });
  }
}

/** A re-INVITE. It is answered as soon as the offer is. */
export async function receiveReinvite(session: DialogSession, invite: ServerInvite): Promise<void> {
  const { core } = session;
  const request = invite.message;
  if (!takeInOrder(core, request)) return void invite.respond(OUT_OF_ORDER);
  const body = readDescription(request);
  if (body.kind === 'refused') return void invite.respond(body.reply);
  const offer = body.kind === 'description' ? body.value : undefined;
  const refusal = core.isOver ? TERMINATED : refusedByGate(core, 'INVITE', offer !== undefined);
  if (refusal !== undefined) return void invite.respond(refusal);
  const timer = answerTimer(request, core.setting.policy);
  if (timer.kind === 'too-small') return void invite.respond(tooSmall(timer));
  core.mark({ remoteInvite: true });
  let isCancelled = false;
  invite.onCancel = () => (isCancelled = true);
  try {
    const before = core.exchange;
    const described = await describe(session, offer);
    if (isCancelled) {
      core.exchange = { ...before, lastLocal: core.exchange.lastLocal };
      return;
    }
    if (described === 'refused' || core.isOver) return void invite.respond(core.isOver ? TERMINATED : { status: 488 });
    acceptChange(core, request, timer);
    const reply: Reply = { status: 200, contact: core.contact, ...withDescription(answerFields(core, timer), described) };
    core.sendAccept = () => invite.respond(reply);
    core.awaitedAck = request.cseq.number;
    core.run('reaccept');
  } catch (error) {
    invite.respond({ status: 500 });
    throw error;
  } finally {
    core.mark({ remoteInvite: false });
  }
}

/** Our answer, or our offer where the re-INVITE had none (§14.2): what we said last. */
async function describe(
  session: DialogSession,
  offer: SessionDescription | undefined,
): Promise<SessionDescription | undefined | 'refused'> {
  const { core } = session;
  if (offer !== undefined) {
    const answered = await answerOffer(core, session, offer);
    return answered.kind === 'answer' ? answered.description : 'refused';
  }
  const { local } = core.exchange;
  if (local === undefined) return undefined;
  const description = outgoingDescription(core.exchange, local);
  return core.agree('offer-sent', description) === undefined ? description : 'refused';
}

/** An ACK for a 2xx of ours. It brings the answer where the 2xx had an offer (§13.2.2.4). */
export function receiveAck({ core }: DialogSession, ack: SipRequest): void {
  if (ack.cseq.number !== core.awaitedAck) return;
  if (core.exchange.phase === 'local-offer' && !core.flags.localUpdate && !core.flags.localInvite) {
    const body = readDescription(ack);
    const problem = body.kind === 'description' ? core.agree('answer-received', body.value) : 'the ACK has no answer';
    if (problem !== undefined) {
      core.setting.log('warn', `a session ends: ${problem}`);
      core.agree('given-up');
      core.run('ack');
      core.run('hang-up');
      return;
    }
  }
  core.run('ack');
}

function acceptChange(core: SessionCore, request: SipRequest, timer: TimerAnswer): void {
  core.dialog = refreshTarget(core.dialog, request);
  core.learn(request);
  core.useTimer(timerAsUas(timer));
}

export function answerFields(core: SessionCore, timer: TimerAnswer): HeaderField[] {
  return [...core.setting.endpoint.invites.abilities(), ...timerAnswerFields(timer)];
}

export function tooSmall({ minimumSeconds }: Extract<TimerAnswer, { kind: 'too-small' }>): Reply {
  return { status: 422, headers: [{ name: 'Min-SE', value: String(minimumSeconds) }] };
}

function refusedByGate(core: SessionCore, method: ModifyingMethod, hasOffer: boolean): Reply | undefined {
  const verdict = receivingVerdict(method, hasOffer, core.underWay);
  if (verdict === 'go') return undefined;
  if (verdict === 491) return { status: 491 };
  const seconds = retryAfterSeconds(core.setting.random.fraction());
  return { status: 500, headers: [{ name: 'Retry-After', value: String(seconds) }] };
}
