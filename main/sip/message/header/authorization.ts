// Authorization (RFC 3261 §20.7).
import { type AuthValue, credentialsCodec } from '../grammar/auth-value.ts';
import type { HeaderCodec } from './header.ts';

export const authorizationHeader: HeaderCodec<AuthValue> = credentialsCodec('Authorization');
