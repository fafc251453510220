// The subscription machine of a subscriber, pure (RFC 6665 §4.1): what happened → what to do.
import type { Moment } from '../machine.ts';
import type { ProtocolFailure } from '../outcome.ts';
import { MAX_BRIEF_ANSWERS, MAX_EXPIRES_SECONDS, STOP_WAIT_MS, backOffMs, refreshDelayMs, retryAfterMs, retryDelayMs } from '../retry.ts';
import type { SubscriptionState } from './subscription.ts';
import {
  PROBATION_MS,
  REASONS_WITHOUT_RETRY_AFTER,
  STATUSES_ENDING_REFRESH,
  STATUS_FORGOTTEN,
  TIMER_N_MS,
  renewalFor,
} from './termination.ts';

/** A subscription that lived this long was healthy: its next end is the first of a new row. Below it, ends in a row wait longer each time. */
const HEALTHY_MS = 60_000;

/** Renewals at once spread over this time: a server that moves all its watchers must not get them back in one moment. */
const RENEWAL_SPREAD_MS = 1_000;

/** A late NOTIFY shows that things changed at the server; how long we wait before we subscribe anew. */
const LATE_NOTIFY_WAIT_MS = 500;

/** `retryNow` and `refreshNow` within this time of a sent request change nothing: it is fresh enough. */
export const FRESH_REQUEST_MS = 2_000;

export type SubscribeKind = 'initial' | 'refresh' | 'unsubscribe';

export type SubscriptionPhase = 'off' | 'working' | 'subscribed' | 'waiting' | 'stopping' | 'ended';

export interface SubscriptionMachine {
  readonly phase: SubscriptionPhase;
  readonly askedSeconds: number;
  readonly isFetch: boolean;
  /** A NOTIFY made the dialog (RFC 6665 §4.4.1). */
  readonly hasDialog: boolean;
  /** The notifier's last word. */
  readonly notified: 'pending' | 'active' | undefined;
  readonly request: { readonly id: number; readonly kind: SubscribeKind; readonly atMs: number } | undefined;
  readonly requestCount: number;
  readonly briefAnswers: number;
  readonly failuresInRow: number;
  readonly establishedAtMs: number;
  /** Calendar, for reports. */
  readonly untilMs: number;
  /** Monotonic deadlines. */
  readonly expiresAtMs: number | undefined;
  readonly refreshAtMs: number | undefined;
  readonly notifyDueAtMs: number | undefined;
  readonly retryAtMs: number | undefined;
  readonly stopAtMs: number | undefined;
}

export type SubscribeAnswer =
  /** `isNotifyFollowing`: false for 204 (RFC 5839 §5.2). */
  | { readonly kind: 'accepted'; readonly expiresSeconds: number | undefined; readonly isNotifyFollowing: boolean }
  /** 423. */
  | { readonly kind: 'too-brief'; readonly minSeconds: number; readonly failure: ProtocolFailure }
  | { readonly kind: 'failed'; readonly failure: ProtocolFailure }
  | { readonly kind: 'cancelled' };

export interface NotifiedState {
  readonly state: string;
  readonly reason: string;
  readonly expiresSeconds: number | undefined;
  readonly retryAfterSeconds: number | undefined;
}

export type SubscriptionInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'refresh-now' }
  | { readonly kind: 'retry-now' }
  | { readonly kind: 'timer' }
  | { readonly kind: 'answered'; readonly request: number; readonly answer: SubscribeAnswer }
  | { readonly kind: 'notified'; readonly notified: NotifiedState }
  /** A NOTIFY came for a dialog of ours that ended before. */
  | { readonly kind: 'notified-late' }
  | { readonly kind: 'stop' };

export type SubscriptionEffect =
  /** `initial` starts a new dialog: new Call-ID, new tag. */
  | { readonly kind: 'subscribe'; readonly request: number; readonly how: SubscribeKind; readonly expiresSeconds: number }
  | { readonly kind: 'cancel'; readonly request: number }
  | { readonly kind: 'forget-dialog' }
  | { readonly kind: 'report'; readonly state: SubscriptionState }
  /** The server knows that we leave, or need not: `stop()` is done. */
  | { readonly kind: 'stopped' };

