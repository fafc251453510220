// Proxy-Authenticate (RFC 3261 §20.27).
import { type AuthValue, challengeCodec } from '../grammar/auth-value.ts';
import type { HeaderCodec } from './header.ts';

export const proxyAuthenticateHeader: HeaderCodec<AuthValue> = challengeCodec('Proxy-Authenticate');
