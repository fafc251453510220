// An internet in memory: hosts joined by links that delay, lose, duplicate and reorder as a test asks, all under its clock.
import type { Clock } from '../../main/sip/clock.ts';
import type { NaptrRecord, Network, NetworkAddress, SrvRecord } from '../../main/sip/network.ts';
import type { Random } from '../../main/sip/random.ts';
import { createMemoryStreams } from './memory-stream.ts';
import type { MemoryStreams } from './memory-stream.ts';
import { addressKey, systemError } from './memory-world.ts';
import type { LinkQuality, MemoryWorld } from './memory-world.ts';

export interface DnsTable {
  naptr?: Record<string, readonly NaptrRecord[]>;
  srv?: Record<string, readonly SrvRecord[]>;
  addresses?: Record<string, readonly string[]>;
}

export interface Datagram {
  readonly from: NetworkAddress;
  readonly to: NetworkAddress;
  readonly bytes: Uint8Array;
}

export interface MemoryInternet {
  /** The network as the host with this numeric address sees it. */
  host(address: string): Network;
  quality: LinkQuality;
  readonly dns: DnsTable;
  /** Names asked, as `srv:_sip._udp.example.test`, oldest first. */
  readonly dnsQueries: string[];
  /** These hosts hear nobody and nobody hears them until `heal`. Open streams stay open and silent. */
  cutOff(...addresses: string[]): void;
  heal(): void;
  /** Every stream of the host ends as if it had crashed and come back. */
  resetStreams(address: string): void;
  /** Sees each datagram before the link does; returning false drops it. */
  onDatagram: ((datagram: Datagram) => boolean) | undefined;
  /** Whether a host answers a datagram to a closed port with an ICMP error. Default: it is silent, as behind a firewall. */
  saysUnreachable: boolean;
  /** Hosts, by the address they were made with, that have another one now. */
  readonly renumbered: Map<string, string>;
  /** Datagram sockets, listening sockets and stream ends that are open. */
  openSockets(): number;
}

const FIRST_EPHEMERAL_PORT = 49152;
const LARGEST_UDP_PAYLOAD = 65507;

interface BoundUdp {
  readonly onDatagram: (bytes: Uint8Array, from: NetworkAddress) => void;
}

export function createMemoryInternet(clock: Clock, random: Random, quality: Partial<LinkQuality> = {}): MemoryInternet {
  const cut = new Set<string>();
  const udp = new Map<string, BoundUdp>();
  const world: MemoryWorld = {
    clock,
    random,
    quality: { delayMs: 1, jitterMs: 0, loss: 0, duplication: 0, ...quality },
    reaches: (from, to) => from === to || (!cut.has(from) && !cut.has(to)),
  };
  const streams = createMemoryStreams(world);
  let nextPort = FIRST_EPHEMERAL_PORT;

  const internet: MemoryInternet = {
    dns: {},
    dnsQueries: [],
    onDatagram: undefined,
    saysUnreachable: false,
    renumbered: new Map(),
    get quality() {
      return world.quality;
    },
    set quality(next) {
      world.quality = next;
    },
    cutOff: (...addresses) => addresses.forEach((address) => cut.add(address)),
    heal: () => cut.clear(),
    resetStreams: streams.reset,
    openSockets: () => udp.size + streams.openSockets(),
    host: (address) => hostNetwork(internet, world, { address, udp, streams, takePort: () => nextPort++ }),
  };
  return internet;
}

interface HostParts {
  readonly address: string;
  readonly udp: Map<string, BoundUdp>;
  readonly streams: MemoryStreams;
  takePort(): number;
}

function hostNetwork(internet: MemoryInternet, world: MemoryWorld, parts: HostParts): Network {
  const own = (local: NetworkAddress): NetworkAddress => ({
    address: local.address === '0.0.0.0' || local.address === '::' ? parts.address : local.address,
    port: local.port === 0 ? parts.takePort() : local.port,
  });
  return {
    openUdp(local, onDatagram) {
      const bound = own(local);
      const key = addressKey(bound);
      if (parts.udp.has(key)) return Promise.reject(systemError('EADDRINUSE'));
      parts.udp.set(key, { onDatagram });
      return Promise.resolve({
        local: { address: local.address, port: bound.port },
        send: (bytes: Uint8Array, to: NetworkAddress, onError: (error: Error) => void) => {
          if (bytes.length > LARGEST_UDP_PAYLOAD) return onError(systemError('EMSGSIZE'));
          sendDatagram(internet, world, parts.udp, { from: bound, to, bytes });
        },
        close: () => parts.udp.delete(key),
      });
    },
    listenTcp: (local, onConnection) => parts.streams.listen(own(local), onConnection),
    connectTcp: (remote, events, signal) => parts.streams.connect(own({ address: '0.0.0.0', port: 0 }), remote, events, signal),
    connectTls: (remote, tls, events, signal) =>
      tls.byKey === true
        ? parts.streams.connect(own({ address: '0.0.0.0', port: 0 }), remote, events, signal, tls)
        : Promise.reject(systemError('ENOTSUP')),
    listenTls: (local, tls, onConnection) =>
      tls.byKey === true ? parts.streams.listen(own(local), onConnection, tls) : Promise.reject(systemError('ENOTSUP')),
    isUdpRefused: (remote, _, signal) => isRefused(internet, world, parts, { remote, signal }),
    localAddresses: () => [internet.renumbered.get(parts.address) ?? parts.address],
    localAddressFor: () => Promise.resolve(internet.renumbered.get(parts.address) ?? parts.address),
    dns: {
      naptr: (name) => answer(internet, 'naptr', name),
      srv: (name) => answer(internet, 'srv', name),
      addresses: (name) => answer(internet, 'addresses', name),
    },
  };
}

/** A host that is there and has nobody on that port says so at once; any other says nothing. */
function isRefused(
  internet: MemoryInternet,
  world: MemoryWorld,
  { address, udp }: HostParts,
  { remote, signal }: { readonly remote: NetworkAddress; readonly signal: AbortSignal },
): Promise<boolean> {
  if (internet.saysUnreachable && world.reaches(address, remote.address) && !udp.has(addressKey(remote))) return Promise.resolve(true);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
}

function answer<Kind extends 'naptr' | 'srv' | 'addresses'>(
  internet: MemoryInternet,
  kind: Kind,
  name: string,
): Promise<NonNullable<DnsTable[Kind]>[string]> {
  internet.dnsQueries.push(`${kind}:${name}`);
  return Promise.resolve((internet.dns[kind]?.[name] ?? []) as NonNullable<DnsTable[Kind]>[string]);
}

function sendDatagram(internet: MemoryInternet, world: MemoryWorld, udp: Map<string, BoundUdp>, datagram: Datagram): void {
  if (internet.onDatagram?.(datagram) === false) return;
  const { random, quality } = world;
  const copies = quality.duplication > 0 && random.fraction() < quality.duplication ? 2 : 1;
  const bytes = datagram.bytes.slice();
  for (let copy = 0; copy < copies; copy++) {
    if (quality.loss > 0 && random.fraction() < quality.loss) continue;
    const delayMs = quality.delayMs + (quality.jitterMs > 0 ? random.fraction() * quality.jitterMs : 0);
    world.clock.startTimer(delayMs, () => {
      if (world.reaches(datagram.from.address, datagram.to.address)) udp.get(addressKey(datagram.to))?.onDatagram(bytes, datagram.from);
    });
  }
}
