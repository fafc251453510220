// Challenges and credentials (RFC 3261 §25.1, RFC 7616, RFC 8760): a scheme and its parameters.
import { TOKEN, isAllOf } from '../../uri/character.ts';
import type { Parameter } from '../../uri/parameter.ts';
import type { HeaderCodec } from '../header/header.ts';
import { COMMA, type Cursor, printQuoted } from './cursor.ts';
import { oneCodec } from './lists.ts';
import { scanParameter } from './parameters.ts';

/** `Digest realm="…", nonce="…"`: the scheme as written, the values unquoted and in order. */
export interface AuthValue {
  readonly scheme: string;
  readonly parameters: readonly Parameter[];
}

/** These stand without quotes (RFC 3261 §25.1); `qop` only in credentials. */
const bareInChallenge = new Set(['algorithm', 'stale', 'userhash', 'charset']);
const bareInCredentials = new Set(['algorithm', 'qop', 'nc', 'userhash']);

function scanAuthValue(cursor: Cursor): AuthValue | undefined {
  const scheme = cursor.token();
  if (scheme === '') return cursor.fail('scheme expected');
  cursor.skipSpace();
  if (cursor.peek() === -1) return { scheme, parameters: [] };
  const parameters = scanAuthParameters(cursor);
  return parameters === undefined ? undefined : { scheme, parameters };
}

/** INTEROP: parameters are split at commas, empty elements between them are passed over. */
export function scanAuthParameters(cursor: Cursor): Parameter[] | undefined {
  const parameters: Parameter[] = [];
  do {
    if (cursor.peek() === COMMA || cursor.peek() === -1) continue;
    const parameter = scanParameter(cursor);
    if (parameter === undefined) return undefined;
    if (parameter.value === undefined) return cursor.fail('a value expected');
    parameters.push(parameter);
  } while (cursor.takeSeparator(COMMA));
  return parameters;
}

/** SECURITY: only a token stands without quotes, for a challenge's value comes back in credentials and must not become two. */
export function printAuthParameters(parameters: readonly Parameter[], bare: ReadonlySet<string>): string {
  const isBare = (name: string, value: string): boolean => value !== '' && bare.has(name.toLowerCase()) && isAllOf(value, TOKEN);
  const print = ({ name, value = '' }: Parameter): string => `${name}=${isBare(name, value) ? value : printQuoted(value)}`;
  return parameters.map(print).join(', ');
}

function authCodec(name: string, bare: ReadonlySet<string>): HeaderCodec<AuthValue> {
  return oneCodec(name, scanAuthValue, ({ scheme, parameters }) => {
    return parameters.length === 0 ? scheme : `${scheme} ${printAuthParameters(parameters, bare)}`;
  });
}

/** One challenge. Several come as several fields (RFC 3261 §7.3.1), never as one list. */
export function challengeCodec(name: string): HeaderCodec<AuthValue> {
  return authCodec(name, bareInChallenge);
}

export function credentialsCodec(name: string): HeaderCodec<AuthValue> {
  return authCodec(name, bareInCredentials);
}
