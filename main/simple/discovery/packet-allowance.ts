// How much of one network is read: a bucket that fills with time, so that a flood costs a bounded part of it.
import { PACKET_BURST, PACKETS_PER_SECOND, RECORDS_FOR_A_PACKET } from './limits.ts';

export interface Allowance {
  readonly left: number;
  readonly atMs: number;
}

export const FULL_ALLOWANCE: Allowance = { left: PACKET_BURST, atMs: 0 };

/** The allowance after one more packet of that many records; undefined: it is not read. `nowMs` is monotonic. */
export function allow({ left, atMs }: Allowance, records: number, nowMs: number): Allowance | undefined {
  const filled = Math.min(PACKET_BURST, left + (Math.max(0, nowMs - atMs) * PACKETS_PER_SECOND) / 1_000);
  const price = 1 + records / RECORDS_FOR_A_PACKET;
  return filled < price ? undefined : { left: filled - price, atMs: nowMs };
}
