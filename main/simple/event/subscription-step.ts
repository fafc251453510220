// The subscription machine of a subscriber, pure (RFC 6665 §4.1): what happened → what to do.
import type { Moment } from '../machine.ts';
import type { ProtocolFailure } from '../outcome.ts';
import { FRESH_REQUEST_MS, MAX_BRIEF_ANSWERS, MAX_EXPIRES_SECONDS, STOP_WAIT_MS, retryDelayMs } from '../retry.ts';
import { notifiedReport, report, withExpiry } from './subscription-machine.ts';
import type {
  SubscribeAnswer,
  SubscribeKind,
  SubscribeRequest,
  SubscriptionInput,
  SubscriptionMachine,
  SubscriptionResult,
} from './subscription-machine.ts';
import { anew, finish, send, wait } from './subscription-moves.ts';
import { notified, notifiedLate } from './subscription-notified.ts';
import { STATUSES_ENDING_REFRESH, STATUS_FORGOTTEN, TIMER_N_MS } from './termination.ts';

/** After our unsubscribing was accepted, the last NOTIFY may take this long. INTEROP(Kamailio): its list server sends none. */
const LAST_NOTIFY_MS = 500;

/** After a flow closed, refreshes wait for the registration to go first, then spread over this time. */
const FLOW_CLOSED_WAIT_MS = 1_000;
const FLOW_CLOSED_SPREAD_MS = 2_000;

export function stepSubscription(state: SubscriptionMachine, input: SubscriptionInput, moment: Moment): SubscriptionResult {
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
    case 'flow-closed':
      return flowClosed(state, moment);
    case 'answered':
      return state.request?.id === input.request ? answered(state, state.request, input.answer, moment) : [state, []];
    case 'notified':
      return notified(state, input.notified, moment);
    case 'notified-late':
      return notifiedLate(state, moment);
    case 'stop':
      return stop(state, moment);
  }
}

function refreshNow(state: SubscriptionMachine, moment: Moment): SubscriptionResult {
  if (state.phase !== 'subscribed' || state.request !== undefined) return [state, []];
  return send(state, 'refresh', moment);
}

function retryNow(state: SubscriptionMachine, moment: Moment): SubscriptionResult {
  const { request } = state;
  if (state.phase === 'off' || state.phase === 'stopping') return [state, []];
  const fresh = { ...state, failuresInRow: 0, endsInRow: 0, briefAnswers: 0, request: undefined };
  if (request === undefined) {
    if (state.phase === 'subscribed') return send(fresh, 'refresh', moment);
    // WHY: phase `working` without a request waits for its first NOTIFY; timer N watches over it.
    return state.phase === 'waiting' ? report({ kind: 'working' }, send(fresh, 'initial', moment)) : [state, []];
  }
  if (moment.monotonicMs - request.atMs < FRESH_REQUEST_MS) return [state, []];
  const [next, effects] = send(fresh, request.kind, moment);
  return [next, [{ kind: 'cancel', request: request.id }, ...effects]];
}

/** The notifier learns our new address by a refresh (RFC 6665 §4.1.2.2: SUBSCRIBE is a target refresh). */
function flowClosed(state: SubscriptionMachine, moment: Moment): SubscriptionResult {
  if (state.phase !== 'subscribed' || state.request !== undefined) return [state, []];
  const refreshAtMs = moment.monotonicMs + FLOW_CLOSED_WAIT_MS + Math.round(FLOW_CLOSED_SPREAD_MS * moment.fraction);
  return [{ ...state, refreshAtMs: Math.min(refreshAtMs, state.refreshAtMs ?? refreshAtMs) }, []];
}

function isDue(atMs: number | undefined, moment: Moment): boolean {
  return atMs !== undefined && moment.monotonicMs >= atMs;
}

function timer(state: SubscriptionMachine, moment: Moment): SubscriptionResult {
  if (isDue(state.stopAtMs, moment)) return finish(state);
  if (state.phase === 'stopping') return [state, []];
  // RFC 6665 §4.1.2.4: no NOTIFY in time means that there is no subscription.
  if (isDue(state.notifyDueAtMs, moment)) return anew({ ...state, notifyDueAtMs: undefined }, { kind: 'timeout' }, moment);
  if (isDue(state.expiresAtMs, moment)) return anew(state, { kind: 'timeout' }, moment);
  if (isDue(state.retryAtMs, moment)) return send(state, 'initial', moment);
  if (isDue(state.refreshAtMs, moment) && state.request === undefined) return send(state, 'refresh', moment);
  return [state, []];
}

function answered(before: SubscriptionMachine, request: SubscribeRequest, answer: SubscribeAnswer, moment: Moment): SubscriptionResult {
  const { kind } = request;
  const state = { ...before, request: undefined };
  if (state.phase === 'stopping') return answeredWhileStopping(state, kind, answer, moment);
  switch (answer.kind) {
    case 'accepted':
      return accepted(state, request, answer, moment);
    case 'too-brief': {
      const isUseful = !state.isFetch && answer.minSeconds > state.askedSeconds && answer.minSeconds <= MAX_EXPIRES_SECONDS;
      if (!isUseful || state.briefAnswers >= MAX_BRIEF_ANSWERS) return failed(state, kind, answer.failure, moment);
      return send({ ...state, askedSeconds: answer.minSeconds, briefAnswers: state.briefAnswers + 1 }, kind, moment);
    }
    case 'failed':
      return failed(state, kind, answer.failure, moment);
    case 'cancelled':
      // Only the endpoint's own end cancels a request we still wait for: nothing can be sent any more.
      return [{ ...state, refreshAtMs: undefined, retryAtMs: undefined }, []];
  }
}

