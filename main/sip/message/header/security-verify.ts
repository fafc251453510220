// Security-Verify (RFC 3329 §2.2; kept as text).
import { textCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

export const securityVerifyHeader: HeaderCodec<string> = textCodec('Security-Verify');
