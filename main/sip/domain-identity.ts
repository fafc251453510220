// Whether a certificate speaks for a SIP domain (RFC 5922 §7).

/** As Node gives a peer's certificate. */
export interface CertificateNames {
  /** e.g. `DNS:example.test, URI:sip:example.test, IP Address:192.0.2.1`; undefined without the extension. */
  readonly subjectaltname?: string | undefined;
  readonly subject?: { readonly CN?: string | string[] | undefined } | undefined;
}

/**
 * Undefined when it does, else why not. `domain` is the name from the URI, or a numeric address.
 * RFC 5922 §7.2: names compare whole and without case; wildcards match nothing.
 * DEVIATION(RFC 5922 §7.1): a numeric address is compared with the certificate's addresses, for servers without a domain.
 */
export function identityMismatch(certificate: CertificateNames, domain: string): string | undefined {
  const wanted = domain.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  const identities = certificateIdentities(certificate);
  if (identities.includes(wanted)) return undefined;
  return `the certificate is for ${identities.join(', ') || 'nobody'}, not for ${domain}`;
}

/** The SIP domains and addresses a certificate stands for, in lower case. */
export function certificateIdentities(certificate: CertificateNames): readonly string[] {
  const names = alternativeNames(certificate.subjectaltname ?? '');
  const uris = names.filter((name) => name.kind === 'URI').map((name) => sipDomain(name.value));
  const hosts = names.filter((name) => name.kind === 'DNS').map((name) => name.value.toLowerCase());
  const addresses = names.filter((name) => name.kind === 'IP Address').map((name) => name.value.toLowerCase());
  // §7.1: SIP URIs count first; DNS names only where there is no SIP URI; the common name only where there is neither.
  const sipNames = uris.filter((name) => name !== undefined);
  const domains = sipNames.length > 0 ? sipNames : hosts.length > 0 ? hosts : commonNames(certificate);
  return [...domains, ...addresses];
}

interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/** SECURITY: Node quotes a value that has commas or quotes in it, so that one name cannot pretend to be two. */
export function alternativeNames(text: string): AlternativeName[] {
  const names: AlternativeName[] = [];
  for (const [, kind = '', quoted, plain] of text.matchAll(/(?:^|, )([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))/g)) {
    names.push({ kind, value: quoted === undefined ? (plain ?? '') : unquoted(quoted) });
  }
  return names;
}

function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return '';
  }
}

/** §7.1: only `sip:` without a user part names a domain. */
function sipDomain(uri: string): string | undefined {
  const match = /^sip:([^@;?/]+)$/i.exec(uri);
  return match?.[1]?.toLowerCase().replace(/:\d+$/, '');
}

function commonNames({ subject }: CertificateNames): string[] {
  const names = subject?.CN ?? [];
  return (typeof names === 'string' ? [names] : names).map((name) => name.toLowerCase());
}