type Result = readonly [SubscriptionMachine, readonly SubscriptionEffect[]];

export function newSubscriptionMachine(expiresSeconds: number): SubscriptionMachine {
  return {
    phase: 'off',
    askedSeconds: expiresSeconds,
    isFetch: expiresSeconds === 0,
    hasDialog: false,
    notified: undefined,
    request: undefined,
    requestCount: 0,
    briefAnswers: 0,
    failuresInRow: 0,
    establishedAtMs: 0,
    untilMs: 0,
    expiresAtMs: undefined,
    refreshAtMs: undefined,
    notifyDueAtMs: undefined,
    retryAtMs: undefined,
    stopAtMs: undefined,
  };
}

export function stepSubscription(state: SubscriptionMachine, input: SubscriptionInput, moment: Moment): Result {
  if (state.phase === 'ended') return [state, []];
  switch (input.kind) {
    case 'start':
      return state.phase === 'off' ? report({ kind: 'working' }, send(state, 'initial', moment)) : [state, []];
    case 'refresh-now':
      return refreshNow(state, moment);
    case 'retry-now':
      return retryNow(state, moment);
    case 'timer':
      return timer(state, moment);
    case 'answered':
      return state.request?.id === input.request ? answered(state, state.request.kind, input.answer, moment) : [state, []];
    case 'notified':
      return notified(state, input.notified, moment);
    case 'notified-late':
      return notifiedLate(state, moment);
    case 'stop':
      return stop(state, moment);
  }
}

// ── sending ──

function send(state: SubscriptionMachine, kind: SubscribeKind, moment: Moment): Result {
  const id = state.requestCount + 1;
  const base = kind === 'initial' ? withoutDialog(state) : state;
  const next: SubscriptionMachine = {
    ...base,
    phase: kind === 'initial' ? 'working' : state.phase,
    request: { id, kind, atMs: moment.monotonicMs },
    requestCount: id,
    refreshAtMs: undefined,
    retryAtMs: undefined,
  };
  const expiresSeconds = kind === 'unsubscribe' ? 0 : state.askedSeconds;
  const forget: SubscriptionEffect[] = kind === 'initial' && state.hasDialog ? [{ kind: 'forget-dialog' }] : [];
  return [next, [...forget, { kind: 'subscribe', request: id, how: kind, expiresSeconds }]];
}

function withoutDialog(state: SubscriptionMachine): SubscriptionMachine {
  return { ...state, hasDialog: false, notified: undefined, expiresAtMs: undefined, refreshAtMs: undefined, notifyDueAtMs: undefined };
}

function report(state: SubscriptionState, [machine, effects]: Result): Result {
  return [machine, [{ kind: 'report', state }, ...effects]];
}

function refreshNow(state: SubscriptionMachine, moment: Moment): Result {
  if (state.phase !== 'subscribed' || state.request !== undefined) return [state, []];
  return send(state, 'refresh', moment);
}

function retryNow(state: SubscriptionMachine, moment: Moment): Result {
  const { request } = state;
  if (state.phase === 'off' || state.phase === 'stopping') return [state, []];
  const fresh = { ...state, failuresInRow: 0, briefAnswers: 0, request: undefined };
  if (request === undefined) {
    if (state.phase === 'subscribed') return send(fresh, 'refresh', moment);
    // WHY: phase `working` without a request waits for its first NOTIFY; timer N watches over it.
    return state.phase === 'waiting' ? report({ kind: 'working' }, send(fresh, 'initial', moment)) : [state, []];
  }
  if (moment.monotonicMs - request.atMs < FRESH_REQUEST_MS) return [state, []];
  const [next, effects] = send(fresh, request.kind, moment);
  return [next, [{ kind: 'cancel', request: request.id }, ...effects]];
}

function isDue(atMs: number | undefined, moment: Moment): boolean {
  return atMs !== undefined && moment.monotonicMs >= atMs;
}

