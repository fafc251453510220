// Security-Server (RFC 3329 §2.2; kept as text).
import { textCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const securityServerHeader: HeaderCodec<string> = textCodec('Security-Server');
