// Who a peer is by its key: kept at first contact, compared by people, held against each connection (RFC 7435: opportunistic, then pinned).
import type { Address } from '../../../app/domain/address.ts';
import type { Flow } from '../../sip/index.ts';

/** What a flow shows of its peer. No `peerKey`: UDP, TCP, or TLS without a certificate. */
export type Offered = Pick<Flow, 'protocol' | 'peerKey' | 'peerUris'>;

/**
 * - `first`: no key is kept; this one is kept from now on. Messages go, both ways.
 * - `same`: the key that is kept. Messages go, both ways, and are verified.
 * - `changed`: another key than the kept one. Nothing goes either way over this connection: an incoming request gets 403, an outgoing one
 *   stays waiting. The offered key is remembered until the person accepts it, or until the kept key is shown again, which proves that the
 *   peer still has it and somebody else offered the other.
 * - `downgrade`: a key is kept, and none is offered (UDP, TCP, TLS without certificate). As `changed`, but there is nothing to accept.
 * - `other-name`: the certificate names addresses, and this one is not among them: 403, nothing is kept.
 * - `plain`: no key is kept and none is offered. Messages go, both ways, unverified.
 */
export type Verdict = 'first' | 'same' | 'changed' | 'downgrade' | 'other-name' | 'plain';

/** `isVerified`: TLS with the key kept for this address. */
export type Heard =
  | { readonly isAllowed: true; readonly verdict: 'first' | 'same' | 'plain'; readonly isVerified: boolean }
  /** To be answered 403; `reason` is for the log. */
  | { readonly isAllowed: false; readonly verdict: 'changed' | 'downgrade' | 'other-name'; readonly reason: string };

export interface TrustView {
  /** `unknown`: no key is kept; whether such a peer is `plain` says its flow or its announcement. */
  readonly trust: 'unknown' | 'pinned' | 'compared' | 'changed';
  /** Of our key and the peer's; for `changed` of the offered key. Six groups of five digits. */
  readonly safetyNumber?: string;
  /** As `rememberLocation` was given it. */
  readonly location?: string;
}

/** The keys of all peers of one account: in memory what is asked at each request, in the store what must survive. */
export interface PeerTrust {
  /** For a request that came in: `from` is the address of its From. Keeps a first key, remembers a changed one. */
  hear(from: Address, flow: Offered): Heard;
  /**
   * For `EndpointOptions.peerTrouble`: asked before each request goes out on a flow. Undefined: it may; else a sentence for a person why not.
   * `to`: the address of its To. A numeric host is a place and nobody's name: anybody may be there.
   */
  troubleWith(to: Address, flow: Offered): string | undefined;
  view(address: Address): TrustView;
  /** Addresses whose key is kept. */
  addresses(): readonly Address[];
  /** The person compared the safety numbers. False: no key is kept for this address, or another one is offered. */
  compare(address: Address, isSame: boolean): Promise<boolean>;
  /** The offered key is kept in place of the old one; messages may go again. False: none is offered. */
  accept(address: Address): Promise<boolean>;
  /** Where the peer was last, e.g. `192.0.2.7:25062`; kept only beside a key. */
  rememberLocation(address: Address, location: string): void;
}

export interface PeerTrustParts {
  readonly ownAddress: Address;
  /** Our own key, as peers see it on their flows: who has it is ourselves. */
  readonly ownKey: string;
  /** What `view` says of this address is different now: tell the page, and let what waits for it go. */
  readonly onChanged: (address: Address) => void;
}
