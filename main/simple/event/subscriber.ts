// The subscribing side of event notification (RFC 6665 §4.1): one Subscriber per endpoint and event package.
import type { Clock, Endpoint, Log, Random, SipUri } from '../../sip/index.ts';
import { createGate } from '../gate.ts';
import { createRateKnowledge } from './rate-knowledge.ts';
import { SubscriptionFlow } from './subscription-flow.ts';
import type { SubscriberContext } from './subscription-flow.ts';
import type { SubscribeOptions, Subscription } from './subscription.ts';

/** SUBSCRIBEs of one Subscriber under way at once: the others wait their turn, so that a long contact list does not flood its server. */
const MAX_REQUESTS = 20;

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
  /** No server stands between: the Contact of a dialog is where the notifier itself was, and may be no more. */
  readonly isDirect?: boolean;
  /** What `onRateLearned` said of this server before. */
  readonly remembersRate?: boolean | undefined;
  /** The server was found to take `min-interval` (RFC 6446), or not to; told once. */
  readonly onRateLearned?: (isTaken: boolean) => void;
}

export interface Subscriber {
  subscribe(options: SubscribeOptions): Subscription;
  /** Every subscription tries at once what failed (gently: they are spread over time). */
  retryNow(): void;
  /** Unsubscribes all (bounded wait) and stops listening for NOTIFY. */
  stop(): Promise<void>;
}

export function createSubscriber(options: SubscriberOptions): Subscriber {
  const { endpoint, clock, random, log, address, event } = options;
  const byCallId = new Map<string, SubscriptionFlow>();
  const living = new Set<SubscriptionFlow>();
  const context: SubscriberContext = {
    endpoint,
    clock,
    random,
    log,
    event,
    self: { displayName: options.displayName, uri: address, parameters: [] },
    contactUser: address.user ?? '',
    isDirect: options.isDirect === true,
    gate: createGate(MAX_REQUESTS),
    rate: createRateKnowledge(options.remembersRate, (isTaken) => options.onRateLearned?.(isTaken)),
    claim: (callId, owner) => byCallId.set(callId, owner),
    release: (callId) => byCallId.delete(callId),
    onEnded: (owner) => living.delete(owner),
  };
  // RFC 6665 §4.1.3: a NOTIFY that matches no subscription of ours gets 481.
  const stopReceiving = endpoint.onRequest(
    'NOTIFY',
    ({ message }) => byCallId.get(message.callId)?.receive(message) ?? { status: 481 },
    event,
  );
  const stopListening = endpoint.onFlowClosed((flow) => {
    for (const subscription of living) subscription.flowClosed(flow);
  });

  return {
    subscribe(subscribeOptions) {
      const subscription = new SubscriptionFlow(context, subscribeOptions);
      living.add(subscription);
      subscription.start();
      return subscription;
    },
    retryNow() {
      for (const subscription of living) subscription.retryNow();
    },
    async stop() {
      stopListening();
      await Promise.all([...living].map((subscription) => subscription.stop()));
      stopReceiving();
    },
  };
}
