// Proxy-Require (RFC 3261 §20.29).
import { tokenListCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const proxyRequireHeader: HeaderCodec<readonly string[]> = tokenListCodec('Proxy-Require', false);
