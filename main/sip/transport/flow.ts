// A flow: one UDP association or one connection (RFC 5626 §3.1 uses the word so).
import type { NetworkAddress, TransportProtocol } from '../network.ts';

/** One UDP association or one connection. Requests that must use the same path name it. */
export interface Flow {
  readonly id: string;
  readonly protocol: TransportProtocol;
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  /** Where an endpoint goes by keys (`EndpointOptions.peerTrouble`): as `StreamSocket.peerKey`. */
  readonly peerKey?: string | undefined;
  /** With it: the SIP URIs the peer wrote into its certificate. */
  readonly peerUris?: readonly string[];
}
