// The moves of the subscription machine that several steps share: send, wait, subscribe anew, end (RFC 6665 §4.1.2).
import type { Moment } from '../machine.ts';
import type { ProtocolFailure } from '../outcome.ts';
import { backOffMs } from '../retry.ts';
import type { SubscriptionState } from './subscription.ts';
import { report, withoutDialog } from './subscription-machine.ts';
import type { SubscribeKind, SubscriptionEffect, SubscriptionMachine, SubscriptionResult } from './subscription-machine.ts';

/** A subscription that lived this long was healthy: its next end is the first of a new row. Below it, ends in a row wait longer each time. */
const HEALTHY_MS = 60_000;

/** Renewals at once spread over this time: a server that moves all its watchers must not get them back in one moment. */
const RENEWAL_SPREAD_MS = 1_000;

export function send(state: SubscriptionMachine, kind: SubscribeKind, moment: Moment): SubscriptionResult {
  const id = state.requestCount + 1;
  const base = kind === 'initial' ? withoutDialog(state) : state;
  const next: SubscriptionMachine = {
    ...base,
    phase: kind === 'initial' ? 'working' : state.phase,
    request: { id, kind, atMs: moment.monotonicMs, isNotified: false },
    requestCount: id,
    refreshAtMs: undefined,
    retryAtMs: undefined,
  };
  const expiresSeconds = kind === 'unsubscribe' ? 0 : state.askedSeconds;
  const forget: SubscriptionEffect[] = kind === 'initial' ? [{ kind: 'forget-dialog' }] : [];
  return [next, [...forget, { kind: 'subscribe', request: id, how: kind, expiresSeconds }]];
}

function cancelRequest(state: SubscriptionMachine): SubscriptionEffect[] {
  return state.request === undefined ? [] : [{ kind: 'cancel', request: state.request.id }];
}

/** Waits without a dialog; `delay` in ms, undefined: until a person does something. */
export function wait(
  state: SubscriptionMachine,
  delay: number | undefined,
  moment: Moment,
  shown: (retryAtMs: number | undefined) => SubscriptionState,
): SubscriptionResult {
  const next: SubscriptionMachine = {
    ...withoutDialog(state),
    phase: 'waiting',
    request: undefined,
    retryAtMs: delay === undefined ? undefined : moment.monotonicMs + delay,
  };
  const effects: SubscriptionEffect[] = [...cancelRequest(state), { kind: 'forget-dialog' }];
  return report(shown(delay === undefined ? undefined : moment.nowMs + delay), [next, effects]);
}

/** The dialog is lost: subscribe anew, later each time where that happens in a row. */
export function anew(state: SubscriptionMachine, failure: ProtocolFailure, moment: Moment): SubscriptionResult {
  const [endsInRow, delay] = renewalDelay(state, state.hasDialog, moment);
  return wait({ ...state, endsInRow, failuresInRow: 0 }, state.isFetch ? undefined : delay, moment, (retryAtMs) => ({
    kind: 'failed',
    failure,
    retryAtMs,
  }));
}

/** Ends in a row now, and the wait in ms: short for what was healthy, growing for what keeps ending. This is the guard against storms. */
export function renewalDelay(state: SubscriptionMachine, mayBeAtOnce: boolean, moment: Moment): readonly [number, number] {
  const wasHealthy = state.hasDialog && moment.monotonicMs - state.establishedAtMs >= HEALTHY_MS;
  const endsInRow = wasHealthy ? 1 : state.endsInRow + 1;
  const isAtOnce = mayBeAtOnce && endsInRow === 1;
  return [endsInRow, isAtOnce ? Math.round(RENEWAL_SPREAD_MS * moment.fraction) : backOffMs(endsInRow, moment.fraction)];
}

export function finish(state: SubscriptionMachine): SubscriptionResult {
  const next: SubscriptionMachine = {
    ...withoutDialog(state),
    phase: 'ended',
    request: undefined,
    retryAtMs: undefined,
    stopAtMs: undefined,
  };
  return [next, [...cancelRequest(state), { kind: 'forget-dialog' }, { kind: 'report', state: { kind: 'off' } }, { kind: 'stopped' }]];
}
