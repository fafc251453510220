// One subscription as its notifier sees it, pure (RFC 6665 §4.2, RFC 3857 §4.7): what happened → which NOTIFY, when.
import type { WatcherEvent, WatcherStatus } from '../../document/watcher-info.ts';
import { earliest } from '../../machine.ts';
import type { Moment } from '../../machine.ts';
import { firstWatcherStatus, nextWatcherStatus } from './watcher-machine.ts';
import type { WatcherPolicy } from './watcher-machine.ts';

/** RFC 5025 §3.2.1's words, and `forbid`: refused with 403, without any subscription. */
export type AccessDecision = 'allow' | 'polite-block' | 'confirm' | 'block' | 'forbid';

export interface NotifierMachine {
  readonly status: WatcherStatus;
  /** Of the last change of status. */
  readonly event: WatcherEvent;
  readonly decision: AccessDecision;
  /** NOTIFYs may still be sent: the dialog lives. */
  readonly isOpen: boolean;
  /** The last NOTIFY to be sent: its Subscription-State reason. */
  readonly lastReason: string | undefined;
  /** The watcher is where it says: it came over a connection, or knew what only a message to it said. */
  readonly isProven: boolean;
  /** A NOTIFY waits for its answer; the next waits for that, so that they stay in order. */
  readonly isNotifying: boolean;
  /** Monotonic: when the next NOTIFY may go; undefined: nothing to say. */
  readonly notifyAtMs: number | undefined;
  readonly notifiedAtMs: number | undefined;
  readonly expiresAtMs: number;
  /** When a question that nobody answers is forgotten. */
  readonly giveUpAtMs: number | undefined;
  readonly minIntervalMs: number;
}

export type NotifierInput =
  /** The first SUBSCRIBE, or one in its dialog. 0 seconds fetches, or ends. */
  | { readonly kind: 'subscribed'; readonly decision: AccessDecision; readonly expiresSeconds: number; readonly minIntervalMs: number }
  /** The decision about this watcher may have changed. */
  | { readonly kind: 'decided'; readonly decision: AccessDecision }
  /** What there is to see changed. */
  | { readonly kind: 'changed' }
  /** We end it: `deactivated`, `probation`, `giveup`, `noresource`. */
  | { readonly kind: 'end'; readonly event: WatcherEvent }
  /** The same watcher asks anew, which makes this question superfluous. */
  | { readonly kind: 'asked-anew' }
  /** How a NOTIFY ended: `gone` where the watcher does not know or does not answer it. */
  | { readonly kind: 'notified'; readonly result: 'taken' | 'gone' }
  | { readonly kind: 'notified'; readonly result: 'later'; readonly waitMs: number }
  | { readonly kind: 'timer' };

export type NotifierEffect =
  /** `reason`: it is the last one. `hasState`: with what this watcher may see. */
  | {
      readonly kind: 'notify';
      readonly status: WatcherStatus;
      readonly reason: string | undefined;
      readonly expiresSeconds: number;
      readonly hasState: boolean;
    }
  /** Status or event are news for whoever follows the watchers. */
  | { readonly kind: 'told' }
  /** Nothing more will happen. */
  | { readonly kind: 'closed' };

export type NotifierResult = readonly [NotifierMachine, readonly NotifierEffect[]];

/** How long a question waits after its subscription ended, before it is forgotten here. */
export const GIVE_UP_MS = 24 * 3_600_000;

const POLICY: Readonly<Record<AccessDecision, WatcherPolicy>> = {
  allow: 'accepted',
  'polite-block': 'accepted',
  confirm: 'pending',
  block: 'refused',
  forbid: 'refused',
};

