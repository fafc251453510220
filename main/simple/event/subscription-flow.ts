// Trigger: subscribe(). Result: one subscription kept alive, its NOTIFYs delivered. RFC 6665 §4.1.
// The machine decides; this file sends its SUBSCRIBEs and takes its NOTIFYs.
import { headerText, parameterValue } from '../../sip/index.ts';
import type {
  Clock,
  Endpoint,
  Flow,
  HeaderField,
  Log,
  NameAddr,
  OutgoingRequest,
  Outcome,
  Random,
  Reply,
  SipRequest,
} from '../../sip/index.ts';
import type { Gate } from '../gate.ts';
import type { RateKnowledge } from './rate-knowledge.ts';
import { expiresField, secondsOf } from '../header-value.ts';
import { createMachine } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { failureOf, failureWords } from '../outcome.ts';
import { readNotification, readNotifiedState } from './notify.ts';
import type { SubscribeOptions, Subscription, SubscriptionState } from './subscription.ts';
import { deadlineOf, newSubscriptionMachine } from './subscription-machine.ts';
import type { NotifiedState, SubscribeAnswer, SubscriptionEffect, SubscriptionInput, SubscriptionMachine } from './subscription-machine.ts';
import { stepSubscription } from './subscription-step.ts';
import { SubscriptionUsage } from './subscription-usage.ts';
import type { SubscribeParts } from './subscription-usage.ts';

const DEFAULT_EXPIRES_SECONDS = 600;
const TIMER: SubscriptionInput = { kind: 'timer' };
const STATUS_BAD_EVENT = 489;
/** The 2xx after which no NOTIFY follows (RFC 5839 §5.2). */
const STATUS_NO_NOTIFICATION = 204;

/** Ends that differ by less are one end. */
const SAME_UNTIL_MS = 5_000;

type SubscribeEffect = Extract<SubscriptionEffect, { kind: 'subscribe' }>;

/** What all subscriptions of a Subscriber share. */
export interface SubscriberContext {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly event: string;
  readonly self: NameAddr;
  readonly contactUser: string;
  readonly isDirect: boolean;
  readonly gate: Gate;
  readonly rate: RateKnowledge;
  /** NOTIFYs with this Call-ID are for `owner` from now on. */
  readonly claim: (callId: string, owner: SubscriptionFlow) => void;
  readonly release: (callId: string) => void;
  readonly onEnded: (owner: SubscriptionFlow) => void;
}

export class SubscriptionFlow implements Subscription {
  state: SubscriptionState = { kind: 'working' };
  private readonly context: SubscriberContext;
  private readonly options: SubscribeOptions;
  private readonly machine: Machine<SubscriptionMachine, SubscriptionInput>;
  private readonly cancels = new Map<number, () => void>();
  private readonly stopped: (() => void)[] = [];
  private usage: SubscriptionUsage | undefined;
  /** The Call-ID before, for NOTIFYs that come late. */
  private formerCallId: string | undefined;
  /** Nothing is told to the owner: before `subscribe` returned, and from `stop` on. */
  private isQuiet = true;
  /** SIP-ETag of the last NOTIFY (RFC 5839 §4.1). */
  private etag: string | undefined;
  /** Somebody asked for full state, and it has not come. */
  private needsState = false;
  private isRateRefused = false;
  /** The SUBSCRIBE under way asks for `min-interval`. */
  private isRateAsked = false;
  private hasEnded = false;

  constructor(context: SubscriberContext, options: SubscribeOptions) {
    this.context = context;
    this.options = options;
    this.machine = createMachine({
      clock: context.clock,
      random: context.random,
      initial: newSubscriptionMachine(options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS, context.isDirect),
      step: stepSubscription,
      perform: (effect) => this.perform(effect),
      deadline: deadlineOf,
      timerInput: TIMER,
    });
  }

  start(): void {
    this.machine.input({ kind: 'start' });
    this.isQuiet = false;
  }

  refreshNow(): void {
    this.needsState = true;
    this.machine.input({ kind: 'refresh-now' });
  }

