// TLS as Node does it: how a server is verified, sessions resumed, and what a peer's certificate stands for (RFC 5922, RFC 8446 §2.2).
import { isIP } from 'node:net';
import { connect, getCACertificates } from 'node:tls';
import type { PeerCertificate, TLSSocket, TlsOptions as NodeServerOptions } from 'node:tls';
import { certificateIdentities, identityMismatch } from './domain-identity.ts';
import type { CertificateNames } from './domain-identity.ts';
import type { NetworkAddress, TlsOptions, TlsServerOptions } from './network.ts';

/** Sessions remembered for resumption: one for each server, and a desktop has few. */
const MOST_TLS_SESSIONS = 64;
/** SECURITY: older versions are broken. */
const OLDEST_VERSION = 'TLSv1.2';

/** SECURITY: verified by RFC 5922, not by the looser rules of the web. */
export function openTls(remote: NetworkAddress, tls: TlsOptions, sessions: Map<string, Buffer>): TLSSocket {
  const { caPem, identity } = tls;
  const serverName = tls.serverName.replace(/^\[(.*)\]$/, '$1');
  // A session stands for the verification of its first connection and for who we were there, so it is used for the same alone.
  const key = [remote.address, remote.port, serverName, caPem ?? '', identity?.certificatePem ?? ''].join(' ');
  const session = sessions.get(key);
  const socket = connect({
    host: remote.address,
    port: remote.port,
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    minVersion: OLDEST_VERSION,
    checkServerIdentity: (_, certificate) => identityError(certificate, serverName),
    ...(caPem === undefined ? {} : { ca: [...getCACertificates('default'), caPem] }),
    ...(identity === undefined ? {} : { cert: identity.certificatePem, key: identity.keyPem }),
    ...(tls.protocols === undefined ? {} : { ALPNProtocols: [...tls.protocols] }),
    ...(session === undefined ? {} : { session }),
  });
  socket.setNoDelay(true);
  socket.on('session', (next) => {
    if (sessions.size >= MOST_TLS_SESSIONS) sessions.clear();
    sessions.set(key, next);
  });
  return socket;
}

export function tlsServerOptions({ identity, clientCaPem }: TlsServerOptions): NodeServerOptions {
  return {
    cert: identity.certificatePem,
    key: identity.keyPem,
    minVersion: OLDEST_VERSION,
    // A client without a good certificate may connect; it is only believed less.
    ...(clientCaPem === undefined ? {} : { requestCert: true, rejectUnauthorized: false, ca: [clientCaPem] }),
  };
}

/** SECURITY: none where the certificate was not verified. */
export function peerNames(socket: TLSSocket): readonly string[] {
  if (!socket.authorized) return [];
  return certificateIdentities(socket.getPeerCertificate() as CertificateNames);
}

function identityError(certificate: PeerCertificate, serverName: string): Error | undefined {
  const mismatch = identityMismatch(certificate as CertificateNames, serverName);
  return mismatch === undefined ? undefined : Object.assign(new Error(mismatch), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}