/** The subscription that a SUBSCRIBE makes. `isProven`: not for a datagram, whose sender anybody can write into it. */
export function startNotifier(
  input: Extract<NotifierInput, { kind: 'subscribed' }>,
  moment: Moment,
  { isProven }: Pick<NotifierMachine, 'isProven'>,
): NotifierResult {
  const { status, event } = firstWatcherStatus(POLICY[input.decision]);
  const fresh: NotifierMachine = {
    status,
    event,
    decision: input.decision,
    isOpen: true,
    lastReason: status === 'terminated' ? event : undefined,
    isProven,
    isNotifying: false,
    notifyAtMs: moment.monotonicMs,
    notifiedAtMs: undefined,
    expiresAtMs: moment.monotonicMs + input.expiresSeconds * 1000,
    giveUpAtMs: undefined,
    minIntervalMs: input.minIntervalMs,
  };
  if (input.expiresSeconds === 0 && status !== 'terminated') return happen(fresh, 'timeout', moment);
  return then([fresh, [{ kind: 'told' }]], (state) => notifyWhenDue(state, moment));
}

export function stepNotifier(state: NotifierMachine, input: NotifierInput, moment: Moment): NotifierResult {
  switch (input.kind) {
    case 'subscribed':
      return refreshed(state, input, moment);
    case 'decided':
      return decided(state, input.decision, moment);
    case 'changed':
      return changed(state, moment);
    case 'end':
      return happen(state, input.event, moment);
    case 'asked-anew':
      return state.status === 'waiting' ? happen(state, 'subscribe', moment) : [state, []];
    case 'notified':
      return notified(state, input, moment);
    case 'timer':
      return timer(state, moment);
  }
}

/** The next monotonic deadline. */
export function notifierDeadline(state: NotifierMachine): number | undefined {
  if (state.status === 'terminated' && !state.isOpen) return undefined;
  const expiresAtMs = state.isOpen && state.lastReason === undefined ? state.expiresAtMs : undefined;
  // WHY: a NOTIFY that is due waits for the one under way; counting it would spin.
  return earliest(expiresAtMs, state.isNotifying ? undefined : state.notifyAtMs, state.giveUpAtMs);
}

function then([state, effects]: NotifierResult, next: (state: NotifierMachine) => NotifierResult): NotifierResult {
  const [after, more] = next(state);
  return [after, [...effects, ...more]];
}

function refreshed(state: NotifierMachine, input: Extract<NotifierInput, { kind: 'subscribed' }>, moment: Moment): NotifierResult {
  if (!state.isOpen || state.lastReason !== undefined) return [state, []];
  const { expiresSeconds, minIntervalMs } = input;
  // RFC 6665 §4.2.1.4: each SUBSCRIBE is followed by a NOTIFY at once, whatever the rate.
  const next = {
    ...state,
    isProven: true,
    minIntervalMs,
    expiresAtMs: moment.monotonicMs + expiresSeconds * 1000,
    notifyAtMs: moment.monotonicMs,
  };
  const settled = decided(next, input.decision, moment);
  return then(settled, (after) =>
    expiresSeconds === 0 && after.lastReason === undefined ? happen(after, 'timeout', moment) : notifyWhenDue(after, moment),
  );
}

function decided(state: NotifierMachine, decision: AccessDecision, moment: Moment): NotifierResult {
  const before = POLICY[state.decision];
  const policy = POLICY[decision];
  const isNews = decision !== state.decision;
  const next = { ...state, decision };
  switch (state.status) {
    case 'pending':
      if (policy === 'pending') return [next, []];
      return happen(next, policy === 'accepted' ? 'approved' : 'rejected', moment);
    case 'waiting':
      if (policy === 'pending') return [next, []];
      return happen(next, policy === 'accepted' ? 'approved' : 'rejected', moment);
    case 'active':
      if (policy === 'refused') return happen(next, 'rejected', moment);
      // RFC 3857 §4.7.1 knows no way back to pending: it is ended, and may be asked for anew.
      if (policy === 'pending') return happen(next, 'deactivated', moment);
      // From seen to politely blocked or back: what is shown changes at once.
      return before === policy && isNews ? notifyWhenDue({ ...next, notifyAtMs: moment.monotonicMs }, moment) : [next, []];
    case 'terminated':
      return [state, []];
  }
}

