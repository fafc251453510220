// The network as an account without a server sees it: names of peers lead to where they are now, and link-local addresses get their zone.
import type { DnsResolver, Network, NetworkAddress } from '../../sip/index.ts';
import type { Places } from './places.ts';

/** IPv6 link-local (RFC 4291 §2.5.6): it means something only with a zone (RFC 4007 §6), which no message carries. */
const LINK_LOCAL = /^fe[89ab][0-9a-f]:/i;
const NUMERIC = /:|^\d+\.\d+\.\d+\.\d+$/;
/** RFC 6762 §3: such names belong to the network that one is on, and are never asked of a name server. */
const LOCAL_NAME = /\.local\.?$/i;
const TLS_SERVICE = '_sips._tcp.';

/** `ownLinkLocal`: our own addresses of that kind, with zones. */
export function createNearbyNetwork(network: Network, places: Places, ownLinkLocal: () => readonly string[]): Network {
  function zoned(remote: NetworkAddress): NetworkAddress {
    if (!LINK_LOCAL.test(remote.address) || remote.address.includes('%')) return remote;
    const zone = places.zoneOf(remote.address) || onlyZone(ownLinkLocal());
    return zone === '' ? remote : { address: `${remote.address}${zone}`, port: remote.port };
  }

  return {
    async openUdp(local, onDatagram) {
      const socket = await network.openUdp(local, onDatagram);
      return { local: socket.local, send: (bytes, to, onError) => socket.send(bytes, zoned(to), onError), close: () => socket.close() };
    },
    listenTcp: (local, onConnection) => network.listenTcp(local, onConnection),
    listenTls: (local, tls, onConnection) => network.listenTls(local, tls, onConnection),
    connectTcp: (remote, events, signal) => network.connectTcp(zoned(remote), events, signal),
    connectTls: (remote, tls, events, signal) => network.connectTls(zoned(remote), tls, events, signal),
    isUdpRefused: (remote, datagram, signal) => network.isUdpRefused(zoned(remote), datagram, signal),
    localAddresses: () => network.localAddresses(),
    localAddressFor: (remote) => network.localAddressFor(zoned(remote)),
    dns: createResolver(network.dns, places),
  };
}

/** SECURITY: a local name leads to TLS or nowhere; plain peers are sent to by their numeric place (see reach-peer.ts). */
function createResolver(dns: DnsResolver, places: Places): DnsResolver {
  return {
    naptr: (name) => (LOCAL_NAME.test(name) ? Promise.resolve([]) : dns.naptr(name)),
    srv(name) {
      if (!LOCAL_NAME.test(name)) return dns.srv(name);
      const found = name.startsWith(TLS_SERVICE) ? places.ofHost(name.slice(TLS_SERVICE.length)) : [];
      return Promise.resolve(found.map(({ address, port }, priority) => ({ priority, weight: 0, port, target: address })));
    },
    addresses(host) {
      if (NUMERIC.test(host)) return Promise.resolve([host]);
      return LOCAL_NAME.test(host) ? Promise.resolve([]) : dns.addresses(host);
    },
    forget: () => dns.forget?.(),
  };
}

function onlyZone(addresses: readonly string[]): string {
  const zones = new Set(addresses.filter((address) => LINK_LOCAL.test(address)).map((address) => address.slice(address.indexOf('%'))));
  return zones.size === 1 ? ([...zones][0] ?? '') : '';
}