function accepted(
  state: SubscriptionMachine,
  request: SubscribeRequest,
  answer: Extract<SubscribeAnswer, { kind: 'accepted' }>,
  moment: Moment,
): SubscriptionResult {
  const seconds = state.isFetch ? 0 : (answer.expiresSeconds ?? state.askedSeconds);
  const settled = { ...state, grantedSeconds: seconds, briefAnswers: 0 };
  const isNotifyDue = answer.isNotifyFollowing && !request.isNotified;
  const notifyDueAtMs = isNotifyDue ? moment.monotonicMs + TIMER_N_MS : undefined;
  // RFC 6665 §4.4.1: the NOTIFY makes the dialog. Where it came before the 2xx, its own expires is the newer word.
  if (request.kind === 'initial') return [{ ...settled, notifyDueAtMs }, []];
  const next = { ...withExpiry(settled, seconds, moment), failuresInRow: 0, notifyDueAtMs };
  return [next, notifiedReport(next)];
}

function failed(state: SubscriptionMachine, kind: SubscribeKind, failure: ProtocolFailure, moment: Moment): SubscriptionResult {
  const failuresInRow = state.failuresInRow + 1;
  if (kind === 'initial' && state.hasDialog) return [{ ...state, failuresInRow }, []];
  // RFC 5057 §5.1: who is not where the dialog leads to may be elsewhere, which only a request outside of it finds.
  if (kind === 'refresh' && state.isDirect && failure.kind !== 'status') return anew(state, failure, moment);
  if (kind === 'refresh' && !endsSubscription(failure)) return refreshFailed({ ...state, failuresInRow }, failure, moment);
  if (kind === 'refresh' && failure.kind === 'status' && failure.status === STATUS_FORGOTTEN) return anew(state, failure, moment);
  const delay = state.isFetch ? undefined : retryDelayMs(failure, failuresInRow, moment.fraction, state.isDirect);
  return wait({ ...state, failuresInRow }, delay, moment, (retryAtMs) => ({ kind: 'failed', failure, retryAtMs }));
}

function endsSubscription(failure: ProtocolFailure): boolean {
  return failure.kind === 'status' && STATUSES_ENDING_REFRESH.has(failure.status);
}

/** The subscription lives on until it expires: the refresh is tried again until then (RFC 6665 §4.1.2.2). */
function refreshFailed(state: SubscriptionMachine, failure: ProtocolFailure, moment: Moment): SubscriptionResult {
  const delay = retryDelayMs(failure, state.failuresInRow, moment.fraction, state.isDirect);
  const refreshAtMs = delay === undefined ? undefined : moment.monotonicMs + delay;
  const retryAtMs = delay === undefined ? undefined : moment.nowMs + delay;
  // Refused for good: it ends when it expires, and there is nothing to wait for then.
  const expiresAtMs = delay === undefined ? undefined : state.expiresAtMs;
  return report({ kind: 'failed', failure, retryAtMs }, [{ ...state, refreshAtMs, expiresAtMs, notifyDueAtMs: undefined }, []]);
}

function stop(state: SubscriptionMachine, moment: Moment): SubscriptionResult {
  if (state.phase === 'stopping') return [state, []];
  const stopping: SubscriptionMachine = { ...state, phase: 'stopping', stopAtMs: moment.monotonicMs + STOP_WAIT_MS, retryAtMs: undefined };
  const quiet = { ...stopping, refreshAtMs: undefined, notifyDueAtMs: undefined, expiresAtMs: undefined };
  if (state.request !== undefined) return [quiet, []];
  // WHY: an accepted SUBSCRIBE whose NOTIFY is still to come is ended too, or it would live on at the server.
  const mayLive = state.phase === 'subscribed' || (state.phase === 'working' && !state.isFetch);
  return mayLive ? send(quiet, 'unsubscribe', moment) : finish(quiet);
}

function answeredWhileStopping(
  state: SubscriptionMachine,
  kind: SubscribeKind,
  answer: SubscribeAnswer,
  moment: Moment,
): SubscriptionResult {
  const lives = answer.kind === 'accepted' || state.hasDialog;
  if (kind !== 'unsubscribe' && lives && !state.isFetch) return send(state, 'unsubscribe', moment);
  if (kind !== 'unsubscribe' || answer.kind !== 'accepted') return finish(state);
  const lastNotifyAtMs = moment.monotonicMs + LAST_NOTIFY_MS;
  return [{ ...state, stopAtMs: Math.min(state.stopAtMs ?? lastNotifyAtMs, lastNotifyAtMs) }, []];
}
