// Addresses of people: one canonical text per user, whatever scheme it was written with (RFC 3859 §3, RFC 3860 §3, RFC 3261 §19.1.4).
import type { Address } from '../../app/domain/address.ts';
import type { SipUri, Uri } from '../sip/index.ts';
import { parseUri, printUri } from '../sip/index.ts';

export type AddressResult =
  | { readonly kind: 'ok'; readonly address: Address; readonly uri: SipUri }
  /** `reason`: a sentence for a person. */
  | { readonly kind: 'failure'; readonly reason: string };

/** Schemes that name a person's SIP address of record. */
const PERSON_SCHEMES: ReadonlySet<string> = new Set(['sip', 'sips', 'pres', 'im']);
const DEFAULT_PORTS: Readonly<Record<'sip' | 'sips', number>> = { sip: 5060, sips: 5061 };
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Reads what a person typed or a program gave, e.g. `ada@example.org`, `pres:ada@example.org`. */
export function parseAddress(text: string): AddressResult {
  const trimmed = text.trim();
  const withScheme = HAS_SCHEME.test(trimmed) && !/^[^:@]+:\d/.test(trimmed) ? trimmed : `sip:${trimmed}`;
  const scheme = withScheme.slice(0, withScheme.indexOf(':')).toLowerCase();
  if (!PERSON_SCHEMES.has(scheme)) {
    return {
      kind: 'failure',
      reason: `Addresses that begin with “${scheme}:” cannot be reached. Use a SIP address such as name@example.org.`,
    };
  }
  const parsed = parseUri(`${scheme === 'sips' ? 'sips' : 'sip'}${withScheme.slice(scheme.length)}`);
  const address = parsed.kind === 'ok' ? addressOf(parsed.value) : undefined;
  if (address === undefined) return { kind: 'failure', reason: 'This is not a SIP address. It should look like name@example.org.' };
  return address;
}

/** The address of record in a URI from the wire; undefined when it names no SIP user. */
export function addressOf(uri: Uri): { kind: 'ok'; address: Address; uri: SipUri } | undefined {
  const sip = uri.kind === 'sip' ? uri : reread(uri);
  if (sip?.user === undefined || sip.user === '') return undefined;
  const port = sip.port === DEFAULT_PORTS[sip.scheme] ? undefined : sip.port;
  const canonical: SipUri = {
    kind: 'sip',
    scheme: 'sip',
    user: sip.user,
    password: undefined,
    host: sip.host.toLowerCase(),
    port,
    parameters: [],
    headers: [],
  };
  return { kind: 'ok', address: printUri(canonical) as Address, uri: canonical };
}

/** The canonical text of an address as a document writes it; undefined when it is none. */
export function canonicalAddress(text: string): Address | undefined {
  const parsed = parseAddress(text);
  return parsed.kind === 'ok' ? parsed.address : undefined;
}

/** `pres:` and `im:` have SIP's own form after the colon (RFC 3859 §3): user, at, domain. */
function reread(uri: Uri): SipUri | undefined {
  if (uri.kind === 'sip' || (uri.scheme !== 'pres' && uri.scheme !== 'im')) return undefined;
  const parsed = parseUri(`sip:${uri.rest.split('?')[0] ?? ''}`);
  return parsed.kind === 'ok' && parsed.value.kind === 'sip' ? parsed.value : undefined;
}
