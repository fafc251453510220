// Answers digest challenges over the life of one account: SIP and HTTP alike (RFC 7616, RFC 8760, RFC 3261 §22).
import { timingSafeEqual } from 'node:crypto';
import { authorizationHeader } from '../message/header/authorization.ts';
import type { HeaderField } from '../message/message.ts';
import type { Random } from '../random.ts';
import type { Parameter } from '../uri/parameter.ts';
import { isWeaker, parseChallenges, parseParameters, strongestByRealm } from './challenge.ts';
import type { DigestAlgorithm, DigestChallenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { digestHash, digestResponse, printNonceCount } from './digest.ts';
import type { DigestInput } from './digest.ts';

/** What a digest is computed over: `uriText` is the Request-URI as sent (HTTP: path and query). */
export interface DigestTarget {
  readonly method: string;
  readonly uriText: string;
  readonly body: Uint8Array;
}

/**
 * Where credentials may be sent ahead: `origin` for WWW-Authenticate (HTTP: scheme, host, port), `proxy` for Proxy-Authenticate.
 * `origin` undefined: WWW-Authenticate gets no answer at all.
 */
export interface DigestSpace {
  readonly origin: string | undefined;
  readonly proxy: string;
}

/** `retry`: send again with `fieldsFor`. `refused`: our best answer was refused, or there is none. */
export type ChallengeVerdict = { readonly kind: 'retry' } | { readonly kind: 'refused'; readonly realm: string; readonly reason: string };

/** What one request has answered so far, over all its retries. */
export interface DigestAttempt {
  /** By field: INTEROP(Kamailio 5.6) gives one nonce for 401 and 407 alike within a second. */
  readonly answeredNonces: Set<string>;
  readonly answersByRealm: Map<string, number>;
  /** What each realm asked for last within this request; credentials sent ahead do not count, for servers change over time. */
  readonly algorithmByRealm: Map<string, DigestAlgorithm>;
  /** The last answer sent, by the name of its field: what rspauth is checked against. */
  readonly lastAnswers: Map<string, DigestInput>;
}

export interface DigestSession {
  /** Start one for each request, and keep it for its retries. */
  startAttempt(): DigestAttempt;
  /** The Authorization and Proxy-Authorization fields to send: for every realm that challenged in this space before; or none. */
  fieldsFor(space: DigestSpace, target: DigestTarget, attempt: DigestAttempt): HeaderField[];
  /** Takes one 401 or 407. Of `fields` only WWW-Authenticate and Proxy-Authenticate count; several challenges per field or fields are fine. */
  challenged(space: DigestSpace, fields: readonly HeaderField[], attempt: DigestAttempt): ChallengeVerdict;
  /**
   * Takes an answer that was no challenge: nextnonce is kept for the next request (RFC 7616 §3.5).
   * False when rspauth is there and wrong: whoever answered does not know the password.
   */
  accepted(space: DigestSpace, fields: readonly HeaderField[], body: Uint8Array, attempt: DigestAttempt): boolean;
}

export interface DigestSessionOptions {
  readonly random: Random;
  readonly credentials: (realm: string) => Credentials | undefined;
}

/** INTEROP(Kamailio 5.6): an expired nonce is challenged without `stale`, so a second new nonce is tried before the password counts as wrong. */
const MOST_ANSWERS = 2;
/** Even a server that always says `stale` is not asked for ever. */
const MOST_STALE_ANSWERS = 4;
/** Spaces remembered; the least recently added is forgotten and simply challenged again. */
const MOST_SPACES = 256;
const CNONCE_BITS = 96;

interface Answerable {
  challenge: DigestChallenge;
  nonceCount: number;
  /** For -sess alone; undefined before the first answer to this nonce. */
  sessionCnonce: string | undefined;
}

/** The field of a challenge and the field of its answer. */
const KINDS = [
  { challenge: 'WWW-Authenticate', answer: 'Authorization', info: 'Authentication-Info', space: 'origin' },
  { challenge: 'Proxy-Authenticate', answer: 'Proxy-Authorization', info: 'Proxy-Authentication-Info', space: 'proxy' },
] as const;

export function createDigestSession(options: DigestSessionOptions): DigestSession {
  return new Session(options);
}

class Session implements DigestSession {
  readonly #options: DigestSessionOptions;
  /** By field and space, then by realm. */
  readonly #known = new Map<string, Map<string, Answerable>>();

  constructor(options: DigestSessionOptions) {
    this.#options = options;
  }

  startAttempt(): DigestAttempt {
    return { answeredNonces: new Set(), answersByRealm: new Map(), algorithmByRealm: new Map(), lastAnswers: new Map() };
  }

  fieldsFor(space: DigestSpace, target: DigestTarget, attempt: DigestAttempt): HeaderField[] {
    const fields: HeaderField[] = [];
    for (const kind of KINDS) {
      const place = space[kind.space];
      if (place === undefined) continue;
      for (const answerable of this.#known.get(spaceKey(kind.answer, place))?.values() ?? []) {
        const credentials = this.#options.credentials(answerable.challenge.realm);
        if (credentials === undefined) continue;
        const input = this.#input(answerable, credentials, target);
        attempt.answeredNonces.add(`${kind.answer} ${answerable.challenge.nonce}`);
        attempt.lastAnswers.set(kind.answer, input);
        fields.push({ name: kind.answer, value: printAnswer(input, answerable.challenge) });
      }
    }
    return fields;
  }

  challenged(space: DigestSpace, fields: readonly HeaderField[], attempt: DigestAttempt): ChallengeVerdict {
    let lastRealm = '';
    let answered = 0;
    for (const kind of KINDS) {
      const place = space[kind.space];
      if (place === undefined) continue;
      const values = fields.filter((field) => field.name.toLowerCase() === kind.challenge.toLowerCase());
      const challenges = strongestByRealm(values.flatMap((field) => parseChallenges(field.value)));
      for (const challenge of challenges) {
        lastRealm = challenge.realm;
        // WHY: a realm we have no password for may be somebody else's, beside one that is ours.
        if (this.#options.credentials(challenge.realm) === undefined) continue;
        if (!mayAnswer(kind.answer, challenge, attempt)) {
          this.#known.get(spaceKey(kind.answer, place))?.delete(challenge.realm);
          return { kind: 'refused', realm: challenge.realm, reason: 'the credentials were refused' };
        }
        this.#remember(spaceKey(kind.answer, place), challenge);
        answered++;
      }
    }
    if (answered > 0) return { kind: 'retry' };
    const reason = lastRealm === '' ? 'no challenge that can be answered' : 'no credentials for this realm';
    return { kind: 'refused', realm: lastRealm, reason };
  }

  accepted(space: DigestSpace, fields: readonly HeaderField[], body: Uint8Array, attempt: DigestAttempt): boolean {
    for (const kind of KINDS) {
      const place = space[kind.space];
      if (place === undefined) continue;
      const value = fields.find((field) => field.name.toLowerCase() === kind.info.toLowerCase())?.value;
      const answer = attempt.lastAnswers.get(kind.answer);
      if (value === undefined || answer === undefined) continue;
      const info = parseParameters(value);
      const rspauth = info.get('rspauth');
      if (rspauth !== undefined && !isSameText(rspauth.toLowerCase(), digestResponse({ ...answer, method: '', body }))) return false;
      const known = this.#known.get(spaceKey(kind.answer, place))?.get(answer.realm);
      const next = info.get('nextnonce');
      if (next === undefined || known === undefined || next === known.challenge.nonce) continue;
      known.challenge = { ...known.challenge, nonce: next };
      known.nonceCount = 0;
      known.sessionCnonce = undefined;
    }
    return true;
  }

  #remember(key: string, challenge: DigestChallenge): void {
    let realms = this.#known.get(key);
    if (realms === undefined) {
      realms = new Map();
      this.#known.set(key, realms);
      if (this.#known.size > MOST_SPACES) for (const oldest of this.#known.keys()) return void this.#known.delete(oldest);
    }
    const known = realms.get(challenge.realm);
    // The same nonce again goes on counting: a server refuses a count it has seen (RFC 7616 §3.4).
    const isSame = known?.challenge.nonce === challenge.nonce && known.challenge.algorithm === challenge.algorithm;
    const { nonceCount, sessionCnonce } = isSame ? known : { nonceCount: 0, sessionCnonce: undefined };
    realms.set(challenge.realm, { challenge, nonceCount, sessionCnonce });
  }

  #input(answerable: Answerable, credentials: Credentials, target: DigestTarget): DigestInput {
    const { algorithm, qop, realm, nonce } = answerable.challenge;
    answerable.nonceCount++;
    const cnonce = answerable.sessionCnonce ?? this.#options.random.token(CNONCE_BITS);
    // RFC 7616 §3.4.2: the session's key holds its first cnonce; keeping that one suits servers that take it from each request too.
    if (algorithm.endsWith('-sess')) answerable.sessionCnonce = cnonce;
    return { ...target, algorithm, qop, realm, nonce, cnonce, nonceCount: answerable.nonceCount, ...credentials };
  }
}

/** Whether one more answer to this realm makes sense within one request. Counts it when it does. */
function mayAnswer(field: string, challenge: DigestChallenge, attempt: DigestAttempt): boolean {
  const key = `${field} ${challenge.realm}`;
  const answers = attempt.answersByRealm.get(key) ?? 0;
  const last = attempt.algorithmByRealm.get(key);
  // SECURITY: who asked for a strong answer has no reason to ask for a weak one now, but somebody in between has.
  if (last !== undefined && isWeaker(challenge, last)) return false;
  if (answers >= (challenge.isStale ? MOST_STALE_ANSWERS : MOST_ANSWERS)) return false;
  if (attempt.answeredNonces.has(`${field} ${challenge.nonce}`) && !challenge.isStale) return false;
  attempt.answersByRealm.set(key, answers + 1);
  attempt.algorithmByRealm.set(key, challenge.algorithm);
  return true;
}

function printAnswer(input: DigestInput, challenge: DigestChallenge): string {
  const { algorithm, qop, realm, nonce, cnonce } = input;
  const parameters: Parameter[] = [
    { name: 'username', value: challenge.isUserHashed ? digestHash(algorithm, `${input.user}:${realm}`) : input.user },
    { name: 'realm', value: realm },
    { name: 'nonce', value: nonce },
    { name: 'uri', value: input.uriText },
    { name: 'response', value: digestResponse(input) },
    { name: 'algorithm', value: algorithm },
  ];
  if (qop !== undefined || algorithm.endsWith('-sess')) parameters.push({ name: 'cnonce', value: cnonce });
  if (qop !== undefined) parameters.push({ name: 'qop', value: qop }, { name: 'nc', value: printNonceCount(input.nonceCount) });
  if (challenge.opaque !== undefined) parameters.push({ name: 'opaque', value: challenge.opaque });
  if (challenge.isUserHashed) parameters.push({ name: 'userhash', value: 'true' });
  return authorizationHeader.print({ scheme: 'Digest', parameters });
}

function spaceKey(answer: string, space: string): string {
  return `${answer} ${space}`;
}

function isSameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
