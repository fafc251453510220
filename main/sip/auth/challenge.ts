// Digest challenges as they stand in WWW-Authenticate and Proxy-Authenticate (RFC 7616 §3.3, RFC 8760).

export type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess';
export type DigestQop = 'auth' | 'auth-int';

export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** As offered; undefined for servers of RFC 2069. */
  readonly qop: DigestQop | undefined;
  readonly isStale: boolean;
  readonly isUserHashed: boolean;
}

/** Strongest first: the order in which we choose among what one realm offers (RFC 8760 §2.4). */
const ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-512-256', 'SHA-512-256-sess', 'SHA-256', 'SHA-256-sess', 'MD5', 'MD5-sess'];
/**
 * WHY: the header codecs read one challenge, whole or not at all (RFC 3261 §20.44). Here several may stand in one field, as in HTTP
 * (RFC 9110 §11.6.1), and one that is broken, or has base64 without quotes, must not hide those beside it.
 *
 * `name = value` with the value a token or a quoted string; or a scheme's name before its first parameter.
 */
const PART = /[\s,]*(?:([^\s,="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([^\s,="]+))/gy;
/** A challenge has about ten parameters; a field with more challenges than this is not read on. */
const MOST_PARTS = 256;

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/** All Digest challenges of one field value that we can answer; other schemes and algorithms are passed over. Never throws. */
export function parseChallenges(value: string): DigestChallenge[] {
  const challenges: DigestChallenge[] = [];
  for (const raw of splitChallenges(value)) {
    const challenge = raw.scheme === 'digest' ? digestChallenge(raw.parameters) : undefined;
    if (challenge !== undefined) challenges.push(challenge);
  }
  return challenges;
}

/** `name=value` pairs without a scheme, as in Authentication-Info. */
export function parseParameters(value: string): Map<string, string> {
  return splitChallenges(`Digest ${value}`)[0]?.parameters ?? new Map<string, string>();
}

/** The strongest challenge of each realm, in the order the realms appear. SECURITY: never weaker than the best offered. */
export function strongestByRealm(challenges: readonly DigestChallenge[]): DigestChallenge[] {
  const best = new Map<string, DigestChallenge>();
  for (const challenge of challenges) {
    const other = best.get(challenge.realm);
    if (other === undefined || strength(challenge) < strength(other)) best.set(challenge.realm, challenge);
  }
  return [...best.values()];
}

/** SECURITY: whether an answer to it would be weaker than one with `algorithm`. */
export function isWeaker(challenge: DigestChallenge, algorithm: DigestAlgorithm): boolean {
  return strength(challenge) > ALGORITHMS.indexOf(algorithm);
}

function strength(challenge: DigestChallenge): number {
  return ALGORITHMS.indexOf(challenge.algorithm);
}

function splitChallenges(value: string): RawChallenge[] {
  const challenges: RawChallenge[] = [];
  PART.lastIndex = 0;
  for (let parts = 0; parts < MOST_PARTS; parts++) {
    const match = PART.exec(value);
    if (match === null) break;
    const [, name, quoted, token, scheme] = match;
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined) challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
  return challenges;
}

function digestChallenge(parameters: ReadonlyMap<string, string>): DigestChallenge | undefined {
  const realm = parameters.get('realm');
  const nonce = parameters.get('nonce');
  const name = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
  const algorithm = ALGORITHMS.find((known) => known.toUpperCase() === name);
  if (realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
  const offered = parameters
    .get('qop')
    ?.toLowerCase()
    .split(',')
    .map((text) => text.trim());
  // "auth" needs no hash of the body, and proves as much to a server that offers it.
  const qop = offered?.includes('auth') === true ? 'auth' : offered?.includes('auth-int') === true ? 'auth-int' : undefined;
  if (offered !== undefined && qop === undefined) return undefined;
  return {
    realm,
    nonce,
    opaque: parameters.get('opaque'),
    algorithm,
    qop,
    isStale: parameters.get('stale')?.toLowerCase() === 'true',
    isUserHashed: parameters.get('userhash')?.toLowerCase() === 'true',
  };
}
