// What the rest of the core asks of an account without a server: who is there, and whose keys are trusted.
import type { Address } from '../../../app/domain/address.ts';
import type { NearbyPeer } from '../../../app/domain/nearby.ts';

export interface Nearby {
  /** Who is on the network now, and whose keys are kept. */
  list(): NearbyPeer[];
  /** The person compared the safety number. Throws CallFailure `not-found` where no key is kept for this address. */
  compareKey(address: Address, isSame: boolean): Promise<void>;
  /** Keeps the new key. Throws CallFailure `refused` where it did not change. */
  acceptKey(address: Address): Promise<void>;
}
