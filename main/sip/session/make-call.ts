// Trigger: `sessions.invite`.
// Result: one outcome; a session for each device that rings or answers, of which one is kept.
// RFC 3261 §13.2, §9.1; RFC 3262 §4; RFC 4028 §7.3.
import type { Timer } from '../clock.ts';
import { dialogFromResponse } from '../dialog/create-dialog.ts';
import type { Outcome, OutgoingRequest, SentRequest } from '../endpoint.ts';
import { replacesHeader } from '../message/header/replaces.ts';
import type { HeaderField, NameAddr, SipRequest, SipResponse } from '../message/message.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { NO_EXCHANGE, stepExchange } from '../sdp/exchange.ts';
import type { Exchange } from '../sdp/exchange.ts';
import { TRANSACTION_LIFE_MS } from '../transaction/timers.ts';
import { hasParameter, parameterValue } from '../uri/parameter.ts';
import { acknowledgeProvisional } from './acknowledge-provisional.ts';
import { answerOffer, refusingAnswer } from './answer-offer.ts';
import { DialogSession } from './dialog-session.ts';
import { readDescription, withDescription } from './session-body.ts';
import type { SessionSetting } from './session-core.ts';
import type { Call, CallOptions, CallOutcome } from './session.ts';
import { minimumOf, timerAsUac, timerFields } from './session-timer.ts';

/** A server that asks for a longer interval each time is broken. */
const MOST_RAISES = 3;
/** SECURITY: each provisional response with a new tag makes a dialog; a person has fewer devices than this. */
const MOST_FORKS = 64;

export class OutgoingCall implements Call {
  readonly outcome: Promise<CallOutcome>;
  readonly #setting: SessionSetting;
  readonly #options: CallOptions;
  readonly #onSession: (session: DialogSession) => void;
  readonly #from: NameAddr;
  readonly #callId: string;
  readonly #sessions = new Map<string, DialogSession>();
  readonly #answered = Promise.withResolvers<CallOutcome>();
  #sent: SentRequest | undefined;
  #exchange: Exchange = NO_EXCHANGE;
  #kept: DialogSession | undefined;
  #isCancelled = false;
  #cleanUp: Timer | undefined;

