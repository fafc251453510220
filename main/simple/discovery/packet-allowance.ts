// How many packets of one network are read: a bucket that fills with time, so that a flood costs a bounded part of it.
import { PACKET_BURST, PACKETS_PER_SECOND } from './limits.ts';

export interface Allowance {
  readonly left: number;
  readonly atMs: number;
}

export const FULL_ALLOWANCE: Allowance = { left: PACKET_BURST, atMs: 0 };

/** The allowance after one more packet; undefined: it is not read. `nowMs` is monotonic. */
export function allow({ left, atMs }: Allowance, nowMs: number): Allowance | undefined {
  const filled = Math.min(PACKET_BURST, left + (Math.max(0, nowMs - atMs) * PACKETS_PER_SECOND) / 1_000);
  return filled < 1 ? undefined : { left: filled - 1, atMs: nowMs };
}
