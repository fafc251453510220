// WWW-Authenticate (RFC 3261 §20.44).
import { type AuthValue, challengeCodec } from '../grammar/auth-value.ts';
import type { HeaderCodec } from './header.ts';

export const wwwAuthenticateHeader: HeaderCodec<AuthValue> = challengeCodec('WWW-Authenticate');
