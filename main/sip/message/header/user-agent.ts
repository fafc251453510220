// User-Agent (RFC 3261 §20.41).
import { textCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const userAgentHeader: HeaderCodec<string> = textCodec('User-Agent');
