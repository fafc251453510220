// Making keys and certificates of our own: EC P-256, signed by itself, naming our address (RFC 5280 §4.1, RFC 5480, RFC 5922 §4.1).
import { createHash, createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Address } from '../../../app/domain/address.ts';
import type { TlsIdentity } from '../../sip/index.ts';
import { pemKey } from '../../sip/index.ts';

/** Makes keys and certificates: a door, because real ones differ at each run and take the system's threads. */
export interface IdentityMaker {
  /** A new private key, PEM (PKCS #8). */
  makeKey(): Promise<string>;
  /** A certificate that the key signed itself and that names the address. Rejects where `keyPem` is no such key. */
  certify(keyPem: string, address: Address): Promise<TlsIdentity>;
  /** As peers see it: `Flow.peerKey`. Undefined where it is no key. */
  keyOf(keyPem: string): string | undefined;
}

export const IDENTITY_MAKER: IdentityMaker = { makeKey, certify, keyOf: pemKey };

const CURVE = 'P-256';
/** The address is in the subjectAltName; the subject only says what this is. */
const SUBJECT = 'CN=Nearby';
/** WHY so long: the key is judged, never the time, and a clock that jumps must lock nobody out. RFC 5280 §4.1.2.5: this end means none. */
const NOT_BEFORE = new Date('2000-01-01T00:00:00Z');
const NOT_AFTER = new Date('9999-12-31T23:59:59Z');

async function makeKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: CURVE,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return privateKey;
}

async function certify(keyPem: string, address: Address): Promise<TlsIdentity> {
  // WHY here: only accounts that have a key of their own load these. The first must be there before the second is read.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { subtle } = x509.cryptoProvider.get();
  const algorithm = { name: 'ECDSA', namedCurve: CURVE, hash: 'SHA-256' };
  const privateDer = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  const publicDer = createPublicKey(keyPem).export({ type: 'spki', format: 'der' });
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: SUBJECT,
    serialNumber: serialOf(publicDer),
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    signingAlgorithm: algorithm,
    keys: {
      privateKey: await subtle.importKey('pkcs8', new Uint8Array(privateDer), algorithm, false, ['sign']),
      publicKey: await subtle.importKey('spki', new Uint8Array(publicDer), algorithm, true, ['verify']),
    },
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: address }]),
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    ],
  });
  return { certificatePem: certificate.toString('pem'), keyPem };
}

/** RFC 5280 §4.1.2.2: positive, at most 20 bytes; of the key, so that the same key gives the same. */
function serialOf(publicDer: Uint8Array): string {
  return `01${createHash('sha256').update(publicDer).digest('hex').slice(0, 30)}`;
}
