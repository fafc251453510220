// One subscription kept by its notifier: the dialog, its NOTIFYs, its timer (RFC 6665 §4.2). The machine decides; this file sends.
import { dialogFromRequest, isRequestOf, noteRequestSent, receiveInDialog, requestInDialog } from '../../../sip/index.ts';
import type { Dialog, HeaderField, IncomingRequest, Outcome, OutgoingRequest, Reply, Timer } from '../../../sip/index.ts';
import type { Moment } from '../../machine.ts';
import { failureOf } from '../../outcome.ts';
import { retryAfterMs } from '../../retry.ts';
import type { NotifierOptions, NotifierWatcher, WatcherIdentity } from './notifier-options.ts';
import { notifierDeadline, startNotifier, stepNotifier } from './notifier-step.ts';
import type { AccessDecision, NotifierEffect, NotifierInput, NotifierMachine } from './notifier-step.ts';
import { identityOf } from './read-subscribe.ts';
import type { SubscribeTerms } from './read-subscribe.ts';

type NotifyEffect = Extract<NotifierEffect, { kind: 'notify' }>;

export interface NotifierFlowEvents {
  readonly told: (flow: NotifierFlow) => void;
  readonly closed: (flow: NotifierFlow) => void;
}

export interface NotifierFlowParts {
  readonly options: NotifierOptions;
  readonly events: NotifierFlowEvents;
  readonly request: IncomingRequest;
  readonly terms: SubscribeTerms;
  readonly decision: AccessDecision;
}

export class NotifierFlow {
  readonly id: string;
  identity: WatcherIdentity;
  readonly localTag: string;
  private readonly options: NotifierOptions;
  private readonly events: NotifierFlowEvents;
  private readonly isFetch: boolean;
  private readonly eventId: string | undefined;
  private readonly subscribedAtMs: number;
  private readonly subscribedMonotonicMs: number;
  private dialog: Dialog;
  private machine: NotifierMachine;
  private notificationCount = 0;
  private timer: Timer | undefined;
  private armedFor: number | undefined;
  private isForgotten = false;
  /** Performed by `begin`, so that the owner knows this subscription before it hears of it. */
  private first: readonly NotifierEffect[];

  /** Undefined where the SUBSCRIBE makes no dialog. */
  static open(parts: NotifierFlowParts): NotifierFlow | undefined {
    const dialog = dialogFromRequest(parts.request.message, parts.options.random.token(64));
    return dialog === undefined ? undefined : new NotifierFlow(parts, dialog);
  }

  private constructor({ options, events, request, terms, decision }: NotifierFlowParts, dialog: Dialog) {
    this.options = options;
    this.events = events;
    this.id = options.random.token(64);
    this.identity = identityOf(request);
    this.dialog = dialog;
    this.localTag = dialog.localTag;
    this.isFetch = terms.expiresSeconds === 0;
    this.eventId = terms.eventId;
    this.subscribedAtMs = options.clock.nowMs();
    this.subscribedMonotonicMs = options.clock.monotonicMs();
    const { expiresSeconds, minIntervalMs } = terms;
    const isProven = request.flow.protocol !== 'udp';
    const [machine, effects] = startNotifier({ kind: 'subscribed', decision, expiresSeconds, minIntervalMs }, this.moment(), { isProven });
    this.machine = machine;
    this.first = effects;
  }

  begin(): void {
    const effects = this.first;
    this.first = [];
    for (const effect of effects) this.perform(effect);
    this.arm();
  }

  get status(): NotifierMachine['status'] {
    return this.machine.status;
  }

  get decision(): AccessDecision {
    return this.machine.decision;
  }

  /** In the form that watcher information has. */
  describe(): NotifierWatcher {
    const { identity, machine, options } = this;
    const sinceMs = options.clock.monotonicMs() - this.subscribedMonotonicMs;
    const leftMs = machine.expiresAtMs - options.clock.monotonicMs();
    return {
      id: this.id,
      uri: identity.uri,
      displayName: identity.from.displayName ?? '',
      status: machine.status,
      event: machine.event,
      expirationSeconds:
        machine.status === 'waiting' || machine.status === 'terminated' ? undefined : Math.max(0, Math.round(leftMs / 1000)),
      durationSubscribedSeconds: Math.round(sinceMs / 1000),
      identity,
      decision: machine.decision,
      isFetch: this.isFetch,
      subscribedAtMs: this.subscribedAtMs,
    };
  }

  isFor(request: IncomingRequest['message']): boolean {
    return isRequestOf(this.dialog, request);
  }

