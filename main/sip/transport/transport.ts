// What every transport offers to the layer above, whatever its protocol (RFC 3261 §18).
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { NetworkAddress, TransportProtocol } from '../network.ts';
import type { Flow } from './flow.ts';

/** A flow as the stack holds it: bytes can be sent on it. */
export interface TransportFlow extends Flow {
  readonly isReliable: boolean;
  readonly isOpen: boolean;
  /** Sends one whole message. `onFailed` is told at most once, later or never; a stream that ends tells `onFlowClosed` instead. */
  send(bytes: Uint8Array, onFailed: (error: Error) => void): void;
  /** Sends a keep-alive (RFC 5626 §3.5.1). */
  ping(): void;
  /** Whether the peer ever answered one. */
  readonly hasPonged: boolean;
  /** How often bytes came on this stream, or datagrams from a peer we sent to. */
  readonly heardCount: number;
  /** Ends a stream found dead. An association over UDP only tells `onFlowClosed`, and may be used again. */
  giveUp(error: Error): void;
}

/** Where a request is to go, numerically; `serverName` is what TLS verifies. */
export interface Hop {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
  readonly serverName: string;
}

export interface TransportEvents {
  /** `request` has received and rport in its top Via already (RFC 3261 §18.2.1, RFC 3581 §4). */
  onRequest(request: SipRequest, flow: TransportFlow, source: NetworkAddress): void;
  onResponse(response: SipResponse, flow: TransportFlow): void;
  /** Once for each stream that was open; for UDP each time a peer is found silent. */
  onFlowClosed(flow: TransportFlow, error: Error | undefined): void;
  /** Whether who never heard from us is told where we see them (STUN). */
  answersStrangers(): boolean;
}

export type FlowResult =
  | { readonly kind: 'flow'; readonly flow: TransportFlow }
  | { readonly kind: 'failed'; readonly cause: TransportFailureCause; readonly reason: string };

export type TransportFailureCause = 'name-not-found' | 'refused' | 'unreachable' | 'tls' | 'closed' | 'too-large';

/** One protocol. */
export interface Transport {
  /** A flow to there: one that exists, else a new one. A promise only where something must be waited for. */
  flowTo(hop: Hop): FlowResult | Promise<FlowResult>;
  stop(): void;
}

/** Whether a socket with that address is bound to all interfaces. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