  retryNow(): void {
    this.machine.input({ kind: 'retry-now' });
  }

  stop(): Promise<void> {
    if (this.hasEnded) return Promise.resolve();
    this.isQuiet = true;
    return new Promise((resolve) => {
      this.stopped.push(resolve);
      this.machine.input({ kind: 'stop' });
    });
  }

  flowClosed(flow: Flow): void {
    if (this.usage?.flowId === flow.id) this.machine.input({ kind: 'flow-closed' });
  }

  /** Takes a NOTIFY with a Call-ID of ours (RFC 6665 §4.1.3). */
  receive(notify: SipRequest): Reply {
    const { usage } = this;
    const word = readNotifiedState(notify);
    if (usage?.callId !== notify.callId || parameterValue(notify.to.parameters, 'tag') !== usage.localTag) {
      if (word !== undefined && word.state !== 'terminated') this.machine.input({ kind: 'notified-late' });
      return { status: 481 };
    }
    if (word === undefined) return { status: 400, reason: 'Missing Subscription-State' };
    const isFirst = !usage.hasDialog;
    return usage.takeNotify(notify) ?? this.deliver(notify, word, usage.dialogId, isFirst);
  }

  private deliver(notify: SipRequest, word: NotifiedState, dialogId: string, isFirst: boolean): Reply {
    try {
      if (!this.isQuiet) this.options.onNotify(readNotification(notify, word, dialogId, isFirst));
      // WHY: only now; what the owner could not take must come again.
      this.etag = headerText(notify, 'SIP-ETag')?.trim();
    } finally {
      this.machine.input({ kind: 'notified', notified: word });
    }
    return { status: 200 };
  }

  private perform(effect: SubscriptionEffect): void {
    switch (effect.kind) {
      case 'subscribe':
        return this.subscribe(effect);
      case 'cancel':
        this.cancels.get(effect.request)?.();
        this.cancels.delete(effect.request);
        return;
      case 'forget-dialog':
        return this.forgetDialog();
      case 'report':
        return this.report(effect.state);
      case 'stopped':
        return this.finish();
    }
  }

  private subscribe(effect: SubscribeEffect): void {
    if (effect.how === 'initial') {
      this.usage = new SubscriptionUsage(this.context.random, this.context.self, this.options.target);
      this.context.claim(this.usage.callId, this);
    }
    this.request(effect, this.usage);
  }

  private request(effect: SubscribeEffect, usage: SubscriptionUsage | undefined): void {
    const parts = this.parts(effect);
    const request = effect.how === 'initial' ? usage?.initialRequest(parts) : usage?.nextRequest(parts);
    if (usage === undefined || request === undefined) {
      // The 2xx made no dialog (no Contact, or a 204): there is nothing to refresh or to end.
      this.machine.input({ kind: 'answered', request: effect.request, answer: { kind: 'failed', failure: { kind: 'timeout' } } });
      return;
    }
    this.send(effect.request, usage, effect, request);
  }

  private parts(effect: SubscribeEffect): SubscribeParts {
    const { options, context } = this;
    const headers: HeaderField[] = [{ name: 'Event', value: this.eventText() }, expiresField(effect.expiresSeconds)];
    if (options.accept.length > 0) headers.push({ name: 'Accept', value: options.accept.join(', ') });
    headers.push(...(options.headers ?? []));
    // RFC 5839 §5.2: what we have need not be said again. Whoever asks for full state must not say so.
    if (effect.how === 'refresh' && !this.needsState && this.etag !== undefined) {
      headers.push({ name: 'Suppress-If-Match', value: this.etag });
    }
    const contact = { user: context.contactUser };
    const { body } = options;
    if (body === undefined || (body.isInitialOnly === true && effect.how !== 'initial')) return { contact, headers };
    headers.push({ name: 'Content-Type', value: body.contentType }, ...(body.headers ?? []));
    return { contact, headers, body: body.bytes };
  }

  private eventText(): string {
    const { event, rate } = this.context;
    const { minIntervalSeconds = 0 } = this.options;
    this.isRateAsked = minIntervalSeconds > 0 && !this.isRateRefused && rate.mayAsk(this);
    return this.isRateAsked ? `${event};min-interval=${Math.ceil(minIntervalSeconds)}` : event;
  }

