// Between addresses of people (canonical text) and SIP URIs (RFC 3859 §3, RFC 3860 §3): what can be watched and written to.
import type { Address } from '../../app/domain/address.ts';
import { parseAddress } from '../../app/domain/address.ts';
import type { SipUri, Uri } from '../sip/index.ts';
import { parseUri, printUri } from '../sip/index.ts';

export type Reachable =
  | { readonly kind: 'ok'; readonly address: Address; readonly uri: SipUri; readonly display?: string }
  /** `reason`: a sentence for a person. */
  | { readonly kind: 'failure'; readonly reason: string };

/** Reads what a person typed or a program gave. Only SIP users can be reached so far. */
export function readAddress(text: string): Reachable {
  const parsed = parseAddress(text);
  if (parsed.kind === 'failure') return parsed;
  const uri = parseUri(parsed.address);
  if (uri.kind === 'failure' || uri.value.kind !== 'sip') {
    return { kind: 'failure', reason: 'Telephone numbers cannot be reached. Use an address like ada@example.org.' };
  }
  if (uri.value.user === undefined)
    return { kind: 'failure', reason: 'The part before the “@” is missing. An address looks like ada@example.org.' };
  return { ...parsed, uri: uri.value };
}

/** The address in a URI from the wire; undefined when it names no SIP user. */
export function addressOf(uri: Uri): Address | undefined {
  return canonicalAddress(printUri(uri));
}

/** The canonical text of an address as a document writes it; undefined when it is none. */
export function canonicalAddress(text: string): Address | undefined {
  const parsed = readAddress(text);
  return parsed.kind === 'ok' ? parsed.address : undefined;
}
