// What a NOTIFY does to a subscription, pure (RFC 6665 §4.1.3).
import type { Moment } from '../machine.ts';
import { backOffMs, retryAfterMs } from '../retry.ts';
import { notifiedReport, withExpiry } from './subscription-machine.ts';
import type { NotifiedState, SubscriptionMachine, SubscriptionResult } from './subscription-machine.ts';
import { finish, renewalDelay, wait } from './subscription-moves.ts';
import { PROBATION_MS, REASONS_WITHOUT_RETRY_AFTER, renewalFor } from './termination.ts';

/** A late NOTIFY shows that things changed at the server; how long we wait before we subscribe anew. */
const LATE_NOTIFY_WAIT_MS = 500;

/** Takes the Subscription-State of a NOTIFY in our dialog, or of the one that makes it. */
export function notified(before: SubscriptionMachine, word: NotifiedState, moment: Moment): SubscriptionResult {
  const state = before.request === undefined ? before : { ...before, request: { ...before.request, isNotified: true } };
  if (state.phase === 'stopping') return word.state === 'terminated' || state.isFetch ? finish(state) : [state, []];
  if (word.state === 'terminated' || state.isFetch) return terminated(state, word, moment);
  // Words of extensions count as active: the subscription lives (RFC 6665 §8.2.3 keeps the list open).
  const known = word.state === 'pending' ? 'pending' : 'active';
  const established = state.hasDialog ? state : { ...state, establishedAtMs: moment.monotonicMs };
  const seconds = word.expiresSeconds ?? (state.hasDialog ? undefined : state.grantedSeconds);
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

function terminated(state: SubscriptionMachine, word: NotifiedState, moment: Moment): SubscriptionResult {
  const [endsInRow, atOnceMs] = renewalDelay(state, true, moment);
  const delay = state.isFetch ? undefined : terminatedDelayMs(word, atOnceMs, moment);
  const { reason } = word;
  return wait({ ...state, endsInRow, failuresInRow: 0 }, delay, moment, (retryAtMs) => ({ kind: 'terminated', reason, retryAtMs }));
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
export function notifiedLate(state: SubscriptionMachine, moment: Moment): SubscriptionResult {
  if (state.phase !== 'waiting' || state.isFetch || state.request !== undefined) return [state, []];
  const soonMs = moment.monotonicMs + LATE_NOTIFY_WAIT_MS + backOffMs(state.endsInRow, moment.fraction);
  return state.retryAtMs !== undefined && state.retryAtMs <= soonMs ? [state, []] : [{ ...state, retryAtMs: soonMs }, []];
}
