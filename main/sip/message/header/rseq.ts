// RSeq (RFC 3262 §7.1).
import { LARGEST_SEQUENCE, numberCodec } from '../grammar/numbers.ts';
import type { HeaderCodec } from './header.ts';

export const rseqHeader: HeaderCodec<number> = numberCodec('RSeq', LARGEST_SEQUENCE);
