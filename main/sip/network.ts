// The network door: sockets and name resolution as the stack sees them. Node's own are in node-network.ts, the tests' in test/support/.

export type TransportProtocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Where a packet comes from or goes to: numeric IPv4 or IPv6 address (no brackets) and port. */
export interface NetworkAddress {
  readonly address: string;
  readonly port: number;
}

export interface UdpSocket {
  readonly local: NetworkAddress;
  /** Sends one datagram; `onError` is told when the system refuses it (e.g. ICMP unreachable, EMSGSIZE). */
  send(bytes: Uint8Array, to: NetworkAddress, onError: (error: Error) => void): void;
  close(): void;
}

export interface StreamSocket {
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  /** Queues bytes. Returns false when the peer does not keep up (more than the system's buffer is waiting). */
  write(bytes: Uint8Array): boolean;
  /** How many written bytes the system has not taken yet. */
  pendingBytes(): number;
  /** Ends it at once. `onClosed` follows once. */
  close(): void;
  /** Domains and addresses that the peer's verified certificate stands for; empty without TLS, or where it sent none. */
  readonly peerNames?: readonly string[];
  /**
   * Of TLS by keys (`TlsOptions.byKey`): which key the peer proved to have, as base64url of the SHA-256 of its SubjectPublicKeyInfo.
   * Undefined: it showed no certificate.
   */
  readonly peerKey?: string | undefined;
  /** With it: the SIP URIs in its certificate, which it wrote itself. */
  readonly peerUris?: readonly string[];
}

export interface StreamEvents {
  onData(bytes: Uint8Array): void;
  /** Exactly once, at the end; `error` is undefined for an orderly end. */
  onClosed(error: Error | undefined): void;
}

/** A certificate with its key; both PEM. */
export interface TlsIdentity {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface TlsServerOptions {
  readonly identity: TlsIdentity;
  /** PEM of authorities: clients are asked for a certificate, and one that none of these signed counts as none. Undefined: not asked. */
  readonly clientCaPem: string | undefined;
  /** As `TlsOptions.byKey`: clients are asked for any certificate, and may have none. */
  readonly byKey?: boolean;
}

export interface TlsOptions {
  /** Name to verify and to send as SNI. */
  readonly serverName: string;
  /** PEM, trusted beside the system's. */
  readonly caPem: string | undefined;
  /** What proves who we are, for servers that ask. */
  readonly identity?: TlsIdentity | undefined;
  /** Protocols offered by ALPN. */
  readonly protocols?: readonly string[];
  /** Any certificate is taken, and the socket tells its key instead (`StreamSocket.peerKey`): for peers that no authority knows. */
  readonly byKey?: boolean;
}

export interface ServerSocket {
  readonly local: NetworkAddress;
  close(): void;
}

export interface Network {
  openUdp(local: NetworkAddress, onDatagram: (bytes: Uint8Array, from: NetworkAddress) => void): Promise<UdpSocket>;
  listenTcp(local: NetworkAddress, onConnection: (socket: StreamSocket) => StreamEvents): Promise<ServerSocket>;
  /** Resolves when connected; rejects with the system's error. `signal` gives up. */
  connectTcp(remote: NetworkAddress, events: StreamEvents, signal: AbortSignal): Promise<StreamSocket>;
  connectTls(remote: NetworkAddress, tls: TlsOptions, events: StreamEvents, signal: AbortSignal): Promise<StreamSocket>;
  /** As `listenTcp`, with TLS; a connection whose handshake fails is never told of. */
  listenTls(local: NetworkAddress, tls: TlsServerOptions, onConnection: (socket: StreamSocket) => StreamEvents): Promise<ServerSocket>;
  /**
   * Whether that host says that nobody listens there (ICMP), asked with one datagram from a socket of its own. False for an answer and
   * for silence until `signal`.
   */
  isUdpRefused(remote: NetworkAddress, datagram: Uint8Array, signal: AbortSignal): Promise<boolean>;
  /** The numeric addresses of this computer now. */
  localAddresses(): readonly string[];
  /** Our own address as `remote` would see it without NAT: what Via and Contact say when a socket is bound to all interfaces. */
  localAddressFor(remote: NetworkAddress): Promise<string>;
  readonly dns: DnsResolver;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** Each answer is empty where the name has no such record; a rejection means the resolver could not be asked. */
export interface DnsResolver {
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  /** IPv4 and IPv6 addresses in the order the system prefers. */
  addresses(host: string): Promise<readonly string[]>;
  /** Forgets what was learnt: the network changed. */
  forget?(): void;
}
