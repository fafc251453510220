// What datagrams and streams of the in-memory internet share.
import type { Clock } from '../../main/sip/clock.ts';
import type { NetworkAddress } from '../../main/sip/network.ts';
import type { Random } from '../../main/sip/random.ts';

/** How packets fare. Fractions are 0 to 1; a stream only sees the delay. */
export interface LinkQuality {
  readonly delayMs: number;
  /** Up to this much more, at random for each datagram: more than the gap between two of them reorders. */
  readonly jitterMs: number;
  readonly loss: number;
  readonly duplication: number;
}

/** What the parts of the internet share. */
export interface MemoryWorld {
  readonly clock: Clock;
  readonly random: Random;
  quality: LinkQuality;
  reaches(from: string, to: string): boolean;
}

export function addressKey(address: NetworkAddress): string {
  return `${address.address} ${address.port}`;
}

/** An error as the system gives it, with its code. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
