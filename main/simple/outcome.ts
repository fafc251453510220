// How a request of the SIMPLE extensions failed, as one value that says enough to retry and to tell a person.
import type { Outcome, SipResponse } from '../sip/index.ts';
import { secondsOf } from './header-value.ts';

export type ProtocolFailure =
  /** A final answer that is no success. `reason` is the peer's own phrase: a claim, not for showing without care. */
  | { readonly kind: 'status'; readonly status: number; readonly reason: string; readonly retryAfterSeconds: number | undefined }
  /** Nobody answered in time. */
  | { readonly kind: 'timeout' }
  /** It could not be sent. */
  | {
      readonly kind: 'transport';
      readonly cause: Extract<Outcome, { kind: 'transport-failed' }>['cause'];
      readonly reason: string;
    }
  /** The password or the user is wrong, or there is none for that realm. Never retried by itself. */
  | { readonly kind: 'unauthenticated'; readonly status: number; readonly realm: string };

/** The state of something that is kept alive. `untilMs` and `retryAtMs` are calendar milliseconds. */
export type KeptFailed = {
  readonly kind: 'failed';
  readonly failure: ProtocolFailure;
  /** When it is tried again; undefined when only a person can mend it (then `retryNow()` tries). */
  readonly retryAtMs: number | undefined;
};

/** What an unsuccessful outcome means; undefined for a 2xx and for one we cancelled ourselves. */
export function failureOf(outcome: Outcome): ProtocolFailure | undefined {
  switch (outcome.kind) {
    case 'cancelled':
      return undefined;
    case 'timeout':
      return { kind: 'timeout' };
    case 'transport-failed':
      return { kind: 'transport', cause: outcome.cause, reason: outcome.reason };
    case 'unauthenticated':
      return { kind: 'unauthenticated', status: outcome.response.status, realm: outcome.realm };
    case 'final':
      return isSuccess(outcome.response) ? undefined : statusFailure(outcome.response);
  }
}

/** A response as a failure, whatever its status. */
export function statusFailure(response: SipResponse): ProtocolFailure {
  return { kind: 'status', status: response.status, reason: response.reason, retryAfterSeconds: secondsOf(response, 'Retry-After') };
}

export function isSuccess(response: SipResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

/** For the log: what failed in a few words, without addresses or texts of people. */
export function failureWords(failure: ProtocolFailure): string {
  switch (failure.kind) {
    case 'status':
      return `${failure.status} ${failure.reason}`;
    case 'timeout':
      return 'no answer in time';
    case 'transport':
      return `${failure.cause}: ${failure.reason}`;
    case 'unauthenticated':
      return `${failure.status}: not accepted by realm ${failure.realm}`;
  }
}
