// UDP (RFC 3261 §18): one datagram, one message.
import { parseMessage } from '../message/parse-message.ts';
import type { Network, NetworkAddress, UdpSocket } from '../network.ts';
import type { Random } from '../random.ts';
import type { Receiver } from './receive-message.ts';
import { looksLikeStun, parseStun, printStunRequest, printStunSuccess, STUN_ID_BYTES } from './stun.ts';
import { isWildcard } from './transport.ts';
import type { FlowResult, Hop, Transport, TransportFlow } from './transport.ts';
import { bracketed } from './via.ts';

/** What is known of a peer we send to. */
interface UdpPeer {
  readonly port: number;
  heardCount: number;
  /** It answered a Binding request. */
  hasPonged: boolean;
  /** The Binding request that is out, and our address as it was in the answer to the one before. */
  stunId: string | undefined;
  mapped: string | undefined;
}

/** An association of one local socket with one peer. It has no life of its own: it is open as long as its socket. */
class UdpFlow implements TransportFlow {
  readonly protocol = 'udp';
  readonly isReliable = false;
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

  get hasPonged(): boolean {
    return this.#transport.peerAt(this.remote)?.hasPonged ?? false;
  }

  get heardCount(): number {
    return this.#transport.peerAt(this.remote)?.heardCount ?? 0;
  }

  send(bytes: Uint8Array, onFailed: (error: Error) => void): void {
    this.#transport.send(bytes, this.remote, onFailed);
  }

  ping(): void {
    this.#transport.ping(this);
  }

  /** The association cannot be closed, but whoever relies on it is told that it leads nowhere. */
  giveUp(error: Error): void {
    if (this.isOpen) this.#transport.events.onFlowClosed(this, error);
  }
}

export interface UdpEvents {
  receiver(): Receiver;
  /** A peer does not answer any more, or sees us at another address: more than once for one association. */
  onFlowClosed(flow: TransportFlow, error: Error): void;
  answersStrangers(): boolean;
}

/** Two CRLFs or fewer: a keep-alive, not a message (RFC 5626 §3.5.1). */
const LONGEST_KEEP_ALIVE_BYTES = 4;

export class UdpTransport implements Transport {
  readonly local: NetworkAddress;
  readonly #socket: UdpSocket;
  readonly #network: Network;
  readonly #random: Random;
  readonly #isWildcard: boolean;
  readonly events: UdpEvents;
  /** By address; a computer rarely has more than one. */
  readonly #peers = new Map<string, UdpPeer[]>();
  #peerCount = 0;
  /** Own address as each peer sees it; only for sockets bound to all interfaces. */
  readonly #localByRemote = new Map<string, string>();
  /** Of the datagram before. */
  #lastFlow: TransportFlow | undefined;
  isOpen = true;

  constructor(parts: { readonly network: Network; readonly random: Random; readonly socket: UdpSocket; readonly events: UdpEvents }) {
    const { socket } = parts;
    this.#network = parts.network;
    this.#random = parts.random;
    this.#socket = socket;
    this.events = parts.events;
    this.local = socket.local;
    this.#isWildcard = isWildcard(socket.local.address);
  }

  static async open(parts: {
    readonly network: Network;
    readonly random: Random;
    readonly local: NetworkAddress;
    readonly events: UdpEvents;
  }): Promise<UdpTransport> {
    const transport: { current?: UdpTransport } = {};
    const socket = await parts.network.openUdp(parts.local, (bytes, from) => transport.current?.receive(bytes, from));
    transport.current = new UdpTransport({ ...parts, socket });
    return transport.current;
  }

