// Require (RFC 3261 §20.32).
import { tokenListCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const requireHeader: HeaderCodec<readonly string[]> = tokenListCodec('Require', false);
