// All transports of one endpoint behind one face: which of them carries a message, and where a response goes back (RFC 3261 §18).
import type { Clock } from '../clock.ts';
import type { SipMessage } from '../message/message.ts';
import type { Network, NetworkAddress, TlsIdentity, TransportProtocol } from '../network.ts';
import type { Random } from '../random.ts';
import { withoutZone } from './connection-table.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { Counts } from './counts.ts';
import type { Flow } from './flow.ts';
import { createReceiver } from './receive-message.ts';
import type { Receiver } from './receive-message.ts';
import { TcpTransport } from './tcp.ts';
import { TlsTransport } from './tls.ts';
import { isWildcard } from './transport.ts';
import type { FlowResult, Hop, Transport, TransportEvents, TransportFlow } from './transport.ts';
import { UdpTransport } from './udp.ts';
import { responseAddress } from './via.ts';
import { WebSocketTransport } from './websocket.ts';

export interface ListenOn {
  readonly protocol: 'udp' | 'tcp' | 'tls';
  readonly local: NetworkAddress;
}

export interface Listening {
  readonly protocol: TransportProtocol;
  readonly local: NetworkAddress;
}

export interface Transports {
  readonly listening: readonly Listening[];
  /** Whether a request can be sent by this protocol at all. */
  speaks(protocol: TransportProtocol): boolean;
  flowTo(hop: Hop): FlowResult | Promise<FlowResult>;
  /** The flow itself, while it is open. */
  openFlow(flow: Flow): TransportFlow | undefined;
  /** Closes what a change of networks made useless. Gives the connections that stay, alive or not. */
  networkChanged(): TransportFlow[];
  stop(): void;
}

export interface TransportsParts {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  readonly counts: Counts;
  readonly listen: readonly ListenOn[];
  /** PEM, trusted beside the system's. */
  readonly caPem: string | undefined;
  /** What we show to servers that ask, and to clients that connect by TLS. */
  readonly identity: TlsIdentity | undefined;
  /** TLS by keys: see `TlsOptions.byKey`. */
  readonly byKey: boolean;
  /** Of the URL of WebSocket servers. */
  readonly webSocketPath: string;
  readonly events: TransportEvents;
  newTag(): string;
}

/** Opens what `listen` names. When one cannot be opened, those already open are closed and the system's error rejects. */
export async function openTransports(parts: TransportsParts): Promise<Transports> {
  const transports = new AllTransports(parts);
  try {
    for (const entry of parts.listen) await transports.open(entry);
  } catch (error) {
    transports.stop();
    throw error;
  }
  return transports;
}

class AllTransports implements Transports {
  readonly listening: Listening[] = [];
  readonly #parts: TransportsParts;
  readonly #udp: UdpTransport[] = [];
  readonly #tcp: TcpTransport;
  readonly #tls: TlsTransport;
  readonly #streams: Readonly<Record<Exclude<TransportProtocol, 'udp'>, Transport & { readonly connections: ConnectionTable }>>;
  readonly #receiver: Receiver;
  /** Our own address toward each peer, where several sockets are bound to one interface each. */
  readonly #ownByRemote = new Map<string, string>();