  /**
   * INTEROP(Kamailio): an Event with parameters it does not expect is answered 489 (RFC 6446 §5.1 wants them passed over).
   * True where that may be the reason: the same is asked again without.
   */
  private isRateToBlame(outcome: Outcome): boolean {
    const isRefused = outcome.kind === 'final' && outcome.response.status === STATUS_BAD_EVENT;
    if (!isRefused || !this.isRateAsked) return false;
    this.isRateRefused = true;
    this.context.rate.refused();
    return true;
  }

  private send(id: number, usage: SubscriptionUsage, effect: SubscribeEffect, request: OutgoingRequest): void {
    let cancelSent: (() => void) | undefined;
    let isCancelled = false;
    const visit = this.context.gate.enter(() => {
      const sent = this.context.endpoint.send(request);
      cancelSent = () => sent.cancel();
      void sent.outcome.then((outcome) => {
        visit.leave();
        this.cancels.delete(id);
        if (!isCancelled) usage.noteOutcome(outcome);
        if (!isCancelled && this.isRateToBlame(outcome)) return this.request(effect, usage);
        this.noteAccepted(outcome);
        this.machine.input({ kind: 'answered', request: id, answer: readAnswer(outcome) });
      });
    });
    this.cancels.set(id, () => {
      isCancelled = true;
      visit.leave();
      cancelSent?.();
    });
  }

  private noteAccepted(outcome: Outcome): void {
    if (outcome.kind !== 'final' || failureOf(outcome) !== undefined) return;
    // A 204 leaves the state as we have it; after any other 2xx a NOTIFY brings it.
    this.needsState = false;
    if (this.isRateAsked) this.context.rate.taken();
    if (!this.isQuiet) this.options.onAccepted?.(outcome.response);
  }

  private forgetDialog(): void {
    this.etag = undefined;
    if (this.usage === undefined) return;
    if (this.formerCallId !== undefined) this.context.release(this.formerCallId);
    this.formerCallId = this.usage.callId;
    this.usage = undefined;
  }

  private report(next: SubscriptionState): void {
    const { event, log } = this.context;
    if (next.kind === 'failed') log('info', `subscription to ${event} failed: ${failureWords(next.failure)}`);
    if (next.kind === 'terminated') log('info', `subscription to ${event} ended by the notifier: ${next.reason || 'no reason given'}`);
    const isNews = !isSameForPeople(this.state, next);
    this.state = next;
    if (isNews && !this.isQuiet) this.options.onState(next);
  }

  private finish(): void {
    this.hasEnded = true;
    this.context.rate.ended(this);
    if (this.formerCallId !== undefined) this.context.release(this.formerCallId);
    this.context.onEnded(this);
    for (const resolve of this.stopped.splice(0)) resolve();
  }
}

/** WHY: each NOTIFY moves the end by rounding; nobody needs to hear of that. */
function isSameForPeople(before: SubscriptionState, next: SubscriptionState): boolean {
  if (before.kind === 'working' || before.kind === 'off') return before.kind === next.kind;
  if ((before.kind === 'pending' || before.kind === 'active') && before.kind === next.kind) {
    return Math.abs(next.untilMs - before.untilMs) < SAME_UNTIL_MS;
  }
  return false;
}

function readAnswer(outcome: Outcome): SubscribeAnswer {
  const failure = failureOf(outcome);
  if (outcome.kind !== 'final') return failure === undefined ? { kind: 'cancelled' } : { kind: 'failed', failure };
  const { response } = outcome;
  if (failure === undefined) {
    return {
      kind: 'accepted',
      expiresSeconds: secondsOf(response, 'Expires'),
      isNotifyFollowing: response.status !== STATUS_NO_NOTIFICATION,
    };
  }
  if (response.status === 423) return { kind: 'too-brief', minSeconds: secondsOf(response, 'Min-Expires') ?? 0, failure };
  return { kind: 'failed', failure };
}
