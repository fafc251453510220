// Addresses of people. One user is one address, whatever the scheme it was written with (RFC 3859, 3860; RFC 3261 §19.1.4).

/** Canonical text, e.g. `sip:ada@example.org`; host in lower case, `pres:` `im:` `sips:` become `sip:`, parameters dropped. `tel:+49…` is kept apart. */
export type Address = string & { readonly __address: unique symbol };

/** `display`: the name written before the address, a claim. `reason`: a sentence for a person. */
export type AddressResult =
  { readonly kind: 'ok'; readonly address: Address; readonly display?: string } | { readonly kind: 'failure'; readonly reason: string };

const MAX_TEXT = 2048; // characters of what is read at all: a name and an address
const MAX_ADDRESS = 512; // characters of one address; the longest real ones (temporary GRUUs) have about 200
const MAX_DISPLAY = 256; // characters of a name; the rest is cut off
const PERSON_SCHEMES: ReadonlySet<string> = new Set(['sip', 'sips', 'pres', 'im']);

const EXAMPLE = 'An address looks like ada@example.org.';

/**
 * Reads `ada@example.org`, `sip:` `sips:` `pres:` `im:` `tel:` URIs, `<…>` and `"Ada" <sip:…>`; parameters, headers and
 * passwords are dropped, a port is kept. Never throws.
 */
export function parseAddress(text: string): AddressResult {
  if (text.length > MAX_TEXT) return failure('This is too long for an address.');
  if (!text.isWellFormed()) return failure(`This holds broken characters. ${EXAMPLE}`);
  const { uriText, display } = splitNameAddr(text.trim());
  if (uriText === '') return failure(`No address is given. ${EXAMPLE}`);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uriText)?.[1]?.toLowerCase();
  const rest = scheme === undefined ? uriText : uriText.slice(scheme.length + 1);
  const canonical = scheme === 'tel' ? canonicalTel(rest) : canonicalPerson(scheme, rest);
  if (typeof canonical !== 'string') return canonical;
  if (canonical.length > MAX_ADDRESS) return failure('This address is too long.');
  const address = canonical as Address;
  return display === '' ? { kind: 'ok', address } : { kind: 'ok', address, display };
}

/** Whether two texts name the same person; texts that are no address are equal to nothing. */
export function addressesEqual(first: string, second: string): boolean {
  const left = parseAddress(first);
  const right = parseAddress(second);
  return left.kind === 'ok' && right.kind === 'ok' && left.address === right.address;
}

function failure(reason: string): { readonly kind: 'failure'; readonly reason: string } {
  return { kind: 'failure', reason };
}

/** RFC 3261 §20.10: `"Ada" <uri>`, `Ada <uri>`, `<uri>;parameters` or the bare URI. */
function splitNameAddr(text: string): { uriText: string; display: string } {
  const open = text.startsWith('"') ? text.indexOf('<', endOfQuoted(text)) : text.indexOf('<');
  const close = text.indexOf('>', open + 1);
  if (open < 0 || close < 0) return { uriText: text, display: '' };
  return { uriText: text.slice(open + 1, close).trim(), display: cleanDisplay(text.slice(0, open).trim()) };
}

function endOfQuoted(text: string): number {
  let position = 1;
  while (position < text.length && text[position] !== '"') position += text[position] === '\\' ? 2 : 1;
  return position;
}

/** SECURITY: control characters and marks that change the direction of text could make a name look like another. */
function cleanDisplay(text: string): string {
  const unquoted = text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text;
  const clean = unquoted.replace(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '').trim();
  return clean.slice(0, MAX_DISPLAY).toWellFormed();
}

function canonicalPerson(scheme: string | undefined, rest: string): string | ReturnType<typeof failure> {
  if (scheme !== undefined && !PERSON_SCHEMES.has(scheme))
    return failure(`Addresses that begin with “${scheme.slice(0, 32)}:” cannot be reached over SIP. ${EXAMPLE}`);
  const at = rest.indexOf('@');
  if (at < 0 && scheme === undefined) return failure(`The part behind the “@” is missing. ${EXAMPLE}`);
  if (at === 0) return failure(`The part before the “@” is missing. ${EXAMPLE}`);
  const host = canonicalHost(rest.slice(at + 1).replace(/[;?].*$/s, ''));
  if (typeof host !== 'string') return host;
  if (at < 0) return `sip:${host}`;
  // RFC 3261 §19.1.1: a password may follow the user; it is no part of who somebody is.
  const user = canonicalUser(rest.slice(0, at).replace(/:.*$/s, ''));
  return typeof user === 'string' ? `sip:${user}@${host}` : user;
}

/**
 * RFC 3261 §19.1.4: case counts, and only characters outside the reserved set are the same escaped and plain. What may not be plain
 * is escaped.
 */
function canonicalUser(text: string): string | ReturnType<typeof failure> {
  if (text === '') return failure(`The part before the “@” is missing. ${EXAMPLE}`);
  if (/[\s\p{Cc}"<>]/u.test(text)) return failure(`The part before the “@” holds a character that no address has. ${EXAMPLE}`);
  if (/%(?![0-9a-f]{2})/i.test(text)) return failure('The part before the “@” holds a “%” that is not followed by two digits.');
  return text.replace(/%[0-9a-f]{2}|[^\w.!~*'()&=+$,;?/-]/giu, (piece) => {
    if (!piece.startsWith('%')) return encodeURIComponent(piece);
    const character = String.fromCharCode(parseInt(piece.slice(1), 16));
    return /[\w.!~*'()-]/.test(character) ? character : piece.toUpperCase();
  });
}

/** A host name, IPv4 address or bracketed IPv6 address, with or without a port. */
function canonicalHost(text: string): string | ReturnType<typeof failure> {
  const match = /^(\[[0-9a-f:.]{2,45}\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(text.trim());
  const host = match?.[1]?.toLowerCase().replace(/\.$/, '') ?? '';
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (match === null || host === '' || port === 0 || (port ?? 1) > 65_535)
    return failure(`“${text.slice(0, 64)}” is not the name of a server. ${EXAMPLE}`);
  if (!host.startsWith('[') && !host.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) {
    return failure(`“${host.slice(0, 64)}” is not the name of a server. ${EXAMPLE}`);
  }
  return port === undefined ? host : `${host}:${port}`;
}

/** RFC 3966 §5.1.1: visual separators do not count; a local number is only itself within its context. */
function canonicalTel(rest: string): string | ReturnType<typeof failure> {
  const [number = '', ...parameters] = rest.split(';');
  const digits = number.replace(/[-.()\s]/g, '');
  if (!/^\+?[0-9a-f*#]{1,32}$/i.test(digits)) return failure('This is not a telephone number.');
  const context = parameters.map((parameter) => /^phone-context=(.+)$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
  const isGlobal = digits.startsWith('+');
  return `tel:${digits.toLowerCase()}${isGlobal || context === undefined ? '' : `;phone-context=${context.trim().toLowerCase()}`}`;
}
