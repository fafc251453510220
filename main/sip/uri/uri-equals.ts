// Comparing URIs (RFC 3261 §19.1.4, RFC 5954 §4.2 for IPv6).
import type { Parameter } from './parameter.ts';
import type { SipUri, Uri } from './uri.ts';

/** Where only one URI has one of these, they differ, even from their default; any other parameter counts only where both have it. */
const decisive = new Set(['user', 'ttl', 'method', 'maddr', 'transport']);

/** Equality by RFC 3261 §19.1.4. It is not transitive: unknown parameters of only one URI are ignored. */
export function sipUriEquals(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    a.user === b.user &&
    a.password === b.password &&
    a.port === b.port &&
    hostEquals(a.host, b.host) &&
    parametersEqual(a.parameters, b.parameters) &&
    headersEqual(a.headers, b.headers)
  );
}

/** SIP URIs by §19.1.4, others by their scheme and text. */
export function uriEquals(a: Uri, b: Uri): boolean {
  if (a.kind === 'sip') return b.kind === 'sip' && sipUriEquals(a, b);
  return b.kind === 'other' && a.scheme === b.scheme && a.rest === b.rest;
}

function hostEquals(a: string, b: string): boolean {
  if (a.length === b.length && a.toLowerCase() === b.toLowerCase()) return true;
  return a.startsWith('[') && b.startsWith('[') && canonicalIpv6(a) === canonicalIpv6(b);
}

/** The shortest form of a bracketed IPv6 address, as URL parsing prints it; the text itself where it is none. */
function canonicalIpv6(host: string): string {
  return URL.parse(`http://${host}/`)?.hostname ?? host;
}

function parametersEqual(a: readonly Parameter[], b: readonly Parameter[]): boolean {
  if (a.length === 0 && b.length === 0) return true;
  const left = byName(a);
  const right = byName(b);
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other === undefined ? decisive.has(name) : other !== value) return false;
  }
  for (const name of right.keys()) if (decisive.has(name) && !left.has(name)) return false;
  return true;
}

function byName(parameters: readonly Parameter[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const { name, value } of parameters) map.set(name.toLowerCase(), (value ?? '').toLowerCase());
  return map;
}

/** Header components are never ignored; their order is. */
function headersEqual(a: readonly Parameter[], b: readonly Parameter[]): boolean {
  if (a.length !== b.length) return false;
  const print = (list: readonly Parameter[]): string[] => list.map(({ name, value }) => `${name.toLowerCase()}=${value ?? ''}`).sort();
  const right = print(b);
  return print(a).every((text, index) => text === right[index]);
}
