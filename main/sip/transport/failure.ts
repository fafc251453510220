// System errors in the stack's own words.
import { tlsReason } from './tls-reasons.ts';
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

/** `isTimeout`: we gave up waiting. */
export function failureOf(error: unknown, isTimeout = false): FlowFailure {
  if (isTimeout) return { kind: 'failed', cause: 'unreachable', reason: 'no answer to the connection attempt' };
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  const words = tlsReason(code, reason);
  if (words !== undefined) return { kind: 'failed', cause: 'tls', reason: words };
  return { kind: 'failed', cause: CAUSES[code] ?? 'unreachable', reason };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