  flowTo(hop: Hop): FlowResult | Promise<FlowResult> {
    if (!this.isOpen) return { kind: 'failed', cause: 'closed', reason: 'the socket is closed' };
    this.#rememberPeer(hop);
    if (!this.#isWildcard || this.#localByRemote.has(hop.address)) return { kind: 'flow', flow: this.flow(hop) };
    return this.#learnLocal(hop);
  }

  /** A flow to that peer. On a socket bound to all interfaces its local address may be the wildcard until `flowTo` has asked. */
  flow(remote: NetworkAddress): TransportFlow {
    const address = this.#isWildcard ? (this.#localByRemote.get(remote.address) ?? this.local.address) : this.local.address;
    const local = address === this.local.address ? this.local : { address, port: this.local.port };
    return new UdpFlow(this, local, { address: remote.address, port: remote.port });
  }

  receive(bytes: Uint8Array, from: NetworkAddress): void {
    if (!this.isOpen || bytes.length <= LONGEST_KEEP_ALIVE_BYTES) return;
    const peer = this.peerAt(from);
    if (peer !== undefined) peer.heardCount++;
    if (looksLikeStun(bytes)) return this.#receiveStun(bytes, from, peer);
    const result = parseMessage(bytes);
    const flow = this.#flowFrom(from);
    if (result.kind === 'message') this.events.receiver().onMessage(result.message, flow, from);
    else this.events.receiver().onFailure(result, flow, from);
  }

  /** WHY: what comes from one proxy shares one object, and so does all that waits for its retransmissions. */
  #flowFrom(from: NetworkAddress): TransportFlow {
    const last = this.#lastFlow;
    if (last?.remote.port === from.port && last.remote.address === from.address) return last;
    this.#lastFlow = this.flow(from);
    return this.#lastFlow;
  }

  peerAt(remote: NetworkAddress): UdpPeer | undefined {
    const peers = this.#peers.get(remote.address);
    if (peers === undefined) return undefined;
    for (const peer of peers) if (peer.port === remote.port) return peer;
    return undefined;
  }

  /** RFC 5626 §4.4.2: a Binding request. INTEROP(Kamailio 5.6): answers it on its SIP port, and never a CRLF over UDP. */
  ping(flow: UdpFlow): void {
    const id = this.#random.bytes(STUN_ID_BYTES);
    this.#rememberPeer(flow.remote).stunId = Buffer.from(id).toString('hex');
    this.send(printStunRequest(id), flow.remote, () => undefined);
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

  #rememberPeer({ address, port }: NetworkAddress): UdpPeer {
    const known = this.peerAt({ address, port });
    if (known !== undefined) return known;
    if (this.#peerCount >= MOST_REMEMBERED_PEERS) {
      this.#peers.clear();
      this.#peerCount = 0;
    }
    this.#peerCount++;
    const peer: UdpPeer = { port, heardCount: 0, hasPonged: false, stunId: undefined, mapped: undefined };
    const others = this.#peers.get(address);
    if (others === undefined) this.#peers.set(address, [peer]);
    else others.push(peer);
    return peer;
  }

  /**
   * SECURITY: an answer is hardly larger than its question, so nobody gains by asking in another's name. RFC 5626 §8 asks it of servers, and
   * peers without one use it; who is behind a server answers none but those it talks to.
   */
  #receiveStun(bytes: Uint8Array, from: NetworkAddress, peer: UdpPeer | undefined): void {
    const message = parseStun(bytes);
    if (message?.kind === 'request') {
      if (peer !== undefined || this.events.answersStrangers())
        this.send(printStunSuccess(message.transactionId, from), from, () => undefined);
      return;
    }
    if (message === undefined || peer === undefined || message.transactionId !== peer.stunId) return;
    peer.stunId = undefined;
    peer.hasPonged = true;
    if (message.kind === 'error' || message.mapped === undefined) return;
    const { mapped: former } = peer;
    peer.mapped = `${message.mapped.address} ${message.mapped.port}`;
    // RFC 5626 §4.4.2: the way in that the registrar knows is closed.
    if (former !== undefined && former !== peer.mapped) this.flow(from).giveUp(new Error('our address as the server sees it has changed'));
  }

  #rememberLocal(remote: string, local: string): void {
    if (this.#localByRemote.size >= MOST_REMEMBERED_PEERS) this.#localByRemote.clear();
    this.#localByRemote.set(remote, local);
    this.#lastFlow = undefined;
  }

  /** Forgets what was learnt, e.g. after the network changed. */
  forgetLocalAddresses(): void {
    this.#localByRemote.clear();
    this.#lastFlow = undefined;
  }
}

/** Only peers we send to count, and a desktop has few; the bound keeps odd DNS answers from growing it. */
const MOST_REMEMBERED_PEERS = 256;
