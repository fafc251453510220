// When something that failed is tried again, and when something that lives is refreshed: the tables for all parts.
import type { ProtocolFailure } from './outcome.ts';

/** Waits after the first, second, … failure in a row; the last one repeats. WHY: it stays below 30 s, so that everything is back half a minute after its server. */
const BACK_OFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** The same where no server stands between: people are away for hours, each is tried alone, and who comes back is heard of. */
const BACK_OFF_TO_PEERS_MS = [...BACK_OFF_MS, 30_000, 60_000] as const;

/** Part of a wait that is random, so that many clients do not come back in one moment (RFC 5626 §4.5 uses the same half). */
const BACK_OFF_JITTER = 0.5;

/** Wait for what will hardly change soon, but may. */
const SLOW_MS = 15 * 60_000;

/** A server may ask us to stay away, but not for ever: nobody would look for a fault there. */
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** Random part added to Retry-After: all clients were told the same time. */
const RETRY_AFTER_JITTER = 0.1;

type RetryClass = 'soon' | 'slow' | 'never';

/** What a final status says about trying the same thing again by ourselves (RFC 3261 §21). Statuses not named: `soon`. */
const CLASS_BY_STATUS: Readonly<Record<number, RetryClass>> = {
  400: 'slow',
  // Only a person can mend these: credentials, rights, or a server that does not do this.
  401: 'never',
  402: 'never',
  403: 'never',
  405: 'never',
  406: 'never',
  407: 'never',
  415: 'never',
  416: 'never',
  420: 'never',
  421: 'never',
  489: 'never',
  494: 'never',
  501: 'never',
  505: 'never',
  603: 'never',
  606: 'never',
  // Addresses that do not exist may come into being.
  404: 'slow',
  410: 'slow',
  413: 'slow',
  414: 'slow',
  482: 'slow',
  483: 'slow',
  484: 'slow',
  485: 'slow',
  513: 'slow',
  604: 'slow',
};

/** Transport failures that waiting does not cure as fast as others: nobody mends a certificate in a second, but it costs little to look. */
const MIN_WAIT_BY_CAUSE_MS: Readonly<Record<string, number>> = { tls: 8_000, 'name-not-found': 4_000 };

/** Wait before try number `failuresInRow + 1`, in ms; `fraction` in [0, 1). */
export function backOffMs(failuresInRow: number, fraction: number, isToPeer = false): number {
  const steps = isToPeer ? BACK_OFF_TO_PEERS_MS : BACK_OFF_MS;
  const step = steps[Math.min(Math.max(failuresInRow, 1), steps.length) - 1] ?? BACK_OFF_MS[0];
  return Math.round(step * (1 - BACK_OFF_JITTER * fraction));
}

/** How long to wait after a failure, in ms; undefined: not by ourselves. `failuresInRow` counts this one. `isToPeer`: no server stands between. */
export function retryDelayMs(failure: ProtocolFailure, failuresInRow: number, fraction: number, isToPeer = false): number | undefined {
  if (failure.kind === 'unauthenticated') return undefined;
  const wait = backOffMs(failuresInRow, fraction, isToPeer);
  if (failure.kind === 'timeout') return wait;
  if (failure.kind === 'transport') return Math.max(wait, MIN_WAIT_BY_CAUSE_MS[failure.cause] ?? 0);
  const retryClass = CLASS_BY_STATUS[failure.status] ?? 'soon';
  // WHY: a Retry-After says that trying again is welcome, whatever the status (RFC 3261 §20.33).
  if (failure.retryAfterSeconds !== undefined) return Math.max(wait, retryAfterMs(failure.retryAfterSeconds, fraction));
  if (retryClass === 'never') return undefined;
  return retryClass === 'slow' ? Math.round(SLOW_MS * (1 - BACK_OFF_JITTER * fraction)) : wait;
}

/** Seconds as a server asked for, bounded, with jitter on top, in ms. */
export function retryAfterMs(seconds: number, fraction: number): number {
  return Math.round(Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000 * (1 + RETRY_AFTER_JITTER * fraction));
}

/** Refresh after this part of the time granted: early enough for several tries before it ends. */
const REFRESH_FROM = 0.75;
const REFRESH_JITTER = 0.1;
/** A server that grants a second must not make us send all the time. */
const MIN_REFRESH_MS = 1_000;
/** Timers of the system end at 2^31 ms, and a day is often enough. */
const MAX_REFRESH_MS = 24 * 3_600_000;

/** When to refresh what was granted for `expiresSeconds`, in ms from now. */
export function refreshDelayMs(expiresSeconds: number, fraction: number): number {
  const delay = expiresSeconds * 1000 * (REFRESH_FROM + REFRESH_JITTER * fraction);
  return Math.round(Math.min(Math.max(delay, MIN_REFRESH_MS), MAX_REFRESH_MS));
}

/** `retryNow()` within this time of a sent request changes nothing: the request is fresh enough. */
export const FRESH_REQUEST_MS = 2_000;

/** How long stopping may take before we leave without the server's answer. */
export const STOP_WAIT_MS = 3_000;

/** The longest lifetime we let a 423 talk us into, in seconds. */
export const MAX_EXPIRES_SECONDS = 86_400;

/** How many 423 in a row are obeyed: a server that asks for more each time is broken. */
export const MAX_BRIEF_ANSWERS = 3;
