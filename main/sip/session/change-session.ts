// Trigger: `session.change`, or the session timer.
// Result: the session changed or refreshed by re-INVITE or UPDATE; glare waited out, too short an interval raised.
// RFC 3261 §14.1, RFC 3311 §5.1, RFC 4028 §7.
import { refreshTarget } from '../dialog/use-dialog.ts';
import type { Final, Outcome } from '../endpoint.ts';
import type { HeaderField } from '../message/message.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { outgoingDescription } from '../sdp/exchange.ts';
import { acknowledgeProvisional } from './acknowledge-provisional.ts';
import { glareWaitMs, maySend } from './gate.ts';
import { readDescription, withDescription } from './session-body.ts';
import type { SessionCore } from './session-core.ts';
import type { ChangeOutcome, Session } from './session.ts';
import { minimumOf, timerAsUac } from './session-timer.ts';

/** Two that meet again and again: after as many tries one of them has a reason other than chance. */
const MOST_TRIES = 8;

const UNKNOWN_METHOD: ReadonlySet<number> = new Set([405, 501]);

type Tried = ChangeOutcome | { readonly kind: 'again'; readonly afterMs: number };
type Method = 'INVITE' | 'UPDATE';

/** `offer` undefined: a refresh. */
export async function changeSession(
  core: SessionCore,
  face: Session,
  offer: SessionDescription | undefined,
  method: Method,
): Promise<ChangeOutcome> {
  const hasOffer = offer !== undefined;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    // WHY: between the last look and the sending nothing may be awaited, or two changes would both believe it is their turn.
    while (!core.isOver && !maySend(method, hasOffer, core.underWay)) await core.woken();
    if (core.isOver) return { kind: 'failed', reason: 'the session ended' };
    const tried = await tryOnce(core, face, { offer, method });
    if (tried.kind !== 'again') return tried;
    await core.sleep(tried.afterMs);
  }
  return { kind: 'failed', reason: 'both sides change it at once again and again' };
}

/** RFC 4028 §7.4: by UPDATE without an offer where the peer allows it, else by a re-INVITE that changes nothing. */
export async function refreshSession(core: SessionCore, face: Session): Promise<void> {
  const outcome = core.peerAllowsUpdate
    ? await changeSession(core, face, undefined, 'UPDATE')
    : await changeSession(core, face, core.exchange.local, 'INVITE');
  if (outcome.kind === 'changed') return;
  // What the peer allows may have changed since it said so.
  if (outcome.kind === 'refused' && UNKNOWN_METHOD.has(outcome.response.status)) core.peerAllowsUpdate = false;
  core.refreshLater();
}

interface Change {
  readonly offer: SessionDescription | undefined;
  readonly method: Method;
}

async function tryOnce(core: SessionCore, face: Session, { offer, method }: Change): Promise<Tried> {
  const description = offer === undefined ? undefined : outgoingDescription(core.exchange, offer);
  if (description !== undefined) {
    const problem = core.agree('offer-sent', description);
    if (problem !== undefined) return { kind: 'failed', reason: problem };
  }
  const flag = method === 'INVITE' ? 'localInvite' : 'localUpdate';
  core.mark({ [flag]: true });
  try {
    const outcome = await send(core, face, method, description);
    return conclude(core, outcome, description);
  } finally {
    core.mark({ [flag]: false });
  }
}

async function send(core: SessionCore, face: Session, method: Method, description: SessionDescription | undefined): Promise<Outcome> {
  const { endpoint } = core.setting;
  await core.ackSent();
  const request = core.next(method, withDescription(changeFields(core), description));
  if (method === 'UPDATE') return endpoint.send(request).outcome;
  return endpoint.invites.send(request, {
    onProvisional: (response, invite) => void acknowledgeProvisional(core, face, response, invite),
    onSuccess: (_response, invite) => {
      if (core.acknowledgeAgain(invite.cseq.number)) core.run('2xx');
    },
  }).outcome;
}

/** Allow and Supported are said again: the peer may ask by them what it may send (RFC 3311 §5.1). */
function changeFields(core: SessionCore): HeaderField[] {
  return [...core.setting.endpoint.invites.abilities(), ...core.timerFields()];
}

function conclude(core: SessionCore, outcome: Outcome, offer: SessionDescription | undefined): Tried {
  if (outcome.kind === 'final' && outcome.response.status < 300) return accepted(core, outcome, offer);
  if (offer !== undefined) core.agree('given-up');
  core.judge(outcome);
  if (outcome.kind !== 'final') return { kind: 'failed', reason: outcome.kind };
  const { response } = outcome;
  // §14.1: the owner of the Call-ID is who made the dialog.
  if (response.status === 491) return { kind: 'again', afterMs: glareWaitMs(core.role === 'uac', core.setting.random.fraction()) };
  if (response.status === 422 && minimumOf(response) > core.minimumSeconds) {
    core.minimumSeconds = minimumOf(response);
    return { kind: 'again', afterMs: 0 };
  }
  return { kind: 'refused', response };
}

function accepted(core: SessionCore, { response, request }: Final, offer: SessionDescription | undefined): ChangeOutcome {
  core.dialog = refreshTarget(core.dialog, response);
  core.learn(response);
  const body = readDescription(response);
  let problem: string | undefined;
  // The answer may have come in a reliable provisional response before.
  if (offer !== undefined && core.exchange.phase === 'local-offer') {
    problem = body.kind === 'description' ? core.agree('answer-received', body.value) : 'the 2xx has no answer';
  }
  if (request.method === 'INVITE') {
    core.acknowledge(request);
    core.run('2xx');
  }
  if (problem !== undefined) {
    // The peer changed and we cannot follow: what each believes differs from now on.
    core.agree('given-up');
    core.run('hang-up');
    return { kind: 'failed', reason: problem };
  }
  core.useTimer(timerAsUac(response));
  return { kind: 'changed', local: core.exchange.local, remote: core.exchange.remote };
}
