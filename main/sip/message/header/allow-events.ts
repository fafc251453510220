// Allow-Events (RFC 6665 §8.2.2).
import { tokenListCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const allowEventsHeader: HeaderCodec<readonly string[]> = tokenListCodec('Allow-Events', false);
