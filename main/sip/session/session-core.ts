// One session's state with its timers and its dialog: does what the machine says (RFC 3261 §12.2, §13 to §15).
import type { Clock, Timer } from '../clock.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { requestInDialog } from '../dialog/use-dialog.ts';
import type { InDialogParts } from '../dialog/use-dialog.ts';
import type { Endpoint, Log, Outcome, OutgoingRequest, OwnContact, Reply, SentAck } from '../endpoint.ts';
import type { HeaderField, SipMessage, SipRequest } from '../message/message.ts';
import type { Random } from '../random.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { NO_EXCHANGE, stepExchange } from '../sdp/exchange.ts';
import type { Exchange, ExchangeInput } from '../sdp/exchange.ts';
import type { UnderWay } from './gate.ts';
import { hasOption } from './options.ts';
import { withDescription } from './session-body.ts';
import { nextResendMs, stepSession } from './session-step.ts';
import type { EndReason, SessionEffect, SessionInput, SessionPhase, SessionRole } from './session-step.ts';
import type { Answerer } from './session.ts';
import { expiresAfterMs, refreshAfterMs, timerFields } from './session-timer.ts';
import type { SessionTimer, TimerPolicy } from './session-timer.ts';

/** What all sessions of one endpoint share. */
export interface SessionSetting {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly contact: OwnContact;
  readonly policy: TimerPolicy;
  onEnded(core: SessionCore): void;
}

type Flags = Pick<UnderWay, 'localInvite' | 'remoteInvite' | 'localUpdate' | 'remoteUpdate'>;

/** Requests that carry our Contact (RFC 3261 §12.2.1.1, RFC 3311 §5.1). */
const TARGET_REFRESHES: ReadonlySet<string> = new Set(['INVITE', 'UPDATE']);
/** An ACK is kept for as many INVITEs, to be sent again with each 2xx that comes again. */
const MOST_ACKS = 4;
/** Less is no time for another try. */
const SHORTEST_REFRESH_WAIT_MS = 5_000;
const NOTHING_UNDER_WAY: Flags = { localInvite: false, remoteInvite: false, localUpdate: false, remoteUpdate: false };

export class SessionCore {
  readonly setting: SessionSetting;
  readonly role: SessionRole;
  readonly contact: OwnContact;
  dialog: Dialog;
  exchange: Exchange = NO_EXCHANGE;
  phase: SessionPhase = 'early';
  endReason: EndReason | undefined;
  flags: Flags = NOTHING_UNDER_WAY;
  answerer: Answerer | undefined;
  timer: SessionTimer | undefined;
  /** The largest Min-SE the peer asked for. */
  minimumSeconds = 0;
  peerAllowsUpdate = false;
  /** The last reliable provisional response to an INVITE of ours that got its PRACK. */
  acknowledgedRSeq: { readonly cseqNumber: number; readonly rseq: number } | undefined;
  /** A 2xx is being taken in; the same again is dropped meanwhile. */
  isAnswering = false;
  /** Sequence number of the INVITE whose 2xx of ours waits for its ACK. */
  awaitedAck: number | undefined;
  byeHeaders: readonly HeaderField[] = [];
  readonly confirmed = Promise.withResolvers<EndReason | undefined>();
  readonly ended = Promise.withResolvers<EndReason>();
  /** Set by who made it: answers the first INVITE while it waits, refreshes, sends the 2xx and gives how to send it again. */
  answerInvite: ((reply: Reply) => void) | undefined;
  refresh: (() => void) | undefined;
  sendAccept: (() => () => void) | undefined;
  #resendAccept: (() => void) | undefined;
  readonly #acks = new Map<number, SentAck>();
  #ackSent: Promise<void> | undefined;
  #isByeSent = false;
  #resendMs = 0;
  #expiresAtMs = 0;
  #waits: Timer[] = [];
  #timers: Timer[] = [];
  #turns: (() => void)[] = [];

  constructor(setting: SessionSetting, role: SessionRole, dialog: Dialog, contact: OwnContact) {
    this.setting = setting;
    this.role = role;
    this.dialog = dialog;
    this.contact = contact;
  }

