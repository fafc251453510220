// What a peer's certificate tells where keys count instead of authorities: its key and the SIP addresses it names (RFC 5280 §4.1, RFC 5922 §7.1).
import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { alternativeNames } from './domain-identity.ts';

export interface PeerIdentity {
  /** base64url of the SHA-256 of the SubjectPublicKeyInfo. */
  readonly peerKey: string;
  /** SIP URIs as they stand in the certificate, which the peer wrote itself. */
  readonly peerUris: readonly string[];
}

/** An honest one has about 400 bytes; the names of a larger one would be read for nothing. */
const LARGEST_CERTIFICATE_BYTES = 16_384;
/** A person has few addresses; what comes after these is not looked at. */
const MOST_URIS = 8;
/** As long as an address may be (app/domain/address.ts). */
const LONGEST_URI = 512;

/** Undefined where it is too large or its key is of no known kind: nobody can be known by it. Never throws. */
export function peerIdentity(certificate: X509Certificate): PeerIdentity | undefined {
  try {
    if (certificate.raw.length > LARGEST_CERTIFICATE_BYTES) return undefined;
    return { peerKey: digestOf(certificate.publicKey), peerUris: sipUris(certificate) };
  } catch {
    return undefined;
  }
}

/** Of a private key or a certificate of our own: what peers see on their flows. Undefined where it cannot be read. */
export function pemKey(pem: string): string | undefined {
  try {
    return digestOf(createPublicKey(pem));
  } catch {
    return undefined;
  }
}

function digestOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

function sipUris({ subjectAltName }: X509Certificate): string[] {
  return alternativeNames(subjectAltName ?? '')
    .filter(({ kind, value }) => kind === 'URI' && value.length <= LONGEST_URI && /^sips?:/i.test(value))
    .slice(0, MOST_URIS)
    .map(({ value }) => value);
}
