// Proxy-Authorization (RFC 3261 §20.28).
import { type AuthValue, credentialsCodec } from '../grammar/auth-value.ts';
import type { HeaderCodec } from './header.ts';

export const proxyAuthorizationHeader: HeaderCodec<AuthValue> = credentialsCodec('Proxy-Authorization');
