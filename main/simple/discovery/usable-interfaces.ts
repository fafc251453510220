// Which networks are used when the person has not chosen: all but point-to-point ones, where nobody is nearby.

/** As the system lists them (`os.networkInterfaces()`). */
export interface InterfaceAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  /** With prefix length, `192.0.2.7/24`. */
  readonly cidr: string | null;
  readonly internal: boolean;
}

/** Names of tunnels: the system does not tell their kind, but it names them by it. */
const POINT_TO_POINT = /^(tun|ppp|utun|wg|ipsec|gif|stf|sit|ip6tnl|vti|tailscale|zt)/i;
/** A network of one address has a far end, not neighbours. */
const WHOLE_PREFIX = /\/(32|128)$/;
/** IPv6 link-local (RFC 4291 §2.5.6): the address for a network without routers. */
const LINK_LOCAL = /^fe[89ab]/i;

/**
 * One IPv4 and one IPv6 address of each, as `createDiscovery` takes them. Loopback is among them (IPv4 alone: no system has multicast on
 * ::1), so that several on one computer find each other without any network.
 */
export function usableInterfaces(interfaces: Readonly<Record<string, readonly InterfaceAddress[] | undefined>>): string[] {
  return Object.entries(interfaces).flatMap(([name, entries = []]) => {
    if (POINT_TO_POINT.test(name)) return [];
    const usable = entries.filter(({ cidr, internal }) => internal || (cidr !== null && !WHOLE_PREFIX.test(cidr)));
    const v4 = usable.find(({ family }) => family === 'IPv4');
    const v6s = usable.filter(({ family, internal }) => family === 'IPv6' && !internal);
    const v6 = v6s.find(({ address }) => LINK_LOCAL.test(address)) ?? v6s[0];
    return [...(v4 === undefined ? [] : [v4.address]), ...(v6 === undefined ? [] : [`${v6.address}%${name}`])];
  });
}
