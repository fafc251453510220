// The table by which a connection is judged: the kept key against what it shows (trust on first use, RFC 7435 §3; downgrade, §3 and §6).
import type { Address } from '../../../app/domain/address.ts';
import type { Flow } from '../../sip/index.ts';
import { canonicalAddress } from '../address-text.ts';
import { isAddressOfKey, isNearbyAddress } from './make-address.ts';

/** What a flow shows of its peer. No `peerKey`: UDP, TCP, or TLS without a certificate. */
export type Offered = Pick<Flow, 'peerKey' | 'peerUris'>;

/**
 * - `first`: no key is kept; this one is kept from now on. Messages go, both ways.
 * - `same`: the key that is kept. Messages go, both ways, and are verified.
 * - `changed`: another key than the kept one. Nothing goes either way over this connection: an incoming request gets 403, an outgoing one
 *   stays waiting. The offered key is remembered until the person accepts it, or until the kept key is shown again: that proves that the
 *   peer still has it, and that somebody else offered the other.
 * - `downgrade`: a key is kept, or the address was made of one, and none is offered. As `changed`, but there is nothing to accept.
 * - `other-name`: the certificate names addresses, and this one is not among them; or no key is kept, and the address was made of another
 *   than this one. 403, and nothing is kept.
 * - `plain`: no key is kept and none is offered. Messages go, both ways, unverified.
 */
export type Verdict = 'first' | 'same' | 'changed' | 'downgrade' | 'other-name' | 'plain';

/** `keptKey`: what is kept for `address`. */
export function judgePeer(keptKey: string | undefined, offered: Offered, address: Address): Verdict {
  const { peerKey } = offered;
  if (peerKey === undefined) return keptKey === undefined && !isNearbyAddress(address) ? 'plain' : 'downgrade';
  // The key is who it is; what else its certificate says does not count then.
  if (peerKey === keptKey) return 'same';
  if (namesOthers(offered, address)) return 'other-name';
  if (keptKey !== undefined) return 'changed';
  // SECURITY: nobody becomes somebody they only heard announced. WHY at first contact only: who lost their key may be accepted with a new one.
  return isNearbyAddress(address) && !isAddressOfKey(address, peerKey) ? 'other-name' : 'first';
}

/** A certificate that names nobody is no contradiction: other programs make such. */
function namesOthers({ peerUris = [] }: Offered, address: Address): boolean {
  return peerUris.length > 0 && !peerUris.some((uri) => canonicalAddress(uri) === address);
}