  constructor(parts: TransportsParts) {
    this.#parts = parts;
    const { clock, network, counts, events } = parts;
    this.#receiver = createReceiver({
      events,
      counts,
      clock,
      newTag: parts.newTag,
      responseFlow: (flow, message, source) => this.#responseFlow(flow, message, source),
    });
    const streamParts = {
      clock,
      counts,
      receiver: () => this.#receiver,
      onFlowClosed: events.onFlowClosed,
    };
    this.#tcp = new TcpTransport(network, streamParts);
    const { caPem, identity, random, byKey } = parts;
    this.#tls = new TlsTransport({ network, caPem, identity, byKey }, streamParts);
    const webSocketOptions = { network, random, caPem, identity, path: parts.webSocketPath };
    this.#streams = {
      tcp: this.#tcp,
      tls: this.#tls,
      ws: new WebSocketTransport('ws', webSocketOptions, streamParts),
      wss: new WebSocketTransport('wss', webSocketOptions, streamParts),
    };
  }

  async open(entry: ListenOn): Promise<void> {
    if (entry.protocol !== 'udp') {
      const transport = entry.protocol === 'tcp' ? this.#tcp : this.#tls;
      this.listening.push({ protocol: entry.protocol, local: await transport.listen(entry.local) });
      return;
    }
    const { network, random, events } = this.#parts;
    const { onFlowClosed, answersStrangers } = events;
    const udpEvents = { receiver: () => this.#receiver, onFlowClosed, answersStrangers };
    const udp = await UdpTransport.open({ network, random, local: entry.local, events: udpEvents });
    this.#udp.push(udp);
    this.listening.push({ protocol: 'udp', local: udp.local });
  }

  speaks(protocol: TransportProtocol): boolean {
    return protocol !== 'udp' || this.#udp.length > 0;
  }

  flowTo(hop: Hop): FlowResult | Promise<FlowResult> {
    if (hop.protocol !== 'udp') return this.#streams[hop.protocol].flowTo(hop);
    const sockets = this.#udpFor(hop.address);
    const [udp] = sockets;
    if (udp === undefined) return { kind: 'failed', cause: 'unreachable', reason: `no UDP socket for ${hop.address}` };
    return sockets.length === 1 ? udp.flowTo(hop) : this.#flowByRoute(hop, sockets);
  }

  openFlow(flow: Flow): TransportFlow | undefined {
    // A caller holds the very object the stack gave out; only its type says less.
    const known = flow as Partial<TransportFlow> & Flow;
    return known.isOpen === true && typeof known.send === 'function' ? (known as TransportFlow) : undefined;
  }

  networkChanged(): TransportFlow[] {
    const own = new Set(this.#parts.network.localAddresses().map(withoutZone));
    this.#ownByRemote.clear();
    for (const udp of this.#udp) udp.forgetLocalAddresses();
    return Object.values(this.#streams).flatMap(({ connections }) => connections.networkChanged(own));
  }

  stop(): void {
    for (const udp of this.#udp) udp.stop();
    for (const transport of Object.values(this.#streams)) transport.stop();
  }

  /** A response over UDP may go elsewhere than the source port; over a stream it returns on its connection. */
  #responseFlow(flow: TransportFlow, message: SipMessage, source: NetworkAddress): TransportFlow {
    const top = message.vias[0];
    if (flow.protocol !== 'udp' || top === undefined) return flow;
    const address = responseAddress(top, source);
    if (address.port === source.port) return flow;
    const ofPort = this.#udp.filter((udp) => udp.local.port === flow.local.port);
    const socket = ofPort.find((udp) => udp.local.address === flow.local.address) ?? ofPort[0];
    return socket?.flow(address) ?? flow;
  }

  /** Sockets of the peer's address family: one bound to all interfaces, or those bound to some of them. */
  #udpFor(address: string): readonly UdpTransport[] {
    const isV6 = address.includes(':');
    const family = this.#udp.filter((udp) => udp.local.address.includes(':') === isV6);
    const wildcard = family.find(({ local }) => isWildcard(local.address));
    return wildcard === undefined ? family : [wildcard];
  }

  /** By the socket that has the address from which the system would send there; the first where none has. */
  async #flowByRoute(hop: Hop, sockets: readonly UdpTransport[]): Promise<FlowResult> {
    const zone = zoneOf(hop.address);
    const bound = zone === '' ? undefined : sockets.find(({ local }) => zoneOf(local.address) === zone);
    if (bound !== undefined) return bound.flowTo(hop);
    const own = await this.#ownAddressFor(hop);
    const udp = sockets.find(({ local }) => withoutZone(local.address) === own) ?? sockets[0];
    return udp === undefined ? { kind: 'failed', cause: 'unreachable', reason: `no UDP socket for ${hop.address}` } : udp.flowTo(hop);
  }

  async #ownAddressFor(hop: Hop): Promise<string | undefined> {
    const known = this.#ownByRemote.get(hop.address);
    if (known !== undefined) return known;
    const own = await this.#parts.network.localAddressFor(hop).then(withoutZone, () => undefined);
    if (own === undefined) return undefined;
    if (this.#ownByRemote.size >= MOST_REMEMBERED_ROUTES) this.#ownByRemote.clear();
    this.#ownByRemote.set(hop.address, own);
    return own;
  }
}

/** A desktop has few peers over UDP; the bound keeps odd DNS answers from growing it. */
const MOST_REMEMBERED_ROUTES = 256;

/** The network that a link-local address is on (RFC 4007 §11), or ''. */
function zoneOf(address: string): string {
  const at = address.indexOf('%');
  return at < 0 ? '' : address.slice(at);
}
