// What ends subscriptions, as tables (RFC 6665 §4.1.2, §4.1.3; RFC 5057 §5.1).

/** What to do after the notifier ended a subscription. */
export type Renewal =
  /** Subscribe anew at once, with its guard against storms. */
  | 'at-once'
  /** Subscribe anew after Retry-After, else after a while. */
  | 'later'
  /** After Retry-After where it was given, else at once. */
  | 'when-told'
  /** Not by ourselves. */
  | 'never';

/** Reasons of `Subscription-State: terminated` (RFC 6665 §4.1.3). A reason not named counts as none. */
export const RENEWAL_BY_REASON: Readonly<Record<string, Renewal>> = {
  deactivated: 'at-once',
  probation: 'later',
  rejected: 'never',
  timeout: 'at-once',
  giveup: 'when-told',
  noresource: 'never',
  invariant: 'never',
};

/** No reason, or an unknown one: any time, unless Retry-After says when. */
export const RENEWAL_WITHOUT_REASON: Renewal = 'when-told';

/** Reasons for which Retry-After means nothing. */
export const REASONS_WITHOUT_RETRY_AFTER: ReadonlySet<string> = new Set(['deactivated', 'rejected', 'timeout', 'noresource', 'invariant']);

/** Wait for `later` without Retry-After, in ms. */
export const PROBATION_MS = 60_000;

/** Final answers to a refresh after which the subscription is gone (RFC 6665 §4.1.2.2). After any other it lives on until it expires. */
export const STATUSES_ENDING_REFRESH: ReadonlySet<number> = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604]);

/** Of those, the one that only says that this dialog is forgotten: subscribe anew (RFC 6665 §4.1.2.2). */
export const STATUS_FORGOTTEN = 481;

/** Timer N: 64*T1 (RFC 6665 §4.1.2.4). Within it a NOTIFY must follow each SUBSCRIBE. */
export const TIMER_N_MS = 32_000;

export function renewalFor(reason: string): Renewal {
  return Object.hasOwn(RENEWAL_BY_REASON, reason) ? (RENEWAL_BY_REASON[reason] ?? RENEWAL_WITHOUT_REASON) : RENEWAL_WITHOUT_REASON;
}
