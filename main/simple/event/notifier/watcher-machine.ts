// The life of a watcher as its presentity sees it (RFC 3857 §4.7): one table, pure.
import type { WatcherEvent, WatcherStatus } from '../../document/watcher-info.ts';

/** `init` is passed through at once and never shown. */
export type WatcherState = 'init' | WatcherStatus;

/** What the policy says of a watcher that subscribes; `pending`: nobody decided yet. */
export type WatcherPolicy = 'accepted' | 'pending' | 'refused';

/** RFC 3857 §4.7.1: from `init` the policy says where to. */
const BY_POLICY: Readonly<Record<WatcherPolicy, { readonly status: WatcherStatus; readonly event: WatcherEvent }>> = {
  accepted: { status: 'active', event: 'subscribe' },
  pending: { status: 'pending', event: 'subscribe' },
  refused: { status: 'terminated', event: 'rejected' },
};

/**
 * RFC 3857 §4.7.1: what each event does in each state; what is not named does nothing. WHY of `waiting`: a question that nobody
 * answered outlives the subscription that asked it, so that the person can still answer. `subscribe` there: the same watcher asks anew.
 */
const NEXT: Readonly<Record<WatcherState, Readonly<Partial<Record<WatcherEvent, WatcherStatus>>>>> = {
  init: {},
  pending: {
    approved: 'active',
    rejected: 'terminated',
    deactivated: 'terminated',
    probation: 'terminated',
    giveup: 'terminated',
    noresource: 'terminated',
    timeout: 'waiting',
  },
  active: {
    rejected: 'terminated',
    deactivated: 'terminated',
    probation: 'terminated',
    timeout: 'terminated',
    noresource: 'terminated',
  },
  waiting: {
    approved: 'terminated',
    rejected: 'terminated',
    giveup: 'terminated',
    noresource: 'terminated',
    subscribe: 'terminated',
  },
  terminated: {},
};

export function firstWatcherStatus(policy: WatcherPolicy): { readonly status: WatcherStatus; readonly event: WatcherEvent } {
  return BY_POLICY[policy];
}

/** The status that follows; undefined where the event means nothing in this state. */
export function nextWatcherStatus(state: WatcherState, event: WatcherEvent): WatcherStatus | undefined {
  return NEXT[state][event];
}
