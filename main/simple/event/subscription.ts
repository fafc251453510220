// What a subscriber says and hears (RFC 6665): subscriptions as values.
import type { HeaderField, SipResponse, Uri } from '../../sip/index.ts';
import type { KeptFailed } from '../outcome.ts';

export type SubscriptionState =
  | { readonly kind: 'off' }
  | { readonly kind: 'working' }
  /** The server has it, and nobody decided yet. */
  | { readonly kind: 'pending'; readonly untilMs: number }
  | { readonly kind: 'active'; readonly untilMs: number }
  /** The notifier ended it: `reason` in the RFC's words ('' when none was given). `retryAtMs` as for failures. */
  | { readonly kind: 'terminated'; readonly reason: string; readonly retryAtMs: number | undefined }
  | KeptFailed;

export interface Notification {
  /** `pending`, `active`, `terminated`, or an extension's word. */
  readonly state: string;
  /** Reason of a terminated one, '' when none. */
  readonly reason: string;
  /** Lower case, without parameters; undefined when there is no body. */
  readonly contentType: string | undefined;
  /** Content-Type as it came, e.g. for the boundary of multipart. */
  readonly contentTypeText: string | undefined;
  readonly body: Uint8Array;
  /** Tells the dialogs of a forked subscription apart; changes when the subscription is made anew. */
  readonly dialogId: string;
  /** The first notification of its dialog: partial documents before it mean nothing. */
  readonly isFirst: boolean;
}

export interface SubscribeBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** More header fields that go with it, e.g. Content-Disposition. */
  readonly headers?: readonly HeaderField[];
  /** Only the SUBSCRIBE that makes the dialog carries it; default: all do. */
  readonly isInitialOnly?: boolean;
}

export interface SubscribeOptions {
  readonly target: Uri;
  /** Document types for Accept, e.g. `['application/pidf+xml']`. */
  readonly accept: readonly string[];
  /** Asked for; the notifier decides. Default 600. 0 fetches once. */
  readonly expiresSeconds?: number;
  /** More header fields of each SUBSCRIBE, e.g. `Supported: eventlist`. */
  readonly headers?: readonly HeaderField[];
  readonly body?: SubscribeBody;
  /** No more often than this, please: RFC 6446 `min-interval`, in seconds. Taken back where the server cannot stand it. */
  readonly minIntervalSeconds?: number;
  /** Each 2xx to a SUBSCRIBE, before anything follows from it. */
  readonly onAccepted?: (response: SipResponse) => void;
  /** A throw is answered 500 and logged. */
  readonly onNotify: (notification: Notification) => void;
  /** Every change of state, once. Not called from within `subscribe`. */
  readonly onState: (state: SubscriptionState) => void;
}

export interface Subscription {
  readonly state: SubscriptionState;
  /** Asks for the full state now, in the dialog when there is one. */
  refreshNow(): void;
  /** Try at once whatever failed or ended: the network changed, the person mended something. */
  retryNow(): void;
  /** Unsubscribes (bounded wait). Nothing is called after it. */
  stop(): Promise<void>;
}
