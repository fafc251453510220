// TLS as Node does it: how a server is verified, sessions resumed, and what a peer's certificate stands for (RFC 5922, RFC 8446 §2.2).
import { isIP } from 'node:net';
import { constants } from 'node:crypto';
import { connect, getCACertificates } from 'node:tls';
import type { PeerCertificate, TLSSocket, TlsOptions as NodeServerOptions } from 'node:tls';
import { certificateIdentities, identityMismatch } from './domain-identity.ts';
import type { CertificateNames } from './domain-identity.ts';
import type { NetworkAddress, TlsOptions, TlsServerOptions } from './network.ts';
import { peerIdentity } from './node-peer-key.ts';
import type { PeerIdentity } from './node-peer-key.ts';

/** Sessions remembered for resumption: one for each server, and a desktop has few. */
const MOST_TLS_SESSIONS = 64;
/** SECURITY: older versions are broken. */
const OLDEST_VERSION = 'TLSv1.2';
/**
 * SECURITY: by keys only 1.3 (RFC 8446 §4.4): there a peer proves its key in each full handshake, its certificate is not shown to who listens,
 * and there is no renegotiation that could show another one.
 */
const BY_KEY_VERSION = 'TLSv1.3';
/** Who has not finished a handshake by then holds the socket for its own sake; Node would wait two minutes. */
const HANDSHAKE_MS = 10_000;

/** SECURITY: verified by RFC 5922, not by the looser rules of the web. */
export function openTls(remote: NetworkAddress, tls: TlsOptions, sessions: Map<string, Buffer>): TLSSocket {
  if (tls.byKey === true) return openByKey(remote, tls);
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

/**
 * SECURITY: the certificate says nothing by itself; the handshake's signature proves that the peer has its key (RFC 8446 §4.4.3), and the
 * caller judges that key. No session is resumed: a resumed one proves the key of its first connection only (§2.2).
 */
function openByKey(remote: NetworkAddress, { identity, protocols }: TlsOptions): TLSSocket {
  const socket = connect({
    host: remote.address,
    port: remote.port,
    minVersion: BY_KEY_VERSION,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(identity === undefined ? {} : { cert: identity.certificatePem, key: identity.keyPem }),
    ...(protocols === undefined ? {} : { ALPNProtocols: [...protocols] }),
  });
  socket.setNoDelay(true);
  return socket;
}

export function tlsServerOptions({ identity, clientCaPem, byKey }: TlsServerOptions): NodeServerOptions {
  const own = { cert: identity.certificatePem, key: identity.keyPem, handshakeTimeout: HANDSHAKE_MS };
  // WHY no tickets: without them nobody can resume a session, see `openByKey`.
  if (byKey === true)
    return { ...own, minVersion: BY_KEY_VERSION, requestCert: true, rejectUnauthorized: false, secureOptions: constants.SSL_OP_NO_TICKET };
  return {
    ...own,
    minVersion: OLDEST_VERSION,
    // A client without a good certificate may connect; it is only believed less.
    ...(clientCaPem === undefined ? {} : { requestCert: true, rejectUnauthorized: false, ca: [clientCaPem] }),
  };
}

/** `unreadable`: there is a certificate that nobody can be known by. Undefined: there is none. */
export function shownIdentity(socket: TLSSocket): PeerIdentity | 'unreadable' | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : (peerIdentity(certificate) ?? 'unreadable');
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
