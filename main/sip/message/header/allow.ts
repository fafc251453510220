// Allow (RFC 3261 §20.5).
import { tokenListCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const allowHeader: HeaderCodec<readonly string[]> = tokenListCodec('Allow', true);
