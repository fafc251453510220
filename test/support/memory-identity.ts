// Identities for TLS by keys in memory: no certificate is made, and a key is its own proof. Real certificates are read as they are.
import { createHash, X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../../main/sip/network.ts';
import { peerIdentity } from '../../main/sip/node-peer-key.ts';
import type { PeerIdentity } from '../../main/sip/node-peer-key.ts';

const MARK = 'memory-certificate:';

/** `keyPem` may be any text; who has it has the key. */
export function memoryIdentity(keyPem: string, peerUris: readonly string[]): TlsIdentity {
  return { keyPem, certificatePem: MARK + JSON.stringify({ peerKey: memoryKey(keyPem), peerUris }) };
}

/** What peers see of it. */
export function memoryKey(keyPem: string): string {
  return createHash('sha256').update(keyPem).digest('base64url');
}

/** What the other end of a connection sees; a certificate without its key shows nothing. */
export function identityShown({ certificatePem, keyPem }: TlsIdentity): PeerIdentity | undefined {
  if (!certificatePem.startsWith(MARK)) return peerIdentity(new X509Certificate(certificatePem));
  const shown = JSON.parse(certificatePem.slice(MARK.length)) as PeerIdentity;
  return shown.peerKey === memoryKey(keyPem) ? shown : undefined;
}
