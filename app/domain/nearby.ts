// People on the same network, found without any server: how the bridge shows them.
import * as v from 'valibot';

/**
 * `unknown`: offers TLS, never contacted. `pinned`: its key is kept since the first contact. `compared`: the person compared the safety
 * number. `changed`: it shows another key than the one kept, and messages both ways stop until that is accepted. `plain`: no TLS, so
 * nobody knows who it is.
 */
export const peerTrustSchema = v.picklist(['unknown', 'pinned', 'compared', 'changed', 'plain']);
export type PeerTrust = v.InferOutput<typeof peerTrustSchema>;

export const nearbyPeerSchema = v.object({
  accountId: v.string(),
  /** A SIP URI as text. */
  address: v.string(),
  /** What they call themselves: a claim, cleaned. */
  displayName: v.string(),
  /** Reached over TLS with the key that is kept for this address. */
  isVerified: v.boolean(),
  trust: peerTrustSchema,
  /** Announced on the network now. */
  isHere: v.boolean(),
  /** Six groups of five digits, made of both keys and the same on both sides; for `changed` that of the new key. */
  safetyNumber: v.exactOptional(v.string()),
  /** Where they are, e.g. `192.0.2.7:25062`: for details only. */
  location: v.exactOptional(v.string()),
});
export type NearbyPeer = v.InferOutput<typeof nearbyPeerSchema>;

/** An address of this computer that an account may listen and announce itself on. */
export const networkInterfaceSchema = v.object({
  /** IPv6 link-local addresses with their zone, e.g. `fe80::1%eth0`. */
  address: v.string(),
  /** As the system calls it, e.g. `eth0`. */
  name: v.string(),
  /** A tunnel or the like: nobody is nearby there. Not used unless chosen. */
  isPointToPoint: v.boolean(),
  isLoopback: v.boolean(),
});
export type NetworkInterface = v.InferOutput<typeof networkInterfaceSchema>;
