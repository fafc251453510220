// Server (RFC 3261 §20.35).
import { textCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const serverHeader: HeaderCodec<string> = textCodec('Server');
