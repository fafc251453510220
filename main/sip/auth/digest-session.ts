// Answers digest challenges over the life of one account: SIP and HTTP alike (RFC 7616, RFC 8760, RFC 3261 §22).
import type { HeaderField } from '../message/message.ts';
import type { Random } from '../random.ts';
import type { Credentials } from './credentials.ts';

/** What a digest is computed over: `uriText` is the Request-URI as sent (HTTP: path and query). */
export interface DigestTarget {
  readonly method: string;
  readonly uriText: string;
  readonly body: Uint8Array;
}

/** `retry`: send again with `fieldsFor`. `refused`: our best answer was refused, or there is none. */
export type ChallengeVerdict = { readonly kind: 'retry' } | { readonly kind: 'refused'; readonly realm: string; readonly reason: string };

/** How often one request has answered each realm's challenges; make a new one for each request. */
export interface DigestAttempt {
  readonly answeredNonces: Set<string>;
  readonly countByRealm: Map<string, number>;
}

export interface DigestSession {
  /** Starts the count for one request (not for each of its retries). */
  startAttempt(): DigestAttempt;
  /**
   * The Authorization and Proxy-Authorization fields to send: for every realm that challenged in `space` before.
   * `space` names the protection space, e.g. the next hop in SIP or the origin in HTTP. Empty when none is known.
   */
  fieldsFor(space: string, target: DigestTarget): HeaderField[];
  /** Takes one 401 or 407: all values of WWW-Authenticate and Proxy-Authenticate as header fields. */
  challenged(space: string, fields: readonly HeaderField[], attempt: DigestAttempt): ChallengeVerdict;
  /** Takes an answer that was no challenge: Authentication-Info's nextnonce, and rspauth. False when rspauth proves a stranger. */
  accepted(space: string, fields: readonly HeaderField[], body: Uint8Array): boolean;
}

export interface DigestSessionOptions {
  readonly random: Random;
  readonly credentials: (realm: string) => Credentials | undefined;
}

export function createDigestSession(_options: DigestSessionOptions): DigestSession {
  throw new Error('not there yet');
}