function timer(state: SubscriptionMachine, moment: Moment): Result {
  if (isDue(state.stopAtMs, moment)) return finish(state);
  if (state.phase === 'stopping') return [state, []];
  // RFC 6665 §4.1.2.4: no NOTIFY in time means that there is no subscription.
  if (isDue(state.notifyDueAtMs, moment)) return anew({ ...state, notifyDueAtMs: undefined }, { kind: 'timeout' }, moment);
  if (isDue(state.expiresAtMs, moment)) return anew(state, { kind: 'timeout' }, moment);
  if (isDue(state.retryAtMs, moment)) return send(state, 'initial', moment);
  if (isDue(state.refreshAtMs, moment) && state.request === undefined) return send(state, 'refresh', moment);
  return [state, []];
}

// ── answers to SUBSCRIBE ──

function answered(before: SubscriptionMachine, kind: SubscribeKind, answer: SubscribeAnswer, moment: Moment): Result {
  const state = { ...before, request: undefined };
  if (state.phase === 'stopping') return answeredWhileStopping(state, kind, answer, moment);
  switch (answer.kind) {
    case 'accepted':
      return accepted(state, kind, answer, moment);
    case 'too-brief': {
      const isUseful = !state.isFetch && answer.minSeconds > state.askedSeconds && answer.minSeconds <= MAX_EXPIRES_SECONDS;
      if (!isUseful || state.briefAnswers >= MAX_BRIEF_ANSWERS) return failed(state, kind, answer.failure, moment);
      return send({ ...state, askedSeconds: answer.minSeconds, briefAnswers: state.briefAnswers + 1 }, kind, moment);
    }
    case 'failed':
      return failed(state, kind, answer.failure, moment);
    case 'cancelled':
      return [{ ...state, retryAtMs: state.hasDialog ? undefined : moment.monotonicMs + backOffMs(1, moment.fraction) }, []];
  }
}

function accepted(
  state: SubscriptionMachine,
  kind: SubscribeKind,
  answer: Extract<SubscribeAnswer, { kind: 'accepted' }>,
  moment: Moment,
): Result {
  const seconds = Math.min(answer.expiresSeconds ?? state.askedSeconds, state.isFetch ? 0 : Infinity);
  // WHY: with the NOTIFY there before the 2xx, its own expires is the newer word and nothing more is due (RFC 6665 §4.4.1).
  if (kind === 'initial' && state.hasDialog) return [{ ...state, briefAnswers: 0 }, []];
  const notifyDueAtMs = answer.isNotifyFollowing ? moment.monotonicMs + TIMER_N_MS : undefined;
  const next = { ...withExpiry(state, seconds, moment), briefAnswers: 0, notifyDueAtMs };
  if (kind === 'initial') return [{ ...next, refreshAtMs: undefined, expiresAtMs: undefined }, []];
  return [{ ...next, failuresInRow: 0 }, notifiedReport(next)];
}

/** The state to show while subscribed; nothing before the first NOTIFY. */
function notifiedReport(state: SubscriptionMachine): SubscriptionEffect[] {
  return state.notified === undefined ? [] : [{ kind: 'report', state: { kind: state.notified, untilMs: state.untilMs } }];
}

function withExpiry(state: SubscriptionMachine, seconds: number, moment: Moment): SubscriptionMachine {
  return {
    ...state,
    untilMs: moment.nowMs + seconds * 1000,
    expiresAtMs: moment.monotonicMs + seconds * 1000,
    refreshAtMs: moment.monotonicMs + refreshDelayMs(seconds, moment.fraction),
  };
}

function failed(state: SubscriptionMachine, kind: SubscribeKind, failure: ProtocolFailure, moment: Moment): Result {
  const failuresInRow = state.failuresInRow + 1;
  if (kind === 'initial' && state.hasDialog) return [{ ...state, failuresInRow }, []];
  if (kind === 'refresh' && !endsSubscription(failure)) return refreshFailed({ ...state, failuresInRow }, failure, moment);
  if (kind === 'refresh' && failure.kind === 'status' && failure.status === STATUS_FORGOTTEN) return anew(state, failure, moment);
  const delay = state.isFetch ? undefined : retryDelayMs(failure, failuresInRow, moment.fraction);
  return wait({ ...state, failuresInRow }, delay, moment, (retryAtMs) => ({ kind: 'failed', failure, retryAtMs }));
}

