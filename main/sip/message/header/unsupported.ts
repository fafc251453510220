// Unsupported (RFC 3261 §20.40).
import { tokenListCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const unsupportedHeader: HeaderCodec<readonly string[]> = tokenListCodec('Unsupported', false);