  constructor(setting: SessionSetting, options: CallOptions, onSession: (session: DialogSession) => void) {
    this.#setting = setting;
    this.#options = options;
    this.#onSession = onSession;
    // The same tag and Call-ID in each try, so that the next one is known as such (RFC 3261 §8.1.3.5).
    const tag = { name: 'tag', value: setting.random.token() };
    const { from } = options;
    this.#from = hasParameter(from.parameters, 'tag') ? from : { ...from, parameters: [...from.parameters, tag] };
    this.#callId = options.callId ?? setting.random.token();
    this.outcome = Promise.race([this.#run(), this.#answered.promise]);
  }

  cancel(): void {
    if (this.#isCancelled || this.#kept !== undefined) return;
    this.#isCancelled = true;
    this.#sent?.cancel();
  }

  async #run(): Promise<CallOutcome> {
    let cseqNumber = 1;
    let minimumSeconds = 0;
    for (let raises = 0; ; raises++) {
      const outcome = await this.#try(cseqNumber, minimumSeconds);
      if (outcome.kind === 'final' && outcome.response.status < 300) return this.#answered.promise;
      this.#refuseEarly();
      if (this.#isCancelled) return { kind: 'cancelled' };
      if (outcome.kind !== 'final') return outcome;
      const { response, request } = outcome;
      if (response.status !== 422 || minimumOf(response) <= minimumSeconds || raises >= MOST_RAISES) return { kind: 'refused', response };
      minimumSeconds = minimumOf(response);
      cseqNumber = request.cseq.number + 1;
    }
  }

  #try(cseqNumber: number, minimumSeconds: number): Promise<Outcome> {
    const { uri, to, offer, route, flow, followsRedirects = false } = this.#options;
    if (offer !== undefined) {
      const step = stepExchange(NO_EXCHANGE, 'offer-sent', offer);
      if (step.kind === 'ok') this.#exchange = step.exchange;
    }
    const invite: OutgoingRequest = {
      method: 'INVITE',
      uri,
      from: this.#from,
      to,
      callId: this.#callId,
      cseqNumber,
      followsRedirects,
      contact: this.#options.contact ?? this.#setting.contact,
      ...(route === undefined ? {} : { route }),
      ...(flow === undefined ? {} : { flow }),
      ...withDescription(this.#fields(minimumSeconds), offer),
    };
    this.#sent = this.#setting.endpoint.invites.send(invite, {
      onProvisional: (response, request) => this.#onProvisional(response, request),
      onSuccess: (response, request) => this.#onSuccess(response, request),
    });
    return this.#sent.outcome;
  }

  #fields(minimumSeconds: number): HeaderField[] {
    const { headers = [], reliability = 'supported', replaces } = this.#options;
    const abilities = this.#setting.endpoint.invites.abilities().map((field) => {
      if (field.name !== 'Supported' || reliability !== 'off') return field;
      return {
        ...field,
        value: field.value
          .split(/ *, */)
          .filter((tag) => tag !== '100rel')
          .join(', '),
      };
    });
    const required = [...(reliability === 'required' ? ['100rel'] : []), ...(replaces === undefined ? [] : ['replaces'])];
    return [
      ...abilities,
      ...(required.length === 0 ? [] : [{ name: 'Require', value: required.join(', ') }]),
      ...(replaces === undefined ? [] : [{ name: 'Replaces', value: replacesHeader.print(replaces) }]),
      ...timerFields(this.#setting.policy, minimumSeconds, undefined),
      ...headers,
    ];
  }

  #onProvisional(response: SipResponse, request: SipRequest): void {
    const session = this.#sessionOf(response, request);
    if (session !== undefined && session.phase === 'early') {
      session.core.learn(response);
      if (!acknowledgeProvisional(session.core, session, response, request)) return;
    }
    if (!this.#isCancelled) this.#options.onProgress?.(response, session);
  }

  /** The session of the dialog the response belongs to, made where it is new; undefined where it makes none. */
  #sessionOf(response: SipResponse, request: SipRequest): DialogSession | undefined {
    const tag = parameterValue(response.to.parameters, 'tag') ?? '';
    const known = this.#sessions.get(tag);
    if (known !== undefined) return known;
    const dialog = this.#sessions.size < MOST_FORKS ? dialogFromResponse(request, response) : undefined;
    if (dialog === undefined) return undefined;
    const { contact, onOffer } = this.#options;
    const session = new DialogSession({ setting: this.#setting, role: 'uac', dialog, contact, answerer: onOffer });
    session.core.exchange = this.#exchange;
    session.core.mark({ localInvite: true });
    this.#sessions.set(tag, session);
    this.#onSession(session);
    return session;
  }

  #onSuccess(response: SipResponse, request: SipRequest): void {
    const session = this.#sessionOf(response, request);
    if (session === undefined) return this.#settle({ kind: 'bad-answer', reason: 'the 2xx makes no dialog' });
    const { core } = session;
    if (core.acknowledgeAgain(request.cseq.number)) return core.run('2xx');
    if (core.isAnswering) return;
    core.isAnswering = true;
    this.#confirmDialog(session, response, request);
    const isKept = !this.#isCancelled && core.phase === 'early' && this.#keeps(session);
    const work = this.#takeIn(session, response, request, isKept);
    work.catch(() => this.#settle({ kind: 'bad-answer', reason: 'the answer could not be taken in' }));
    core.background(work);
  }

  async #takeIn(session: DialogSession, response: SipResponse, request: SipRequest, isKept: boolean): Promise<void> {
    const { core } = session;
    const { problem, answer } = await takeIn2xx(session, response);
    core.mark({ localInvite: false });
    core.acknowledge(request, answer);
    core.run('2xx');
    if (problem !== undefined || !isKept || this.#isCancelled) core.run('hang-up');
    else core.useTimer(timerAsUac(response));
    this.#conclude(session, response, problem);
  }

  #conclude(session: DialogSession, response: SipResponse, problem: string | undefined): void {
    // Nobody else is waited for once all that answered was hung up before.
    if (this.#isCancelled || this.#kept === undefined) this.#settle({ kind: 'cancelled' });
    else if (this.#kept !== session) return;
    else if (problem !== undefined) this.#settle({ kind: 'bad-answer', reason: problem });
    else this.#settle({ kind: 'answered', session, response });
  }

  /** §13.2.2.4: route set and target as the 2xx has them, whatever a provisional response said. */
  #confirmDialog({ core }: DialogSession, response: SipResponse, request: SipRequest): void {
    core.learn(response);
    const dialog = dialogFromResponse(request, response);
    if (dialog === undefined) return;
    const localSequence = Math.max(dialog.localSequence, core.dialog.localSequence);
    core.dialog = { ...dialog, localSequence, remoteSequence: core.dialog.remoteSequence };
  }

  /** The first one is kept, others as the caller says. */
  #keeps(session: DialogSession): boolean {
    if (this.#kept !== undefined) return this.#options.keepFork?.(session) === true;
    this.#kept = session;
    // §13.2.2.4: who has not answered by then never will; early dialogs of theirs end.
    this.#cleanUp = this.#setting.clock.startTimer(TRANSACTION_LIFE_MS, () => this.#refuseEarly());
    return true;
  }

  #settle(outcome: CallOutcome): void {
    this.#answered.resolve(outcome);
  }

  #refuseEarly(): void {
    for (const [tag, { core }] of this.#sessions) {
      if (core.phase !== 'early') continue;
      core.run('refused');
      this.#sessions.delete(tag);
    }
  }

  dispose(): void {
    this.#cleanUp?.cancel();
  }
}

interface Taken {
  /** Why the session cannot go on. */
  readonly problem: string | undefined;
  /** For the ACK, where the 2xx had the offer. */
  readonly answer: SessionDescription | undefined;
}

async function takeIn2xx(session: DialogSession, response: SipResponse): Promise<Taken> {
  const { core } = session;
  const body = readDescription(response);
  const description = body.kind === 'description' ? body.value : undefined;
  if (core.exchange.phase === 'local-offer') {
    const problem = description === undefined ? 'the 2xx has no answer' : core.agree('answer-received', description);
    return { problem, answer: undefined };
  }
  // An answer that came reliably before may be said again; nothing new can be.
  if (core.exchange.phase !== 'none' || description === undefined) return { problem: undefined, answer: undefined };
  const answered = await answerOffer(core, session, description);
  if (answered.kind === 'answer') return { problem: undefined, answer: answered.description };
  return { problem: answered.reason, answer: refusingAnswer(core, description) };
}
