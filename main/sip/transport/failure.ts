// System errors in the stack's own words.
import type { FlowResult, TransportFailureCause } from './transport.ts';

type FlowFailure = Extract<FlowResult, { kind: 'failed' }>;

/** By the code Node and the system give an error. */
const CAUSES: Readonly<Record<string, TransportFailureCause>> = {
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  EPIPE: 'closed',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EMSGSIZE: 'too-large',
};

/** What a person can act on; by OpenSSL's and Node's codes. */
const TLS_REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet, or this computer's clock is wrong",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by itself and not trusted here",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is signed by an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT: "the server's certificate is signed by an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate is signed by an authority that is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the server does not send the certificates that lead to a trusted authority',
  CERT_REVOKED: "the server's certificate was revoked",
  EPROTO: 'the server does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not speak TLS there',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the server speaks only versions of TLS that are not safe',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the server speaks only versions of TLS that are not safe',
};

/** `isTimeout`: we gave up waiting. */
export function failureOf(error: unknown, isTimeout = false): FlowFailure {
  if (isTimeout) return { kind: 'failed', cause: 'unreachable', reason: 'no answer to the connection attempt' };
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  const tlsReason = TLS_REASONS[code];
  if (tlsReason !== undefined) return { kind: 'failed', cause: 'tls', reason: `${tlsReason} (${code})` };
  return { kind: 'failed', cause: CAUSES[code] ?? (isTlsCode(code) ? 'tls' : 'unreachable'), reason };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function isTlsCode(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/.test(code);
}
