// The real network: Node's dgram, net, tls and dns behind the network door.
import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createServer as createTlsServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { Clock } from './clock.ts';
import type { Network, NetworkAddress, ServerSocket, StreamEvents, StreamSocket, TlsServerOptions, UdpSocket } from './network.ts';
import { createNodeClock, loopTurns } from './node-clock.ts';
import { createNodeDns } from './node-dns.ts';
import { createNodeRandom } from './node-random.ts';
import { boundHandshakes } from './node-handshakes.ts';
import { openTls, peerNames, shownIdentity, tlsServerOptions } from './node-tls.ts';
import type { Random } from './random.ts';
import { readInTurns } from './read-in-turns.ts';

/** Room for a burst of datagrams while one write to the disk is waited for; the system may grant less. */
const UDP_BUFFER_BYTES = 4_194_304;
/** Any port that is not filtered by the system itself, for who has none: Node throws at port 0. */
const PROBE_PORT = 5060;

export interface NodeNetworkOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /** Name servers to ask in place of the system's. */
  readonly dnsServers?: readonly NetworkAddress[];
}

export function createNodeNetwork(options: NodeNetworkOptions = {}): Network {
  const sessions = new Map<string, Buffer>();
  const { clock = createNodeClock(), random = createNodeRandom(), dnsServers } = options;
  return {
    openUdp,
    listenTcp,
    connectTcp: (remote, events, signal) =>
      connected(createConnection({ host: remote.address, port: remote.port, noDelay: true }), CONNECTED, events, signal),
    connectTls: (remote, tls, events, signal) => {
      const socket = openTls(remote, tls, sessions);
      return connected(socket, { event: 'secureConnect', shown: () => (tls.byKey === true ? shownPeer(socket) : {}) }, events, signal);
    },
    listenTls,
    isUdpRefused,
    localAddresses: () => Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map((entry) => entry.address)),
    localAddressFor,
    dns: createNodeDns({ clock, random, ...(dnsServers === undefined ? {} : { servers: dnsServers }) }),
  };
}

function openUdp(local: NetworkAddress, onDatagram: (bytes: Uint8Array, from: NetworkAddress) => void): Promise<UdpSocket> {
  return new Promise((resolve, reject) => {
    const isV6 = local.address.includes(':');
    const family = isV6 ? 6 : 4;
    // WHY: all our destinations are numeric, and Node's own way to find that out costs each datagram a turn of the event loop.
    const lookup = (host: string, _: unknown, callback: (error: null, address: string, family: number) => void): void =>
      callback(null, host, family);
    const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', lookup, ...(isV6 ? { ipv6Only: true } : {}) });
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
          // SECURITY: a stranger can name port 0 as the way back, and Node throws at it.
          if (to.port === 0) return void queueMicrotask(() => onError(new Error('there is no port 0')));
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
  const server = createServer({ noDelay: true }, (socket) => {
    const stream = new NodeStream(socket);
    stream.attach(onConnection(stream));
  });
  return listening(server, local);
}

function listenTls(
  local: NetworkAddress,
  tls: TlsServerOptions,
  onConnection: (socket: StreamSocket) => StreamEvents,
): Promise<ServerSocket> {
  const server = createTlsServer({ ...tlsServerOptions(tls), noDelay: true }, (socket) => {
    const shown = tls.byKey === true ? shownPeer(socket) : { peerNames: peerNames(socket) };
    if (shown === undefined) return void socket.destroy();
    const stream = new NodeStream(socket, shown);
    stream.attach(onConnection(stream));
  });
  boundHandshakes(server);
  // A handshake that fails is the client's trouble.
  server.on('tlsClientError', (_, socket: TLSSocket) => socket.destroy());
  return listening(server, local);
}

function listening(server: Server, local: NetworkAddress): Promise<ServerSocket> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: local.address, port: local.port, exclusive: true, ipv6Only: local.address.includes(':') }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : local.port;
      resolve({ local: { address: local.address, port }, close: () => void server.close() });
    });
  });
}

/** A connected datagram socket hears the system's ICMP errors; the one all peers share does not. */
function isUdpRefused(remote: NetworkAddress, datagram: Uint8Array, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(remote.address.includes(':') ? 'udp6' : 'udp4');
    let isOpen = true;
    const end = (isRefused: boolean): void => {
      if (!isOpen) return;
      isOpen = false;
      signal.removeEventListener('abort', giveUp);
      socket.close();
      resolve(isRefused);
    };
    const giveUp = (): void => end(false);
    socket.on('error', (error) => end('code' in error && error.code === 'ECONNREFUSED'));
    socket.on('message', giveUp);
    signal.addEventListener('abort', giveUp);
    socket.once('connect', () => {
      if (isOpen) socket.send(datagram, () => undefined);
    });
    connectDatagrams(socket, remote);
  });
}

function connected(
  socket: Socket,
  ready: { readonly event: 'connect' | 'secureConnect'; shown(): ShownPeer | undefined },
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
    socket.once(ready.event, () => {
      signal.removeEventListener('abort', giveUp);
      socket.off('error', fail);
      socket.off('close', failClosed);
      const peer = ready.shown();
      if (peer === undefined) {
        socket.on('error', () => undefined).destroy();
        return reject(Object.assign(new Error(UNREADABLE), { code: 'ERR_TLS_PEER_KEY' }));
      }
      const stream = new NodeStream(socket, peer);
      stream.attach(events);
      resolve(stream);
    });
  });
}

const CONNECTED = { event: 'connect', shown: () => ({}) } as const;

type ShownPeer = Pick<StreamSocket, 'peerNames' | 'peerKey' | 'peerUris'>;

const UNREADABLE = "the peer's certificate is too large or has a key of an unknown kind";

/** Of TLS by keys. Undefined: nobody can be known by that certificate. */
function shownPeer(socket: TLSSocket): ShownPeer | undefined {
  const identity = shownIdentity(socket);
  return identity === 'unreadable' ? undefined : (identity ?? {});
}

class NodeStream implements StreamSocket {
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  readonly peerNames: readonly string[];
  readonly peerKey: string | undefined;
  readonly peerUris: readonly string[];
  readonly #socket: Socket;
  #error: Error | undefined;

  constructor(socket: Socket, { peerNames = [], peerKey, peerUris = [] }: ShownPeer = {}) {
    this.#socket = socket;
    this.peerNames = peerNames;
    this.peerKey = peerKey;
    this.peerUris = peerUris;
    this.local = { address: unmapped(socket.localAddress), port: socket.localPort ?? 0 };
    this.remote = { address: unmapped(socket.remoteAddress), port: socket.remotePort ?? 0 };
  }

  attach(events: StreamEvents): void {
    const socket = this.#socket;
    const reading = readInTurns({
      turns: loopTurns,
      deliver: (bytes) => events.onData(bytes),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    });
    socket.on('data', (bytes) => reading.take(bytes as Uint8Array));
    socket.on('error', (error) => {
      this.#error = error;
    });
    // WHY: SIP has no half-open connections; a peer that ended its side hears nothing more worth sending.
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      reading.finish();
      events.onClosed(this.#error);
    });
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

/**
 * Ends in `connect` or in `error`.
 * WHY without a callback: Node would call it for failure too, e.g. where no way leads there, and a send without port throws.
 */
function connectDatagrams(socket: DatagramSocket, { address, port }: NetworkAddress): void {
  socket.connect(port === 0 ? PROBE_PORT : port, address);
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
    socket.once('connect', () => {
      const { address } = socket.address();
      socket.off('error', fail);
      socket.close();
      resolve(address);
    });
    connectDatagrams(socket, remote);
  });
}
