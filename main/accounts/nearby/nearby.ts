// What the rest of the core asks of an account without a server: who is there, whose keys are trusted, and who is meant by what was typed.
import type { Address } from '../../../app/domain/address.ts';
import type { NearbyPeer } from '../../../app/domain/nearby.ts';

export interface Nearby {
  /** Who is on the network now, and whose keys are kept. */
  list(): NearbyPeer[];
  /** The person compared the safety number. Throws CallFailure `not-found` where no key is kept for this address. */
  compareKey(address: Address, isSame: boolean): Promise<void>;
  /** Keeps the new key. Throws CallFailure `refused` where it did not change, or is not the one whose safety number the person saw. */
  acceptKey(address: Address, seen?: string): Promise<void>;
  /**
   * Who is meant: an address, or a place like `192.0.2.7:25062`, where somebody may say who they are (bounded to 3 s). Throws CallFailure
   * `invalid-input`, or `unavailable` where only a place is typed and nobody there says who they are.
   */
  resolve(text: string, field?: string): Promise<{ readonly address: Address; readonly display?: string }>;
}