function endsSubscription(failure: ProtocolFailure): boolean {
  return failure.kind === 'status' && STATUSES_ENDING_REFRESH.has(failure.status);
}

/** The subscription lives on until it expires: the refresh is tried again until then (RFC 6665 §4.1.2.2). */
function refreshFailed(state: SubscriptionMachine, failure: ProtocolFailure, moment: Moment): Result {
  const delay = retryDelayMs(failure, state.failuresInRow, moment.fraction);
  const refreshAtMs = delay === undefined ? undefined : moment.monotonicMs + delay;
  const retryAtMs = delay === undefined ? undefined : moment.nowMs + delay;
  // Refused for good: it ends when it expires, and there is nothing to wait for then.
  const expiresAtMs = delay === undefined ? undefined : state.expiresAtMs;
  return report({ kind: 'failed', failure, retryAtMs }, [{ ...state, refreshAtMs, expiresAtMs, notifyDueAtMs: undefined }, []]);
}

/** Waits without a dialog; `delay` undefined: until a person does something. */
function wait(
  state: SubscriptionMachine,
  delay: number | undefined,
  moment: Moment,
  shown: (retryAtMs: number | undefined) => SubscriptionState,
): Result {
  const forget: SubscriptionEffect[] = [{ kind: 'forget-dialog' }];
  const cancel: SubscriptionEffect[] = state.request === undefined ? [] : [{ kind: 'cancel', request: state.request.id }];
  const next: SubscriptionMachine = {
    ...withoutDialog(state),
    phase: 'waiting',
    request: undefined,
    retryAtMs: delay === undefined ? undefined : moment.monotonicMs + delay,
  };
  return report(shown(delay === undefined ? undefined : moment.nowMs + delay), [next, [...cancel, ...forget]]);
}

/** The dialog is lost: subscribe anew, later each time where that happens in a row. */
function anew(state: SubscriptionMachine, failure: ProtocolFailure, moment: Moment): Result {
  const [failuresInRow, delay] = renewalDelay(state, moment);
  const isOver = state.isFetch;
  return wait({ ...state, failuresInRow }, isOver ? undefined : delay, moment, (retryAtMs) => ({ kind: 'failed', failure, retryAtMs }));
}

/** Failures in a row now, and the wait in ms: short for what was healthy, growing for what keeps ending. */
function renewalDelay(state: SubscriptionMachine, moment: Moment): readonly [number, number] {
  const wasHealthy = state.hasDialog && moment.monotonicMs - state.establishedAtMs >= HEALTHY_MS;
  const endsInRow = wasHealthy ? 1 : state.failuresInRow + 1;
  const isFirst = endsInRow === 1 && state.hasDialog;
  return [endsInRow, isFirst ? Math.round(RENEWAL_SPREAD_MS * moment.fraction) : backOffMs(endsInRow, moment.fraction)];
}

// ── NOTIFY ──

function notified(state: SubscriptionMachine, word: NotifiedState, moment: Moment): Result {
  if (state.phase === 'stopping') return word.state === 'terminated' || state.isFetch ? finish(state) : [state, []];
  if (word.state === 'terminated' || state.isFetch) return terminated(state, word, moment);
  // Words of extensions count as active: the subscription lives (RFC 6665 §8.2.3 keeps the list open).
  const known = word.state === 'pending' ? 'pending' : 'active';
  const established = state.hasDialog ? state : { ...state, establishedAtMs: moment.monotonicMs };
  const seconds = word.expiresSeconds ?? (state.hasDialog ? undefined : state.askedSeconds);
  const timed = seconds === undefined ? established : withNotifiedExpiry(established, seconds, moment);
  const next: SubscriptionMachine = {
    ...timed,
    phase: 'subscribed',
    hasDialog: true,
    notified: known,
    notifyDueAtMs: undefined,
    retryAtMs: undefined,
  };
  return [next, notifiedReport(next)];
}

