// Supported (RFC 3261 §20.37).
import { tokenListCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const supportedHeader: HeaderCodec<readonly string[]> = tokenListCodec('Supported', true);
