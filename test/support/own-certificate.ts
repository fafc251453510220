// Certificates that keys sign themselves, also such as no honest program makes.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { createPrivateKey, generateKeyPairSync, KeyObject } from 'node:crypto';
import type { TlsIdentity } from '../../main/sip/network.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface Wanted {
  /** subjectAltName URIs. */
  readonly uris?: readonly string[];
  readonly hosts?: readonly string[];
  readonly commonName?: string;
}

export async function selfSigned({ uris = [], hosts = [], commonName = 'test' }: Wanted): Promise<TlsIdentity> {
  const { subtle } = x509.cryptoProvider.get();
  const keys = await subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const names = [...uris.map((value) => ({ type: 'url' as const, value })), ...hosts.map((value) => ({ type: 'dns' as const, value }))];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    notBefore: new Date('2000-01-01T00:00:00Z'),
    notAfter: new Date('9999-12-31T23:59:59Z'),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)],
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
  return { certificatePem: certificate.toString('pem'), keyPem };
}

/**
 * The victim's certificate with a key that is not the victim's: the private number of another key beside the public one of the victim,
 * which TLS libraries take for a pair. Whoever checks what it signs sees that it is none.
 */
export function stolenCertificate(victim: TlsIdentity): TlsIdentity {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const theirs = createPrivateKey(victim.keyPem).export({ format: 'jwk' });
  const number = Buffer.from(other.d ?? '', 'base64url');
  const point = Buffer.concat([Buffer.of(4), Buffer.from(theirs.x ?? '', 'base64url'), Buffer.from(theirs.y ?? '', 'base64url')]);
  // RFC 5915 §3: ECPrivateKey, with the curve and the public key beside the number.
  const curve = Buffer.from('a00a06082a8648ce3d030107', 'hex');
  const publicKey = Buffer.concat([Buffer.of(0xa1, point.length + 3, 0x03, point.length + 1, 0), point]);
  const body = Buffer.concat([Buffer.of(2, 1, 1, 4, number.length), number, curve, publicKey]);
  const der = Buffer.concat([Buffer.of(0x30, body.length), body]);
  const keyPem = `-----BEGIN EC PRIVATE KEY-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END EC PRIVATE KEY-----\n`;
  return { certificatePem: victim.certificatePem, keyPem };
}