  /** A SUBSCRIBE in the dialog. Returns its answer. */
  refresh(request: IncomingRequest, terms: SubscribeTerms, decision: AccessDecision): Reply {
    if (!this.machine.isOpen || this.machine.lastReason !== undefined) return { status: 481 };
    const receipt = receiveInDialog(this.dialog, request.message, true);
    if (receipt.kind === 'out-of-order') return { status: 500, reason: 'Out of order' };
    this.dialog = receipt.dialog;
    this.identity = { ...this.identity, flow: request.flow, source: request.source };
    const { expiresSeconds, minIntervalMs } = terms;
    this.input({ kind: 'subscribed', decision, expiresSeconds, minIntervalMs });
    return this.accepted(expiresSeconds);
  }

  accepted(expiresSeconds: number): Reply {
    const headers = [{ name: 'Expires', value: String(expiresSeconds) }];
    return { status: 200, toTag: this.localTag, contact: { user: this.options.contactUser }, headers };
  }

  input(input: NotifierInput): void {
    if (this.isForgotten) return;
    const [machine, effects] = stepNotifier(this.machine, input, this.moment());
    this.machine = machine;
    for (const effect of effects) this.perform(effect);
    this.arm();
  }

  /** Without a word: the endpoint ends. */
  forget(): void {
    this.isForgotten = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private moment(): Moment {
    const { clock } = this.options;
    return { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), fraction: 0 };
  }

  private arm(): void {
    if (this.isForgotten) return;
    const next = notifierDeadline(this.machine);
    if (next === this.armedFor) return;
    this.timer?.cancel();
    this.armedFor = next;
    const { clock } = this.options;
    const onTimer = (): void => {
      this.armedFor = undefined;
      this.input({ kind: 'timer' });
    };
    this.timer = next === undefined ? undefined : clock.startTimer(next - clock.monotonicMs(), onTimer);
  }

  private perform(effect: NotifierEffect): void {
    switch (effect.kind) {
      case 'notify':
        // WHY: the answer to the SUBSCRIBE goes first; some watchers do not know a NOTIFY that overtakes it.
        this.options.clock.startTimer(0, () => this.notify(effect));
        return;
      case 'told':
        return this.events.told(this);
      case 'closed':
        return this.events.closed(this);
    }
  }

  private notify(effect: NotifyEffect): void {
    if (this.isForgotten) return;
    const { options, identity } = this;
    const { decision } = this.machine;
    const notification = this.notificationCount++;
    const mayAsk = effect.hasState && (decision === 'allow' || decision === 'polite-block');
    const body = mayAsk ? options.stateFor(identity, { decision, notification }) : undefined;
    const [next, request] = requestInDialog(this.dialog, 'NOTIFY', {
      contact: { user: options.contactUser },
      headers: this.headers(effect, body?.contentType),
      ...(body === undefined ? {} : { body: body.bytes }),
      ...this.way(),
    });
    this.dialog = next;
    void options.endpoint.send(request).outcome.then((outcome) => this.answered(outcome));
  }

  /**
   * A connection is the only sure way back to whoever opened it; a datagram goes where its Contact says (RFC 6665 §4.4.1).
   * SECURITY: a stranger is told where they came from and nowhere else: they could aim our NOTIFYs, with all their repetitions, at others.
   * Who is allowed and who is politely blocked must not be told apart by this.
   */
  private way(): Pick<OutgoingRequest, 'flow' | 'staysOnFlow'> {
    const { decision } = this.machine;
    const { flow } = this.identity;
    if (decision === 'confirm' || decision === 'block') return { flow, staysOnFlow: true };
    return flow.protocol === 'udp' ? {} : { flow };
  }

  private headers(effect: NotifyEffect, contentType: string | undefined): HeaderField[] {
    const { event } = this.options;
    const word = effect.reason === undefined ? `${effect.status};expires=${effect.expiresSeconds}` : `terminated;reason=${effect.reason}`;
    const headers = [
      { name: 'Event', value: this.eventId === undefined ? event : `${event};id=${this.eventId}` },
      { name: 'Subscription-State', value: word },
    ];
    return contentType === undefined ? headers : [...headers, { name: 'Content-Type', value: contentType }];
  }

  private answered(outcome: Outcome): void {
    if (outcome.kind === 'cancelled') return;
    if (outcome.kind === 'final') this.dialog = noteRequestSent(this.dialog, outcome.request);
    const failure = failureOf(outcome);
    if (failure === undefined) return this.input({ kind: 'notified', result: 'taken' });
    // RFC 6665 §4.2.2: with Retry-After it may be said again later, else the watcher is gone.
    const seconds = failure.kind === 'status' && failure.status !== 481 ? failure.retryAfterSeconds : undefined;
    if (seconds === undefined) return this.input({ kind: 'notified', result: 'gone' });
    this.input({ kind: 'notified', result: 'later', waitMs: retryAfterMs(seconds, this.options.random.fraction()) });
  }
}