/** SECURITY: who is politely blocked gets nothing here, as from somebody who is away (RFC 5025 §3.2.1). */
function changed(state: NotifierMachine, moment: Moment): NotifierResult {
  if (state.status !== 'active' || state.decision !== 'allow' || state.lastReason !== undefined) return [state, []];
  const mayGoAtMs = state.notifiedAtMs === undefined ? moment.monotonicMs : state.notifiedAtMs + state.minIntervalMs;
  const notifyAtMs = Math.min(state.notifyAtMs ?? Infinity, Math.max(mayGoAtMs, moment.monotonicMs));
  return notifyWhenDue({ ...state, notifyAtMs }, moment);
}

/** An event of RFC 3857 §4.7.1. */
function happen(state: NotifierMachine, event: WatcherEvent, moment: Moment): NotifierResult {
  const status = nextWatcherStatus(state.status, event);
  if (status === undefined) return [state, []];
  const told: NotifierEffect = { kind: 'told' };
  const next: NotifierMachine = { ...state, status, event, giveUpAtMs: status === 'waiting' ? moment.monotonicMs + GIVE_UP_MS : undefined };
  if (!state.isOpen) return status === 'terminated' ? [next, [told, { kind: 'closed' }]] : [next, [told]];
  // The last NOTIFY is queued or on its way already: nothing comes after it.
  if (state.lastReason !== undefined) return [next, [told]];
  const lastReason = status === 'active' ? undefined : event;
  return then([{ ...next, lastReason, notifyAtMs: moment.monotonicMs }, [told]], (after) => notifyWhenDue(after, moment));
}

function notifyWhenDue(state: NotifierMachine, moment: Moment): NotifierResult {
  const isDue = state.notifyAtMs !== undefined && state.notifyAtMs <= moment.monotonicMs;
  if (!isDue || state.isNotifying || !state.isOpen) return [state, []];
  const { lastReason, decision, status } = state;
  // A fetch, and leaving, are answered with what there is to see (RFC 6665 §4.4.3, §4.2.1.4).
  const maySee = POLICY[decision] === 'accepted' && (status === 'active' || lastReason === 'timeout');
  const expiresSeconds = Math.max(0, Math.round((state.expiresAtMs - moment.monotonicMs) / 1000));
  const next = { ...state, isNotifying: true, notifyAtMs: undefined, notifiedAtMs: moment.monotonicMs };
  return [
    next,
    [{ kind: 'notify', status: lastReason === undefined ? status : 'terminated', reason: lastReason, expiresSeconds, hasState: maySee }],
  ];
}

function notified(before: NotifierMachine, input: Extract<NotifierInput, { kind: 'notified' }>, moment: Moment): NotifierResult {
  const state = { ...before, isNotifying: false, isProven: before.isProven || input.result !== 'gone' };
  if (input.result === 'later' && state.lastReason === undefined) {
    const againAtMs = moment.monotonicMs + input.waitMs;
    return [{ ...state, notifyAtMs: Math.max(againAtMs, state.notifyAtMs ?? 0) }, []];
  }
  const isLastSent = state.lastReason !== undefined && state.notifyAtMs === undefined;
  if (input.result === 'taken' && !isLastSent) return notifyWhenDue(state, moment);
  // RFC 6665 §4.2.2: nobody there, or all said.
  const closed = { ...state, isOpen: false, notifyAtMs: undefined };
  if (state.status === 'terminated') return [closed, [{ kind: 'closed' }]];
  // SECURITY: questions in made-up names must not fill the inbox: who was never there asks nothing.
  if (!state.isProven && state.decision === 'confirm') return happen(closed, 'giveup', moment);
  return state.lastReason === undefined ? happen(closed, 'timeout', moment) : [closed, []];
}

function timer(state: NotifierMachine, moment: Moment): NotifierResult {
  if (state.giveUpAtMs !== undefined && moment.monotonicMs >= state.giveUpAtMs) return happen(state, 'giveup', moment);
  const hasExpired = state.isOpen && state.lastReason === undefined && moment.monotonicMs >= state.expiresAtMs;
  return hasExpired ? happen(state, 'timeout', moment) : notifyWhenDue(state, moment);
}
