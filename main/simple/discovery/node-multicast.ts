// The real multicast door: Node's dgram (RFC 6762 §3, §11, §15).
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { NetworkAddress } from '../../sip/index.ts';
import { withoutZone, zoneOf } from './address-bytes.ts';
import type { Multicast, MulticastSocket } from './multicast.ts';

/** RFC 6762 §3. */
const GROUP_V4 = '224.0.0.251';
const GROUP_V6 = 'ff02::fb';
const MDNS_PORT = 5353;
/** RFC 6762 §11. */
const HOPS = 255;

export interface NodeMulticastOptions {
  /** Another one than 5353 keeps tests to themselves. */
  readonly port?: number;
}

export function createNodeMulticast({ port = MDNS_PORT }: NodeMulticastOptions = {}): Multicast {
  return { open: (interfaceAddress, onPacket) => open(interfaceAddress, port, onPacket) };
}

function open(
  interfaceAddress: string,
  port: number,
  onPacket: (bytes: Uint8Array, from: NetworkAddress) => void,
): Promise<MulticastSocket> {
  return new Promise((resolve, reject) => {
    const isV6 = interfaceAddress.includes(':');
    const family = isV6 ? 6 : 4;
    // WHY: all our destinations are numeric, and Node's own way to find that out costs each datagram a turn of the event loop.
    const lookup = (host: string, _: unknown, callback: (error: null, address: string, family: number) => void): void =>
      callback(null, host, family);
    // RFC 6762 §15: the port is shared with the system's responder and with others of us.
    const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', reuseAddr: true, lookup, ...(isV6 ? { ipv6Only: true } : {}) });
    const fail = (error: unknown): void => {
      socket.close();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const isNeighbour = neighbourTest(interfaceAddress);
    if (isNeighbour === undefined) return fail(new Error('no network in use has this address'));
    socket.once('error', fail);
    socket.on('message', (bytes, from) => {
      if (isNeighbour(from)) onPacket(bytes, { address: from.address, port: from.port });
    });
    socket.bind({ address: isV6 ? '::' : '0.0.0.0', port }, () => {
      try {
        const zone = isV6 ? `::${zoneOf(interfaceAddress)}` : interfaceAddress;
        socket.addMembership(isV6 ? GROUP_V6 : GROUP_V4, zone);
        socket.setMulticastInterface(zone);
        socket.setMulticastTTL(HOPS);
        socket.setMulticastLoopback(true);
      } catch (error) {
        return fail(error);
      }
      socket.off('error', fail);
      // WHY: a failed send tells its own callback; an error event without listener would end the process.
      socket.on('error', () => undefined);
      const group = { address: isV6 ? `${GROUP_V6}${zoneOf(interfaceAddress)}` : GROUP_V4, port };
      resolve(opened(socket, group));
    });
  });
}

function opened(socket: Socket, group: NetworkAddress): MulticastSocket {
  let isClosed = false;
  let sending = 0;
  const closeWhenSent = (): void => {
    if (isClosed && sending === 0) socket.close();
  };
  return {
    port: group.port,
    send(bytes, onError, to = group) {
      if (isClosed) return;
      sending += 1;
      socket.send(bytes, to.port, to.address, (error) => {
        sending -= 1;
        if (error !== null && !isClosed) onError(error);
        closeWhenSent();
      });
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      socket.removeAllListeners('message');
      closeWhenSent();
    },
  };
}

/**
 * Whether a packet comes from this very network. SECURITY(RFC 6762 §11): whoever is far away is no neighbour. WHY also needed: the system
 * gives each socket what any of them joined, so that packets of other networks arrive too. Undefined while the system lists no such
 * address, e.g. when the link is just coming up: nothing could be told apart then.
 */
function neighbourTest(interfaceAddress: string): ((from: RemoteInfo) => boolean) | undefined {
  const plain = withoutZone(interfaceAddress);
  const zone = zoneOf(interfaceAddress);
  const subnets = new BlockList();
  for (const [name, entries] of Object.entries(networkInterfaces())) {
    for (const { address, cidr, family } of entries ?? []) {
      const isSame = family === 'IPv6' ? `%${name}` === zone : address === plain;
      if (isSame && cidr !== null) subnets.addSubnet(address, Number(cidr.split('/')[1]), family === 'IPv6' ? 'ipv6' : 'ipv4');
    }
  }
  if (subnets.rules.length === 0) return undefined;
  return ({ address, family }) => {
    const from = withoutZone(address);
    const fromZone = zoneOf(address);
    // Link-local senders carry the zone they were heard on.
    if (fromZone !== '') return fromZone === zone;
    return subnets.check(from, family === 'IPv6' ? 'ipv6' : 'ipv4');
  };
}
