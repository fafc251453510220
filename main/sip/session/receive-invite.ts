// Trigger: an INVITE that makes a session.
// Result: one decision asked for and carried out; provisional responses on the way; 487 when the caller gives up.
// RFC 3261 §13.3, RFC 3262 §3, RFC 4028 §9.
import type { Timer } from '../clock.ts';
import type { Flow, Reply, ServerInvite } from '../endpoint.ts';
import { expiresHeader } from '../message/header/expires.ts';
import { readHeader } from '../message/header/header.ts';
import type { SipRequest } from '../message/message.ts';
import type { NetworkAddress } from '../network.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { outgoingDescription } from '../sdp/exchange.ts';
import type { DialogSession } from './dialog-session.ts';
import { hasOption } from './options.ts';
import { answerFields } from './receive-in-dialog.ts';
import { ReliableSender } from './reliable-sender.ts';
import { withDescription } from './session-body.ts';
import type { SessionCore } from './session-core.ts';
import { timerAsUas } from './session-timer.ts';
import type { TimerAnswer } from './session-timer.ts';
import type { Decision, Invitation, InviteHandler, Progress } from './session.ts';

/** §13.3.1.1: a proxy may give up where it hears nothing for three minutes, so each of them brings a provisional response or more. */
const SAY_AGAIN_MS = 60_000;

export interface InvitationParts {
  readonly invite: ServerInvite;
  readonly session: DialogSession;
  readonly offer: SessionDescription | undefined;
  readonly replaced: DialogSession | undefined;
  /** Ends the session replaced, with what fits it. */
  readonly endReplaced: () => void;
  readonly timer: TimerAnswer;
}

export class IncomingInvitation implements Invitation {
  readonly message: SipRequest;
  readonly flow: Flow;
  readonly source: NetworkAddress;
  readonly offer: SessionDescription | undefined;
  readonly replaces: DialogSession | undefined;
  readonly session: DialogSession;
  readonly canBeReliable: boolean;
  readonly reliable: ReliableSender;
  readonly #core: SessionCore;
  readonly #invite: ServerInvite;
  readonly #timer: TimerAnswer;
  readonly #endReplaced: () => void;
  readonly #abort = new AbortController();
  #expiry: Timer | undefined;
  #sayAgain: Timer | undefined;
  #isAnswered = false;

