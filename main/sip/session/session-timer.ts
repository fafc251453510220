// Session timers: how interval and refresher are agreed on, and when what is due (RFC 4028).
import { readHeader } from '../message/header/header.ts';
import { minSeHeader } from '../message/header/min-se.ts';
import { sessionExpiresHeader } from '../message/header/session-expires.ts';
import type { HeaderField, SipMessage } from '../message/message.ts';
import { parameterValue } from '../uri/parameter.ts';
import { hasOption } from './options.ts';

/** §4, §5: nothing below is allowed. */
export const SMALLEST_INTERVAL_SECONDS = 90;
/** §4: recommended. */
export const DEFAULT_INTERVAL_SECONDS = 1_800;

export interface TimerPolicy {
  /** What we ask for; undefined: no timer of our own, only the peer's. */
  readonly intervalSeconds: number | undefined;
  /** The smallest we accept; at least 90. */
  readonly minimumSeconds: number;
}

/** Seen from the sender of the request that agreed on it. */
export type Refresher = 'uac' | 'uas';

export interface SessionTimer {
  readonly intervalSeconds: number;
  /** We are to refresh. */
  readonly isOurs: boolean;
}

export type TimerAnswer =
  | { readonly kind: 'none' }
  /** 422 with Min-SE. */
  | { readonly kind: 'too-small'; readonly minimumSeconds: number }
  | { readonly kind: 'timer'; readonly intervalSeconds: number; readonly refresher: Refresher; readonly isRequired: boolean };

/** Table 2: who refreshes, by whether the caller supports timers and whom it named. */
const REFRESHERS: Readonly<Record<'supported' | 'unsupported', Readonly<Record<'none' | Refresher, Refresher>>>> = {
  unsupported: { none: 'uas', uac: 'uas', uas: 'uas' },
  supported: { none: 'uac', uac: 'uac', uas: 'uas' },
};

/** The header fields for an INVITE or UPDATE of ours. `minimumSeconds`: what a 422 asked for (§7.3). */
export function timerFields(policy: TimerPolicy, minimumSeconds: number, current: SessionTimer | undefined): HeaderField[] {
  const wanted = current?.intervalSeconds ?? policy.intervalSeconds;
  if (wanted === undefined) return [];
  const seconds = Math.max(wanted, minimumSeconds, SMALLEST_INTERVAL_SECONDS);
  // §7.4: a refresh keeps who refreshes.
  const refresher = current === undefined ? '' : `;refresher=${current.isOurs ? 'uac' : 'uas'}`;
  const fields: HeaderField[] = [{ name: 'Session-Expires', value: `${seconds}${refresher}` }];
  if (minimumSeconds > SMALLEST_INTERVAL_SECONDS) fields.push({ name: 'Min-SE', value: String(minimumSeconds) });
  return fields;
}

/** What to answer a request that can be accepted (§9). */
export function answerTimer(request: SipMessage, policy: TimerPolicy): TimerAnswer {
  const asked = readInterval(request);
  const isSupported = hasOption(request, 'Supported', 'timer') || hasOption(request, 'Require', 'timer');
  const ours = Math.max(policy.minimumSeconds, SMALLEST_INTERVAL_SECONDS);
  const theirs = Math.max(minimumOf(request), SMALLEST_INTERVAL_SECONDS);
  if (asked === undefined) {
    if (policy.intervalSeconds === undefined) return { kind: 'none' };
    return agreed(Math.max(policy.intervalSeconds, theirs), isSupported, 'none');
  }
  if (asked.seconds < ours) {
    // §9: who does not know 422 cannot be asked for more; its own interval is kept, within what the RFC allows.
    if (isSupported) return { kind: 'too-small', minimumSeconds: ours };
    return agreed(Math.max(asked.seconds, theirs), isSupported, asked.refresher);
  }
  const wanted = Math.min(asked.seconds, policy.intervalSeconds ?? asked.seconds);
  return agreed(Math.max(wanted, theirs, ours), isSupported, asked.refresher);
}

function agreed(intervalSeconds: number, isSupported: boolean, named: 'none' | Refresher): TimerAnswer {
  const refresher = REFRESHERS[isSupported ? 'supported' : 'unsupported'][named];
  // §9: the caller must know what it is to do.
  return { kind: 'timer', intervalSeconds, refresher, isRequired: refresher === 'uac' };
}

/** For the 2xx. */
export function timerAnswerFields(answer: TimerAnswer): HeaderField[] {
  if (answer.kind !== 'timer') return [];
  const expires: HeaderField = { name: 'Session-Expires', value: `${answer.intervalSeconds};refresher=${answer.refresher}` };
  return answer.isRequired ? [expires, { name: 'Require', value: 'timer' }] : [expires];
}

/** What we agreed to by answering. */
export function timerAsUas(answer: TimerAnswer): SessionTimer | undefined {
  return answer.kind === 'timer' ? { intervalSeconds: answer.intervalSeconds, isOurs: answer.refresher === 'uas' } : undefined;
}

/** What a 2xx to our request says (§7.2); undefined: no timer. A missing refresher is us, so that somebody does it. */
export function timerAsUac(response: SipMessage): SessionTimer | undefined {
  const interval = readInterval(response);
  if (interval === undefined) return undefined;
  // SECURITY: an interval of a second would keep us busy; §4 allows none below 90.
  const intervalSeconds = Math.max(interval.seconds, SMALLEST_INTERVAL_SECONDS);
  return { intervalSeconds, isOurs: interval.refresher !== 'uas' };
}

/** Min-SE, of a request or a 422; 0 where there is none. */
export function minimumOf(message: SipMessage): number {
  const result = readHeader(message, minSeHeader);
  return result?.kind === 'ok' ? result.value.seconds : 0;
}

/** §7.2: the refresher refreshes at half the interval. */
export function refreshAfterMs({ intervalSeconds }: SessionTimer): number {
  return intervalSeconds * 500;
}

/** §10: a BYE when the interval is nearly over: 32 seconds before, or a third of it where that is less. */
export function expiresAfterMs({ intervalSeconds }: SessionTimer): number {
  return Math.floor(1_000 * (intervalSeconds - Math.min(32, intervalSeconds / 3)));
}

function readInterval(message: SipMessage): { readonly seconds: number; readonly refresher: 'none' | Refresher } | undefined {
  const result = readHeader(message, sessionExpiresHeader);
  if (result?.kind !== 'ok') return undefined;
  const named = parameterValue(result.value.parameters, 'refresher')?.toLowerCase();
  return { seconds: result.value.seconds, refresher: named === 'uac' || named === 'uas' ? named : 'none' };
}
