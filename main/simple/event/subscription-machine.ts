// The subscription machine's state, inputs and effects (RFC 6665 §4.1), and the small edits all its steps share.
import type { ProtocolFailure } from '../outcome.ts';
import { earliest } from '../machine.ts';
import type { Moment } from '../machine.ts';
import { refreshDelayMs } from '../retry.ts';
import type { SubscriptionState } from './subscription.ts';

export type SubscribeKind = 'initial' | 'refresh' | 'unsubscribe';

export interface SubscribeRequest {
  readonly id: number;
  readonly kind: SubscribeKind;
  readonly atMs: number;
  /** A NOTIFY came since it was sent. */
  readonly isNotified: boolean;
}

export type SubscriptionPhase = 'off' | 'working' | 'subscribed' | 'waiting' | 'stopping' | 'ended';

export interface SubscriptionMachine {
  readonly phase: SubscriptionPhase;
  readonly askedSeconds: number;
  /** What the last 2xx granted. */
  readonly grantedSeconds: number;
  readonly isFetch: boolean;
  /** A NOTIFY made the dialog (RFC 6665 §4.4.1). */
  readonly hasDialog: boolean;
  /** The notifier's last word. */
  readonly notified: 'pending' | 'active' | undefined;
  /** No server stands between: where a dialog leads to, the notifier may be no more. */
  readonly isDirect: boolean;
  /** The SUBSCRIBE under way. */
  readonly request: SubscribeRequest | undefined;
  readonly requestCount: number;
  readonly briefAnswers: number;
  /** Requests that failed since one was answered well. */
  readonly failuresInRow: number;
  /** Dialogs that ended since one was healthy. */
  readonly endsInRow: number;
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
  /** The flow its dialog used is gone: the notifier cannot reach us any more. */
  | { readonly kind: 'flow-closed' }
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

export type SubscriptionResult = readonly [SubscriptionMachine, readonly SubscriptionEffect[]];

/** `isDirect`: no server stands between us and the notifier. */
export function newSubscriptionMachine(expiresSeconds: number, isDirect = false): SubscriptionMachine {
  return {
    isDirect,
    phase: 'off',
    askedSeconds: expiresSeconds,
    grantedSeconds: expiresSeconds,
    isFetch: expiresSeconds === 0,
    hasDialog: false,
    notified: undefined,
    request: undefined,
    requestCount: 0,
    briefAnswers: 0,
    failuresInRow: 0,
    endsInRow: 0,
    establishedAtMs: 0,
    untilMs: 0,
    expiresAtMs: undefined,
    refreshAtMs: undefined,
    notifyDueAtMs: undefined,
    retryAtMs: undefined,
    stopAtMs: undefined,
  };
}

export function report(state: SubscriptionState, [machine, effects]: SubscriptionResult): SubscriptionResult {
  return [machine, [{ kind: 'report', state }, ...effects]];
}

export function withoutDialog(state: SubscriptionMachine): SubscriptionMachine {
  return { ...state, hasDialog: false, notified: undefined, expiresAtMs: undefined, refreshAtMs: undefined, notifyDueAtMs: undefined };
}

export function withExpiry(state: SubscriptionMachine, seconds: number, moment: Moment): SubscriptionMachine {
  return {
    ...state,
    untilMs: moment.nowMs + seconds * 1000,
    expiresAtMs: moment.monotonicMs + seconds * 1000,
    refreshAtMs: moment.monotonicMs + refreshDelayMs(seconds, moment.fraction),
  };
}

/** The state to show while subscribed; nothing before the first NOTIFY. */
export function notifiedReport(state: SubscriptionMachine): SubscriptionEffect[] {
  return state.notified === undefined ? [] : [{ kind: 'report', state: { kind: state.notified, untilMs: state.untilMs } }];
}

/** The next monotonic deadline. */
export function deadlineOf(state: SubscriptionMachine): number | undefined {
  // WHY: a refresh that is due waits for the request under way; counting it would spin.
  const refreshAtMs = state.request === undefined ? state.refreshAtMs : undefined;
  return earliest(state.stopAtMs, state.notifyDueAtMs, state.expiresAtMs, state.retryAtMs, refreshAtMs);
}
