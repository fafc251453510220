// Reading URIs (RFC 3261 §19.1, §25.1).
import { HEX, HOST, OTHER_URI, PASSWORD, TOKEN, URI_HEADER, URI_PARAMETER, USER, isOf } from './character.ts';
import { unescapeOctets } from './octets.ts';
import type { Parameter } from './parameter.ts';
import type { SipUri, Uri } from './uri.ts';

export interface UriFailure {
  readonly kind: 'failure';
  /** Index of the first character that is wrong. */
  readonly offset: number;
  readonly reason: string;
}

export type UriResult = { readonly kind: 'ok'; readonly value: Uri } | UriFailure;

/** Reads one absolute URI; nothing may come before or after it. Never throws. */
export function parseUri(text: string): UriResult {
  const uri = scanUri(text, 0, text.length);
  return uri.kind === 'failure' ? uri : { kind: 'ok', value: uri };
}

const PERCENT = 0x25;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUESTION = 0x3f;
const AT = 0x40;
const AMPERSAND = 0x26;
const NONE: readonly Parameter[] = Object.freeze([]);

function fail(offset: number, reason: string): UriFailure {
  return { kind: 'failure', offset, reason };
}

/** Reads the URI that `text` holds from `start` up to `end`, without cutting it out first. */
export function scanUri(text: string, start: number, end: number): Uri | UriFailure {
  if (end - start > 4 && (text.charCodeAt(start) | 0x20) === 0x73 && (text.charCodeAt(start + 1) | 0x20) === 0x69) {
    if ((text.charCodeAt(start + 2) | 0x20) === 0x70) {
      const after = text.charCodeAt(start + 3);
      if (after === COLON) return scanSipUri(text, 'sip', start + 4, end);
      if ((after | 0x20) === 0x73 && text.charCodeAt(start + 4) === COLON) return scanSipUri(text, 'sips', start + 5, end);
    }
  }
  return scanOtherUri(text, start, end);
}

/** `scheme ":" rest` (RFC 3986 §3): visible ASCII without the delimiters that would let it leave its brackets. */
function scanOtherUri(text: string, start: number, end: number): Uri | UriFailure {
  let at = start;
  while (at < end && isOf(text.charCodeAt(at), TOKEN)) at += 1;
  if (at === start || at === end || text.charCodeAt(at) !== COLON) return fail(at, 'a URI starts with its scheme and a colon');
  const scheme = text.slice(start, at).toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*$/.test(scheme)) return fail(start, 'not a URI scheme');
  if (at + 1 === end) return fail(end, 'nothing follows the scheme');
  if (scheme === 'sip' || scheme === 'sips') return fail(at + 1, 'host expected');
  for (let index = at + 1; index < end; index += 1) {
    if (!isOf(text.charCodeAt(index), OTHER_URI)) return fail(index, 'not allowed in a URI');
  }
  return { kind: 'other', scheme, rest: text.slice(at + 1, end) };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function scanSipUri(text: string, scheme: 'sip' | 'sips', start: number, end: number): Uri | UriFailure {
  const uri: Mutable<SipUri> = {
    kind: 'sip',
    scheme,
    user: undefined,
    password: undefined,
    host: '',
    port: undefined,
    parameters: NONE,
    headers: NONE,
  };
  let at = start;
  let colon = -1;
  let isEscaped = false;
  let code = 0;
  for (; at < end; at += 1) {
    code = text.charCodeAt(at);
    if (isOf(code, USER)) continue;
    if (code === PERCENT) isEscaped = true;
    else if (code === COLON && colon === -1) colon = at;
    else break;
  }
  if (at === end || code !== AT) return scanHostPort(text, start, end, uri);
  const userEnd = colon === -1 ? at : colon;
  if (userEnd === start) return fail(start, 'empty user part');
  uri.user = text.slice(start, userEnd);
  if (colon !== -1) uri.password = text.slice(colon + 1, at);
  if (isEscaped || colon !== -1) {
    const failure = checkUserInfo(uri, start);
    if (failure !== undefined) return failure;
  }
  return scanHostPort(text, at + 1, end, uri);
}

