// Keeps one event-state document published (RFC 3903).
import type { Clock, Endpoint, Log, Random, SipUri } from '../../sip/index.ts';
import type { KeptFailed } from '../outcome.ts';

export type PublicationState =
  /** Nothing is published, and nothing is to be. */
  | { readonly kind: 'off' }
  | { readonly kind: 'working' }
  /** The newest document is at the server until then, and is refreshed before. */
  | { readonly kind: 'ok'; readonly untilMs: number }
  | KeptFailed;

export interface PublicationOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whose state it is, e.g. `sip:ada@example.org`. */
  readonly address: SipUri;
  readonly displayName?: string;
  /** Event package, e.g. `presence`. */
  readonly event: string;
  /** E.g. `application/pidf+xml`. */
  readonly contentType: string;
  /** Asked for; the server decides. Default 600. */
  readonly expiresSeconds?: number;
  readonly onState: (state: PublicationState) => void;
}

export interface Publication {
  readonly state: PublicationState;
  /** Publishes this document from now on. Of several given while one is on its way, only the newest is sent. */
  publish(document: string): void;
  /** Removes what is published, and keeps nothing published until the next `publish`. */
  withdraw(): void;
  /** Try at once: signed in again, the network changed, the person mended the password. */
  retryNow(): void;
  /** Removes what is published (bounded wait) and ends. */
  stop(): Promise<void>;
}

export type CreatePublication = (options: PublicationOptions) => Publication;
