// Authentication-Info (RFC 3261 §20.6, RFC 7616 §3.5).
import type { Parameter } from '../../uri/parameter.ts';
import { printAuthParameters, scanAuthParameters } from '../grammar/auth-value.ts';
import { oneCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

const bare = new Set(['qop', 'nc']);

/** `nextnonce`, `qop`, `rspauth`, `cnonce`, `nc`: values unquoted, in order. */
export const authenticationInfoHeader: HeaderCodec<readonly Parameter[]> = oneCodec<readonly Parameter[]>(
  'Authentication-Info',
  scanAuthParameters,
  (parameters) => printAuthParameters(parameters, bare),
);