/** The NOTIFY's `expires` is authoritative (RFC 6665 §4.1.3); the refresh moves only where that would come too late or far too early. */
function withNotifiedExpiry(state: SubscriptionMachine, seconds: number, moment: Moment): SubscriptionMachine {
  const timed = withExpiry(state, seconds, moment);
  const isKeptRefresh = state.refreshAtMs !== undefined && state.refreshAtMs <= (timed.refreshAtMs ?? 0);
  return isKeptRefresh || state.request?.kind === 'refresh' ? { ...timed, refreshAtMs: state.refreshAtMs } : timed;
}

function terminated(state: SubscriptionMachine, word: NotifiedState, moment: Moment): Result {
  const [failuresInRow, atOnceMs] = renewalDelay({ ...state, hasDialog: true }, moment);
  const delay = state.isFetch ? undefined : terminatedDelayMs(word, atOnceMs, moment);
  const { reason } = word;
  return wait({ ...state, failuresInRow }, delay, moment, (retryAtMs) => ({ kind: 'terminated', reason, retryAtMs }));
}

/** RFC 6665 §4.1.3, by the tables of termination.ts. */
function terminatedDelayMs(word: NotifiedState, atOnceMs: number, moment: Moment): number | undefined {
  const isTold = word.retryAfterSeconds !== undefined && !REASONS_WITHOUT_RETRY_AFTER.has(word.reason);
  const toldMs = isTold ? retryAfterMs(word.retryAfterSeconds ?? 0, moment.fraction) : undefined;
  switch (renewalFor(word.reason)) {
    case 'never':
      return undefined;
    case 'at-once':
      return atOnceMs;
    case 'later':
      return Math.max(toldMs ?? PROBATION_MS, atOnceMs);
    case 'when-told':
      return Math.max(toldMs ?? 0, atOnceMs);
  }
}

/**
 * INTEROP(Kamailio): a dialog it ended (rejected, probation) gets active NOTIFYs when the rules change later. The answer to them
 * is 481, but they tell that a new SUBSCRIBE may now be welcome.
 */
function notifiedLate(state: SubscriptionMachine, moment: Moment): Result {
  if (state.phase !== 'waiting' || state.isFetch || state.request !== undefined) return [state, []];
  const soonMs = moment.monotonicMs + LATE_NOTIFY_WAIT_MS + backOffMs(state.failuresInRow, moment.fraction);
  return state.retryAtMs !== undefined && state.retryAtMs <= soonMs ? [state, []] : [{ ...state, retryAtMs: soonMs }, []];
}

// ── the end ──

function stop(state: SubscriptionMachine, moment: Moment): Result {
  if (state.phase === 'stopping') return [state, []];
  const stopping: SubscriptionMachine = { ...state, phase: 'stopping', stopAtMs: moment.monotonicMs + STOP_WAIT_MS, retryAtMs: undefined };
  const quiet = { ...stopping, refreshAtMs: undefined, notifyDueAtMs: undefined, expiresAtMs: undefined };
  if (state.request !== undefined) return [quiet, []];
  // WHY: an accepted SUBSCRIBE whose NOTIFY is still to come is ended too, or it would live on at the server.
  const mayLive = state.phase === 'subscribed' || (state.phase === 'working' && !state.isFetch);
  return mayLive ? send(quiet, 'unsubscribe', moment) : finish(quiet);
}

function answeredWhileStopping(state: SubscriptionMachine, kind: SubscribeKind, answer: SubscribeAnswer, moment: Moment): Result {
  const lives = answer.kind === 'accepted' || state.hasDialog;
  if (kind !== 'unsubscribe' && lives && !state.isFetch) return send(state, 'unsubscribe', moment);
  return finish(state);
}

function finish(state: SubscriptionMachine): Result {
  const cancel: SubscriptionEffect[] = state.request === undefined ? [] : [{ kind: 'cancel', request: state.request.id }];
  const next: SubscriptionMachine = {
    ...withoutDialog(state),
    phase: 'ended',
    request: undefined,
    retryAtMs: undefined,
    stopAtMs: undefined,
  };
  return [next, [...cancel, { kind: 'forget-dialog' }, { kind: 'report', state: { kind: 'off' } }, { kind: 'stopped' }]];
}
