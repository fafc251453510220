// How a request of the SIMPLE extensions failed, as one value that says enough to retry and to tell a person.
import type { Outcome } from '../sip/index.ts';

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
