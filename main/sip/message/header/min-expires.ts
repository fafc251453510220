// Min-Expires (RFC 3261 §20.23: seconds).
import { LARGEST_SECONDS, numberCodec } from '../grammar/numbers.ts';
import type { HeaderCodec } from './header.ts';

export const minExpiresHeader: HeaderCodec<number> = numberCodec('Min-Expires', LARGEST_SECONDS);
