// The subscribing side of event notification (RFC 6665 §4.1): one Subscriber per endpoint and event package.
import type { Clock, Endpoint, Log, Random, SipUri } from '../../sip/index.ts';
import type { SubscribeOptions, Subscription } from './subscription.ts';

export interface SubscriberOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Who subscribes, e.g. `sip:ada@example.org`. */
  readonly address: SipUri;
  readonly displayName?: string;
  /** Event package, e.g. `presence`, `presence.winfo`. */
  readonly event: string;
}

export interface Subscriber {
  subscribe(options: SubscribeOptions): Subscription;
  /** Every subscription tries at once what failed (gently: they are spread over time). */
  retryNow(): void;
  /** Unsubscribes all (bounded wait) and stops listening for NOTIFY. */
  stop(): Promise<void>;
}

export type CreateSubscriber = (options: SubscriberOptions) => Subscriber;