  get underWay(): UnderWay {
    return { ...this.flags, isConfirmed: this.phase === 'confirmed', exchange: this.exchange.phase };
  }

  /** Whether nothing is to change any more: it ended, or waits for an ACK to be hung up. */
  get isOver(): boolean {
    return this.phase === 'ended' || this.phase === 'hanging-up';
  }

  run(input: SessionInput): void {
    const [phase, effects] = stepSession(this.role, this.phase, input);
    this.phase = phase;
    for (const effect of effects) this.#perform(effect);
    this.#wake();
  }

  mark(flags: Partial<Flags>): void {
    this.flags = { ...this.flags, ...flags };
    this.#wake();
  }

  /** Steps the offer/answer exchange; the reason where the description cannot come now or does not fit. */
  agree(input: ExchangeInput, description?: SessionDescription): string | undefined {
    const result = stepExchange(this.exchange, input, description);
    if (result.kind === 'refused') return result.reason;
    this.exchange = result.exchange;
    this.#wake();
    return undefined;
  }

  /** Resolves when something ended that a change may have waited for. */
  woken(): Promise<void> {
    return new Promise((resolve) => this.#turns.push(resolve));
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.setting.clock.startTimer(delayMs, resolve);
      void this.ended.promise.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** For work that nobody waits for: what breaks in it is logged, and the session ends. */
  background(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.setting.log('error', `a session failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      this.run('hang-up');
    });
  }

  /** What the peer's INVITE, UPDATE or 2xx says of its abilities. */
  learn(message: SipMessage): void {
    if (message.headers.some(({ name }) => name === 'Allow')) this.peerAllowsUpdate = hasOption(message, 'Allow', 'UPDATE');
  }

  /**
   * RFC 4028 §10: a refresh that was refused, or did not get through, is tried again at half of the time that is left.
   * WHY bounded so: each try waits half as long as the one before, and a few seconds before the end a new one would come too late.
   */
  refreshLater(): void {
    const { clock } = this.setting;
    const waitMs = (this.#expiresAtMs - clock.monotonicMs()) / 2;
    if (this.timer?.isOurs !== true || waitMs < SHORTEST_REFRESH_WAIT_MS || this.isOver) return;
    this.#timers.push(clock.startTimer(waitMs, () => this.run('refresh-due')));
  }

  /** Starts the session timer anew after a 2xx; undefined: there is none (any more). */
  useTimer(timer: SessionTimer | undefined): void {
    for (const running of this.#timers) running.cancel();
    this.#timers = [];
    this.timer = timer;
    if (timer === undefined || this.phase === 'ended') return;
    const { clock } = this.setting;
    if (timer.isOurs) this.#timers.push(clock.startTimer(refreshAfterMs(timer), () => this.run('refresh-due')));
    this.#expiresAtMs = clock.monotonicMs() + expiresAfterMs(timer);
    this.#timers.push(clock.startTimer(expiresAfterMs(timer), () => this.run('expired')));
  }

  timerFields(): HeaderField[] {
    return timerFields(this.setting.policy, this.minimumSeconds, this.timer);
  }

  /** The next request of this dialog. Its sequence number is counted on here, also when a challenge uses up another one. */
  next(method: string, parts: InDialogParts = {}): OutgoingRequest {
    const isRefresh = TARGET_REFRESHES.has(method);
    // RFC 4028 §7.1: each request says that we know timers; INVITE and UPDATE say all we know.
    const headers = isRefresh ? (parts.headers ?? []) : [...(parts.headers ?? []), ...this.#supported()];
    const contact = isRefresh ? { contact: this.contact } : {};
    const [dialog, outgoing] = requestInDialog(this.dialog, method, { ...contact, ...parts, headers });
    this.dialog = dialog;
    return { ...outgoing, nextCSeqNumber: () => this.nextSequence() };
  }

  #supported(): HeaderField[] {
    return this.setting.endpoint.invites.abilities().filter(({ name }) => name === 'Supported');
  }

  nextSequence(): number {
    this.dialog = { ...this.dialog, localSequence: this.dialog.localSequence + 1 };
    return this.dialog.localSequence;
  }

  /** Resolves when the last ACK is out: finding its way may take longer than that of a request behind it. */
  async ackSent(): Promise<void> {
    await this.#ackSent;
  }

  async request(method: string, parts: InDialogParts = {}): Promise<Outcome> {
    await this.ackSent();
    const outcome = await this.setting.endpoint.send(this.next(method, parts)).outcome;
    this.judge(outcome);
    return outcome;
  }

  /** §12.2.1.2: what ends the dialog, whatever request it answers. */
  judge(outcome: Outcome): void {
    if (outcome.kind === 'timeout' || (outcome.kind === 'final' && outcome.response.status === 408)) this.run('unanswered');
    else if (outcome.kind === 'final' && outcome.response.status === 481) this.run('lost');
  }

  /** Sends the ACK for a 2xx to this INVITE of ours (§13.2.2.4); once known, `run('2xx')` and this send it again. */
  acknowledge(invite: SipRequest, description?: SessionDescription): void {
    const { dialog } = this;
    const { number } = invite.cseq;
    const ack: OutgoingRequest = {
      method: 'ACK',
      uri: dialog.remoteTarget,
      from: dialog.local,
      to: dialog.remote,
      callId: dialog.callId,
      cseqNumber: number,
      route: dialog.routeSet,
      ...withDescription([], description),
    };
    const sent = this.setting.endpoint.invites.ack(ack, invite);
    this.#acks.set(number, sent);
    this.#ackSent = sent.sent;
    for (const oldest of this.#acks.keys()) {
      if (this.#acks.size <= MOST_ACKS) break;
      this.#acks.delete(oldest);
    }
  }

  /** False while the first ACK for this INVITE is still being made. */
  acknowledgeAgain(cseqNumber: number): boolean {
    const ack = this.#acks.get(cseqNumber);
    ack?.again();
    return ack !== undefined;
  }

  /** Ends it without telling the peer. */
  abandon(): void {
    if (this.phase === 'ended') return;
    this.phase = 'ended';
    this.#end('stopped');
    this.#wake();
  }

  #perform(effect: SessionEffect): void {
    switch (effect.kind) {
      case 'send-accept':
        this.#resendAccept = this.sendAccept?.();
        break;
      case 'resend-accept':
        this.#resendAccept?.();
        break;
      case 'start-resend':
        this.#resendMs = effect.delay === 'doubled-to-T2' ? nextResendMs(this.#resendMs) : effect.delay;
        this.#waits[0]?.cancel();
        this.#waits[0] = this.setting.clock.startTimer(this.#resendMs, () => this.run('resend-due'));
        break;
      case 'start-ack-wait':
        this.#waits[1]?.cancel();
        this.#waits[1] = this.setting.clock.startTimer(effect.delayMs, () => this.run('ack-overdue'));
        break;
      case 'stop-accept':
        for (const wait of this.#waits) wait.cancel();
        break;
      case 'send-bye':
        this.#sendBye();
        break;
      case 'answer-invite':
        this.answerInvite?.({ status: effect.status });
        break;
      case 'send-refresh':
        this.refresh?.();
        break;
      case 'tell-confirmed':
        this.confirmed.resolve(undefined);
        break;
      case 'tell-ended':
        this.#end(effect.reason);
        break;
      // The ACK goes out where its 2xx is taken in, the 200 to a BYE as its reply.
      case 'send-ack':
      case 'answer-bye':
        break;
    }
  }

  #sendBye(): void {
    if (this.#isByeSent) return;
    this.#isByeSent = true;
    void this.request('BYE', { headers: this.byeHeaders });
  }

  #end(reason: EndReason): void {
    this.endReason = reason;
    for (const timer of [...this.#waits, ...this.#timers]) timer.cancel();
    this.#waits = [];
    this.#timers = [];
    this.confirmed.resolve(reason);
    this.ended.resolve(reason);
    this.setting.onEnded(this);
  }

  #wake(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const wake of turns) wake();
  }
}