/** Takes the escapes out of user and password, and refuses what only a user may hold in the password. */
function checkUserInfo(uri: Mutable<SipUri>, start: number): UriFailure | undefined {
  const { password } = uri;
  uri.user = unescapeOctets(uri.user ?? '');
  if (uri.user === undefined) return fail(start, 'broken escape in the user part');
  if (password === undefined) return undefined;
  for (let index = 0; index < password.length; index += 1) {
    const code = password.charCodeAt(index);
    if (code !== PERCENT && !isOf(code, PASSWORD)) return fail(start, 'not allowed in a password');
  }
  uri.password = unescapeOctets(password);
  return uri.password === undefined ? fail(start, 'broken escape in the password') : undefined;
}

function scanHostPort(text: string, start: number, end: number, uri: Mutable<SipUri>): Uri | UriFailure {
  let at = scanHost(text, start, end);
  if (at === start) return fail(at, 'host expected');
  uri.host = text.slice(start, at);
  if (at === end) return uri;
  if (text.charCodeAt(at) === COLON) {
    const portStart = at + 1;
    let port = 0;
    for (at = portStart; at < end && port <= 65535; at += 1) {
      const digit = text.charCodeAt(at) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      port = port * 10 + digit;
    }
    if (at === portStart || port > 65535) return fail(portStart, 'not a port');
    uri.port = port;
  }
  return scanUriTail(text, at, end, uri);
}

/** The index after a host name, IPv4 address or bracketed IPv6 address; `start` itself when there is none. */
export function scanHost(text: string, start: number, end: number): number {
  let at = start;
  if (at < end && text.charCodeAt(at) === 0x5b) {
    at += 1;
    let colons = 0;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === COLON) colons += 1;
      else if (code !== 0x2e && !isOf(code, HEX)) break;
    }
    return at < end && text.charCodeAt(at) === 0x5d && colons >= 2 ? at + 1 : start;
  }
  while (at < end && isOf(text.charCodeAt(at), HOST)) at += 1;
  return at;
}

function scanUriTail(text: string, start: number, end: number, uri: Mutable<SipUri>): Uri | UriFailure {
  let at = start;
  if (at < end && text.charCodeAt(at) === SEMICOLON) {
    const part = new UriPart(URI_PARAMETER, SEMICOLON);
    at = part.scan(text, at, end);
    if (part.failure !== undefined) return part.failure;
    uri.parameters = part.list;
  }
  if (at < end && text.charCodeAt(at) === QUESTION) {
    const part = new UriPart(URI_HEADER, AMPERSAND);
    at = part.scan(text, at, end);
    if (part.failure !== undefined) return part.failure;
    uri.headers = part.list;
  }
  return at < end ? fail(at, 'not allowed in a URI') : uri;
}

/** The parameters or the headers of a URI. */
class UriPart {
  readonly list: Parameter[] = [];
  failure: UriFailure | undefined = undefined;
  readonly #allowed: number;
  readonly #separator: number;

  constructor(allowed: number, separator: number) {
    this.#allowed = allowed;
    this.#separator = separator;
  }

  /** Reads `name[=value]`, each after a separator; the first one is at `start`, whatever it is. Returns the index after the last. */
  scan(text: string, start: number, end: number): number {
    let at = start;
    do at = this.#scanPair(text, at + 1, end);
    while (this.failure === undefined && at < end && text.charCodeAt(at) === this.#separator);
    return at;
  }

  #scanPair(text: string, start: number, end: number): number {
    const allowed = this.#allowed;
    let isEscaped = false;
    let equals = -1;
    let at = start;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (isOf(code, allowed)) continue;
      if (code === EQUALS && equals === -1) equals = at;
      else if (code === PERCENT) isEscaped = true;
      else break;
    }
    const nameEnd = equals === -1 ? at : equals;
    if (nameEnd === start) this.failure = fail(start, 'parameter name expected');
    else if (equals === -1 && this.#separator === AMPERSAND) this.failure = fail(at, 'a URI header needs a value');
    const name = text.slice(start, nameEnd);
    const value = equals === -1 ? undefined : text.slice(equals + 1, at);
    const pair = isEscaped ? unescapePair(name, value) : { name, value };
    if (pair === undefined) this.failure = fail(start, 'broken escape');
    else this.list.push(pair);
    return at;
  }
}

function unescapePair(name: string, value: string | undefined): Parameter | undefined {
  const plainName = unescapeOctets(name);
  const plainValue = value === undefined ? undefined : unescapeOctets(value);
  if (plainName === undefined || (value !== undefined && plainValue === undefined)) return undefined;
  return { name: plainName, value: plainValue };
}
