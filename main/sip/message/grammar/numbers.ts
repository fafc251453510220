// Codecs of headers that are one number, and the largest number each kind takes.
import type { HeaderCodec } from '../header/header.ts';
import { scanNumber } from './cursor.ts';
import { oneCodec } from './lists.ts';

/** RFC 3261 §20.22. */
export const LARGEST_HOPS = 255;
/** delta-seconds, RFC 3261 §20.19: 2³²−1. */
export const LARGEST_SECONDS = 0xffff_ffff;
/** RSeq and the numbers in RAck, RFC 3262 §7.1: 2³²−1. */
export const LARGEST_SEQUENCE = 0xffff_ffff;

export function numberCodec(name: string, largest: number): HeaderCodec<number> {
  return oneCodec(name, (cursor) => scanNumber(cursor, largest), String);
}

/** delta-seconds that stand in a parameter; undefined when absent or not a number. */
export function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  return Math.min(Number(text), LARGEST_SECONDS);
}
