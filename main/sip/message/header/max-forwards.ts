// Max-Forwards (RFC 3261 §20.22: 0 to 255).
import { LARGEST_HOPS, numberCodec } from '../grammar/numbers.ts';
import type { HeaderCodec } from './header.ts';

export const maxForwardsHeader: HeaderCodec<number> = numberCodec('Max-Forwards', LARGEST_HOPS);
