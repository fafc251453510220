// The digest itself (RFC 7616 §3.4, RFC 2617 §3.2.2 for MD5, RFC 2069 without qop).
import { createHash } from 'node:crypto';
import type { DigestAlgorithm, DigestQop } from './challenge.ts';

export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly qop: DigestQop | undefined;
  readonly user: string;
  readonly realm: string;
  readonly password: string;
  readonly nonce: string;
  readonly cnonce: string;
  readonly nonceCount: number;
  /** '' for the server's rspauth (RFC 7616 §3.5). */
  readonly method: string;
  readonly uriText: string;
  readonly body: Uint8Array;
}

/** Lower-case hex, ready for `response=` or `rspauth=`. */
export function digestResponse(input: DigestInput): string {
  const { algorithm, qop, nonce, cnonce } = input;
  const secret = digestHash(algorithm, `${input.user}:${input.realm}:${input.password}`);
  const a1 = algorithm.endsWith('-sess') ? digestHash(algorithm, `${secret}:${nonce}:${cnonce}`) : secret;
  const bodyHash = qop === 'auth-int' ? `:${digestHash(algorithm, input.body)}` : '';
  const a2 = digestHash(algorithm, `${input.method}:${input.uriText}${bodyHash}`);
  const middle = qop === undefined ? nonce : `${nonce}:${printNonceCount(input.nonceCount)}:${cnonce}:${qop}`;
  return digestHash(algorithm, `${a1}:${middle}:${a2}`);
}

export function digestHash(algorithm: DigestAlgorithm, text: string | Uint8Array): string {
  return createHash(hashName(algorithm)).update(text).digest('hex');
}

/** Eight hex digits (RFC 7616 §3.4 `nc`). */
export function printNonceCount(count: number): string {
  return count.toString(16).padStart(8, '0');
}

function hashName(algorithm: DigestAlgorithm): string {
  if (algorithm.startsWith('MD5')) return 'md5';
  return algorithm.startsWith('SHA-256') ? 'sha256' : 'sha512-256';
}