  constructor({ invite, session, offer, replaced, endReplaced, timer }: InvitationParts) {
    this.#endReplaced = endReplaced;
    this.message = invite.message;
    this.flow = invite.flow;
    this.source = invite.source;
    this.offer = offer;
    this.replaces = replaced;
    this.session = session;
    this.#core = session.core;
    this.#invite = invite;
    this.#timer = timer;
    const { message } = this;
    this.canBeReliable = hasOption(message, 'Supported', '100rel') || hasOption(message, 'Require', '100rel');
    const { clock, random } = this.#core.setting;
    this.reliable = new ReliableSender(clock, random.fraction(), () => this.#core.run('prack-overdue'));
    this.#core.answerInvite = (reply) => this.#answer(reply);
    this.#core.mark({ remoteInvite: true });
    invite.onCancel = () => this.#core.run('cancel');
    void session.ended.then(() => this.#close());
    const expires = readHeader(message, expiresHeader);
    // §13.3.1: nobody waits for it any more after that; the answer is 487.
    if (expires?.kind === 'ok') this.#expiry = clock.startTimer(expires.value * 1_000, () => this.#core.run('cancel'));
    this.#saySoon({ status: 183 });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Asks, and does what is decided. */
  async decide(handler: InviteHandler): Promise<void> {
    let decision: Decision;
    try {
      decision = await handler(this);
      if (decision.kind === 'accept') await this.#accept(decision);
    } catch (error) {
      this.#core.setting.log('error', `INVITE failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      decision = { kind: 'refuse', status: 500 };
    }
    if (decision.kind === 'refuse' && this.#core.phase === 'early') {
      const { status, reason, headers } = decision;
      this.#answer({ status, ...(reason === undefined ? {} : { reason }), ...(headers === undefined ? {} : { headers }) });
      this.#core.run('refused');
    }
  }

  async progress(progress: Progress): Promise<boolean> {
    const { status, reason, description, headers = [] } = progress;
    if (status <= 100 || status >= 200) throw new Error(`${status} is no provisional response`);
    if (this.#isAnswered || this.#core.phase !== 'early') return false;
    this.#saySoon({ status, ...(reason === undefined ? {} : { reason }), headers });
    const isRequired = hasOption(this.message, 'Require', '100rel');
    const isReliable = this.canBeReliable && (isRequired || (progress.isReliable ?? description !== undefined));
    const sent = description === undefined ? undefined : this.#describe(description, isReliable);
    const build = (own: typeof headers): Reply => ({
      status,
      contact: this.#core.contact,
      toTag: this.#core.dialog.localTag,
      ...(reason === undefined ? {} : { reason }),
      ...withDescription([...this.#core.setting.endpoint.invites.abilities(), ...own, ...headers], sent),
    });
    if (!isReliable) {
      this.#invite.respond(build([]));
      return true;
    }
    return this.reliable.send(sent !== undefined, (rseq) =>
      this.#invite.respond(
        build([
          { name: 'Require', value: '100rel' },
          { name: 'RSeq', value: String(rseq) },
        ]),
      ),
    );
  }

  /** What was said last once more, in a minute; its description, which is known by then or only hinted, is left out. */
  #saySoon(progress: Progress): void {
    this.#sayAgain?.cancel();
    this.#sayAgain = this.#core.setting.clock.startTimer(SAY_AGAIN_MS, () => void this.progress({ ...progress, isReliable: false }));
  }

  /** Keeps the books of a description in a reliable response or the 2xx. In an unreliable one it only hints at the answer to come. */
  #describe(description: SessionDescription, counts: boolean): SessionDescription {
    const core = this.#core;
    const sent = outgoingDescription(core.exchange, description);
    // RFC 6337 §2.1: without PRACK nobody knows whether it arrived, so it counts only when the 2xx says it again.
    if (!counts) return sent;
    const problem = core.agree(core.exchange.phase === 'remote-offer' ? 'answer-sent' : 'offer-sent', sent);
    if (problem !== undefined) throw new Error(`cannot be said now: ${problem}`);
    return sent;
  }

  async #accept({ description, headers = [], contact }: Extract<Decision, { kind: 'accept' }>): Promise<void> {
    const core = this.#core;
    // RFC 3262 §3, §5: no 2xx before what was said reliably has arrived.
    await this.reliable.ready();
    if (core.phase !== 'early') return;
    const mustDescribe = core.exchange.phase === 'remote-offer' || (core.exchange.phase === 'none' && description !== undefined);
    if (mustDescribe && description === undefined) throw new Error('an offer needs an answer');
    const sent = mustDescribe && description !== undefined ? this.#describe(description, true) : undefined;
    const fields = [...answerFields(core, this.#timer), ...headers];
    const reply: Reply = {
      status: 200,
      contact: contact ?? core.contact,
      toTag: core.dialog.localTag,
      ...withDescription(fields, sent),
    };
    this.#finish();
    core.sendAccept = () => this.#invite.respond(reply);
    core.awaitedAck = this.message.cseq.number;
    core.run('accept');
    core.mark({ remoteInvite: false });
    core.useTimer(timerAsUas(this.#timer));
    // RFC 3891 §3: it takes the place of the other.
    this.#endReplaced();
  }

  #answer(reply: Reply): void {
    if (this.#isAnswered) return;
    this.#finish();
    this.#invite.respond({ ...reply, toTag: this.#core.dialog.localTag });
  }

  #finish(): void {
    this.#isAnswered = true;
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    this.#expiry?.cancel();
    this.#sayAgain?.cancel();
    this.reliable.close();
  }

  #close(): void {
    this.#stopWaiting();
    if (!this.#abort.signal.aborted && this.#core.endReason !== 'refused') this.#abort.abort();
  }
}
