// Expires (RFC 3261 §20.19: seconds).
import { LARGEST_SECONDS, numberCodec } from '../grammar/numbers.ts';
import type { HeaderCodec } from './header.ts';

export const expiresHeader: HeaderCodec<number> = numberCodec('Expires', LARGEST_SECONDS);
