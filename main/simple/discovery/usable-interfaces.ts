// Which networks are used when the person has not chosen: all but point-to-point ones, where nobody is nearby.

/** As the system lists them (`os.networkInterfaces()`). */
export interface InterfaceAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  /** With prefix length, `192.0.2.7/24`. */
  readonly cidr: string | null;
  readonly internal: boolean;
}

/** By the system's name for it, e.g. `eth0`. */
export type SystemInterfaces = Readonly<Record<string, readonly InterfaceAddress[] | undefined>>;

/** An address that can be listened and announced on. `address`: as `createDiscovery` takes it. */
export interface ListedInterface {
  readonly address: string;
  readonly name: string;
  readonly isPointToPoint: boolean;
  readonly isLoopback: boolean;
}

/** Names of tunnels: the system does not tell their kind, but it names them by it. */
const POINT_TO_POINT = /^(tun|ppp|utun|wg|ipsec|gif|stf|sit|ip6tnl|vti|tailscale|zt)/i;
/** A network of one address has a far end, not neighbours. */
const WHOLE_PREFIX = /\/(32|128)$/;
/** IPv6 link-local (RFC 4291 §2.5.6): the address for a network without routers. */
const LINK_LOCAL = /^fe[89ab]/i;

/** One IPv4 and one IPv6 address of each interface; of loopback the IPv4 alone, for no system has multicast on ::1. */
export function listInterfaces(interfaces: SystemInterfaces): ListedInterface[] {
  return Object.entries(interfaces).flatMap(([name, entries = []]) => {
    const v4 = preferred(name, entries, ({ family }) => family === 'IPv4');
    const v6s = entries.filter(({ family, internal }) => family === 'IPv6' && !internal);
    const v6 = preferred(name, v6s, ({ address }) => LINK_LOCAL.test(address)) ?? preferred(name, v6s, () => true);
    return [v4, v6].flatMap((entry) => (entry === undefined ? [] : [listed(name, entry)]));
  });
}

/** Those that have neighbours, loopback among them, so that several on one computer find each other without any network. */
export function usableInterfaces(interfaces: SystemInterfaces): string[] {
  return listInterfaces(interfaces).flatMap(({ address, isPointToPoint }) => (isPointToPoint ? [] : [address]));
}

function preferred(
  name: string,
  entries: readonly InterfaceAddress[],
  isWanted: (entry: InterfaceAddress) => boolean,
): InterfaceAddress | undefined {
  const wanted = entries.filter(isWanted);
  return wanted.find((entry) => !hasFarEnd(name, entry)) ?? wanted[0];
}

function hasFarEnd(name: string, { cidr, internal }: InterfaceAddress): boolean {
  return POINT_TO_POINT.test(name) || (!internal && (cidr === null || WHOLE_PREFIX.test(cidr)));
}

function listed(name: string, entry: InterfaceAddress): ListedInterface {
  const { address, family, internal } = entry;
  return {
    address: family === 'IPv6' ? `${address}%${name}` : address,
    name,
    isPointToPoint: hasFarEnd(name, entry),
    isLoopback: internal,
  };
}
