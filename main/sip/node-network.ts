// The real network: Node's dgram, net, tls and dns behind the network door.
import { createSocket } from 'node:dgram';
import { createConnection, createServer, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTlsSocket, getCACertificates } from 'node:tls';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { identityMismatch } from './domain-identity.ts';
import type { CertificateNames } from './domain-identity.ts';
import type { Network, NetworkAddress, ServerSocket, StreamEvents, StreamSocket, TlsOptions, UdpSocket } from './network.ts';
import { createNodeDns } from './node-dns.ts';

/** Room for a burst of datagrams while one write to the disk is waited for; the system may grant less. */
const UDP_BUFFER_BYTES = 4_194_304;
/** Any port that is not filtered by the system itself; nothing is sent to it. */
const PROBE_PORT = 5060;

export function createNodeNetwork(): Network {
  const sessions = new Map<string, Buffer>();
  return {
    openUdp,
    listenTcp,
    connectTcp: (remote, events, signal) =>
      connected(createConnection({ host: remote.address, port: remote.port, noDelay: true }), 'connect', events, signal),
    connectTls: (remote, tls, events, signal) => connected(openTls(remote, tls, sessions), 'secureConnect', events, signal),
    localAddressFor,
    dns: createNodeDns(),
  };
}

/** Sessions remembered for resumption: one for each server, and a desktop has few. */
const MOST_TLS_SESSIONS = 64;

/** SECURITY: verified by RFC 5922, not by the looser rules of the web; never below TLS 1.2. */
function openTls(remote: NetworkAddress, tls: TlsOptions, sessions: Map<string, Buffer>): TLSSocket {
  const { caPem, identity } = tls;
  const serverName = tls.serverName.replace(/^\[(.*)\]$/, '$1');
  // A session stands for the verification of its first connection, so it is used for the same trust only.
  const key = [remote.address, remote.port, serverName, caPem ?? ''].join(' ');
  const session = sessions.get(key);
  const socket = connectTlsSocket({
    host: remote.address,
    port: remote.port,
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    minVersion: 'TLSv1.2',
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

function identityError(certificate: PeerCertificate, serverName: string): Error | undefined {
  const mismatch = identityMismatch(certificate as CertificateNames, serverName);
  return mismatch === undefined ? undefined : Object.assign(new Error(mismatch), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

function openUdp(local: NetworkAddress, onDatagram: (bytes: Uint8Array, from: NetworkAddress) => void): Promise<UdpSocket> {
  return new Promise((resolve, reject) => {
    const isV6 = local.address.includes(':');
    const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', ...(isV6 ? { ipv6Only: true } : {}) });
    let isOpen = true;
    socket.once('error', reject);
    socket.on('message', onDatagram);
    socket.bind({ address: local.address, port: local.port, exclusive: true }, () => {
      socket.off('error', reject);
      // WHY: a failed send tells its own callback; an error event without listener would end the process.
      socket.on('error', () => undefined);
      enlargeBuffers(() => socket.setRecvBufferSize(UDP_BUFFER_BYTES));
      enlargeBuffers(() => socket.setSendBufferSize(UDP_BUFFER_BYTES));
      const bound = socket.address();
      resolve({
        local: { address: bound.address, port: bound.port },
        send(bytes, to, onError) {
          if (!isOpen) return;
          socket.send(bytes, to.port, to.address, (error) => {
            if (error !== null) onError(error);
          });
        },
        close() {
          if (!isOpen) return;
          isOpen = false;
          socket.close();
        },
      });
    });
  });
}

function enlargeBuffers(enlarge: () => void): void {
  try {
    enlarge();
  } catch {
    // The system's own size is good enough.
  }
}

function listenTcp(local: NetworkAddress, onConnection: (socket: StreamSocket) => StreamEvents): Promise<ServerSocket> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true }, (socket) => {
      const stream = new NodeStream(socket);
      stream.attach(onConnection(stream));
    });
    server.once('error', reject);
    server.listen({ host: local.address, port: local.port, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : local.port;
      resolve({ local: { address: local.address, port }, close: () => void server.close() });
    });
  });
}

function connected(
  socket: Socket,
  readyEvent: 'connect' | 'secureConnect',
  events: StreamEvents,
  signal: AbortSignal,
): Promise<StreamSocket> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      socket.destroy();
      reject(Object.assign(new Error('given up'), { code: 'ABORT_ERR' }));
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', giveUp);
      reject(error);
    };
    const failClosed = (): void => fail(Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' }));
    signal.addEventListener('abort', giveUp);
    socket.once('error', fail);
    socket.once('close', failClosed);
    socket.once(readyEvent, () => {
      signal.removeEventListener('abort', giveUp);
      socket.off('error', fail);
      socket.off('close', failClosed);
      const stream = new NodeStream(socket);
      stream.attach(events);
      resolve(stream);
    });
  });
}

class NodeStream implements StreamSocket {
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  readonly #socket: Socket;
  #error: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.local = { address: unmapped(socket.localAddress), port: socket.localPort ?? 0 };
    this.remote = { address: unmapped(socket.remoteAddress), port: socket.remotePort ?? 0 };
  }

  attach(events: StreamEvents): void {
    const socket = this.#socket;
    socket.on('data', (bytes) => events.onData(bytes as Uint8Array));
    socket.on('error', (error) => {
      this.#error = error;
    });
    // WHY: SIP has no half-open connections; a peer that ended its side hears nothing more worth sending.
    socket.on('end', () => socket.destroy());
    socket.once('close', () => events.onClosed(this.#error));
  }

  write(bytes: Uint8Array): boolean {
    return this.#socket.writable ? this.#socket.write(bytes) : false;
  }

  pendingBytes(): number {
    return this.#socket.writableLength;
  }

  close(): void {
    const socket = this.#socket;
    if (socket.writableLength === 0) socket.destroy();
    else socket.destroySoon();
  }
}

/** An IPv4 peer on an IPv6 socket is an IPv4 peer. */
function unmapped(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** Asks the system which interface leads there: a connected datagram socket has its address without sending anything. */
function localAddressFor(remote: NetworkAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(remote.address.includes(':') ? 'udp6' : 'udp4');
    const fail = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', fail);
    socket.connect(remote.port === 0 ? PROBE_PORT : remote.port, remote.address, () => {
      const { address } = socket.address();
      socket.off('error', fail);
      socket.close();
      resolve(address);
    });
  });
}
