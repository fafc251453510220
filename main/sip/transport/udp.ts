// UDP (RFC 3261 §18): one datagram, one message.
import { parseMessage } from '../message/parse-message.ts';
import type { Network, NetworkAddress, UdpSocket } from '../network.ts';
import type { Receiver } from './receive-message.ts';
import type { FlowResult, Hop, Transport, TransportFlow } from './transport.ts';
import { bracketed } from './via.ts';

/** An association of one local socket with one peer. It has no life of its own: it is open as long as its socket. */
class UdpFlow implements TransportFlow {
  readonly protocol = 'udp';
  readonly isReliable = false;
  readonly hasPonged = false;
  readonly heardCount = 0;
  readonly remote: NetworkAddress;
  readonly local: NetworkAddress;
  readonly #transport: UdpTransport;

  constructor(transport: UdpTransport, local: NetworkAddress, remote: NetworkAddress) {
    this.#transport = transport;
    this.local = local;
    this.remote = remote;
  }

  get id(): string {
    return `udp:${bracketed(this.local.address)}:${this.local.port}-${bracketed(this.remote.address)}:${this.remote.port}`;
  }

  get isOpen(): boolean {
    return this.#transport.isOpen;
  }

  send(bytes: Uint8Array, onFailed: (error: Error) => void): void {
    this.#transport.send(bytes, this.remote, onFailed);
  }

  /** Nobody answers it over UDP; it keeps the way through a NAT open. */
  ping(): void {
    this.#transport.send(PING, this.remote, () => undefined);
  }

  giveUp(): void {
    // An association has nothing to close.
  }
}

const PING = Uint8Array.of(13, 10, 13, 10);

/** Two CRLFs or fewer: a keep-alive, not a message (RFC 5626 §3.5.1). */
const LONGEST_KEEP_ALIVE_BYTES = 4;

export class UdpTransport implements Transport {
  readonly local: NetworkAddress;
  readonly #socket: UdpSocket;
  readonly #network: Network;
  readonly #isWildcard: boolean;
  /** Own address as each peer sees it; only for sockets bound to all interfaces. */
  readonly #localByRemote = new Map<string, string>();
  isOpen = true;

  constructor(network: Network, socket: UdpSocket) {
    this.#network = network;
    this.#socket = socket;
    this.local = socket.local;
    this.#isWildcard = socket.local.address === '0.0.0.0' || socket.local.address === '::';
  }

  static async open(network: Network, local: NetworkAddress, receiver: () => Receiver): Promise<UdpTransport> {
    const transport: { current?: UdpTransport } = {};
    const socket = await network.openUdp(local, (bytes, from) => transport.current?.receive(bytes, from, receiver()));
    transport.current = new UdpTransport(network, socket);
    return transport.current;
  }

  flowTo(hop: Hop): FlowResult | Promise<FlowResult> {
    if (!this.isOpen) return { kind: 'failed', cause: 'closed', reason: 'the socket is closed' };
    if (!this.#isWildcard || this.#localByRemote.has(hop.address)) return { kind: 'flow', flow: this.flow(hop) };
    return this.#learnLocal(hop);
  }

  /** A flow to that peer. On a socket bound to all interfaces its local address may be the wildcard until `flowTo` has asked. */
  flow(remote: NetworkAddress): TransportFlow {
    const address = this.#isWildcard ? (this.#localByRemote.get(remote.address) ?? this.local.address) : this.local.address;
    const local = address === this.local.address ? this.local : { address, port: this.local.port };
    return new UdpFlow(this, local, { address: remote.address, port: remote.port });
  }

  receive(bytes: Uint8Array, from: NetworkAddress, receiver: Receiver): void {
    if (!this.isOpen || bytes.length <= LONGEST_KEEP_ALIVE_BYTES) return;
    const result = parseMessage(bytes);
    const flow = this.flow(from);
    if (result.kind === 'message') receiver.onMessage(result.message, flow, from);
    else receiver.onFailure(result, flow, from);
  }

  send(bytes: Uint8Array, to: NetworkAddress, onFailed: (error: Error) => void): void {
    if (this.isOpen) this.#socket.send(bytes, to, onFailed);
  }

  stop(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#socket.close();
  }

  async #learnLocal(hop: Hop): Promise<FlowResult> {
    try {
      this.#rememberLocal(hop.address, await this.#network.localAddressFor(hop));
    } catch (error) {
      return { kind: 'failed', cause: 'unreachable', reason: `no way to ${hop.address}: ${String(error)}` };
    }
    return { kind: 'flow', flow: this.flow(hop) };
  }

  #rememberLocal(remote: string, local: string): void {
    if (this.#localByRemote.size >= MOST_REMEMBERED_PEERS) this.#localByRemote.clear();
    this.#localByRemote.set(remote, local);
  }

  /** Forgets what was learnt, e.g. after the network changed. */
  forgetLocalAddresses(): void {
    this.#localByRemote.clear();
  }
}

/** Only peers we send to count, and a desktop has few; the bound keeps odd DNS answers from growing it. */
const MOST_REMEMBERED_PEERS = 256;
