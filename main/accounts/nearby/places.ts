// Where each peer is: as announced on the network, as they wrote to us, or as remembered beside their key. What is nearer to now comes first.
import type { Address } from '../../../app/domain/address.ts';
import type { Peer, PeerWay } from '../../simple/discovery/peers.ts';
import type { SipType } from '../../simple/discovery/sip-types.ts';
import { canonicalAddress } from '../address-text.ts';
import { cleanName } from '../clean-text.ts';

export interface Place {
  readonly protocol: 'tls' | 'tcp' | 'udp';
  /** Numeric; link-local ones with their zone. */
  readonly address: string;
  readonly port: number;
}

/** Somebody announced on the network now. `name` is a claim. */
export interface FoundPeer {
  readonly address: Address;
  readonly name: string;
  readonly places: readonly Place[];
}

export interface FoundChange {
  readonly appeared: readonly Address[];
  readonly disappeared: readonly Address[];
}

export interface Places {
  /** Everybody who is announced now. */
  setFound(peers: readonly Peer[]): FoundChange;
  found(): readonly FoundPeer[];
  find(address: Address): FoundPeer | undefined;
  /** They wrote to us from there, or answered there. */
  learn(address: Address, place: Place): void;
  /** Nobody answered there: what was learned of it is forgotten. */
  unlearn(address: Address): void;
  /** Best first, all of one protocol: TLS where it is known, else TCP, else UDP. */
  of(address: Address): readonly Place[];
  /** Of everybody at this host, with TLS. */
  ofHost(host: string): readonly Place[];
  /** Who is known to be there. */
  at(numericHost: string, port: number): Address | undefined;
  /** The zone of a link-local address that is known of somebody, e.g. `%eth0`, or ''. */
  zoneOf(linkLocal: string): string;
}

/** What is remembered beside a key; only TLS is, for nothing else proves a key. */
export interface KeptPlaces {
  addresses(): readonly Address[];
  /** `192.0.2.7:25062`. */
  locationOf(address: Address): string | undefined;
}

const PROTOCOL: Readonly<Record<SipType, Place['protocol']>> = { '_sips._tcp': 'tls', '_sipuri._tcp': 'tcp', '_sipuri._udp': 'udp' };
const BEST_FIRST: readonly Place['protocol'][] = ['tls', 'tcp', 'udp'];
/** Strangers make us remember these; a network has fewer people who announce nothing. */
const MOST_LEARNED = 500;
const MOST_PLACES = 16;

export function createPlaces(ownAddress: Address, kept: KeptPlaces): Places {
  let found = new Map<Address, FoundPeer>();
  const learned = new Map<Address, Place>();

  function all(address: Address): Place[] {
    const near = learned.get(address);
    const location = kept.locationOf(address);
    const remembered = location === undefined ? undefined : readLocation(location);
    return [
      ...(found.get(address)?.places ?? []),
      ...(near === undefined ? [] : [near]),
      ...(remembered === undefined ? [] : [remembered]),
    ];
  }

  function of(address: Address): readonly Place[] {
    const places = all(address);
    const protocol = BEST_FIRST.find((one) => places.some((place) => place.protocol === one));
    return distinct(places.filter((place) => place.protocol === protocol)).slice(0, MOST_PLACES);
  }

  const known = (): Set<Address> => new Set([...found.keys(), ...learned.keys(), ...kept.addresses()]);

  return {
    setFound(peers) {
      const before = found;
      found = readPeers(peers, ownAddress);
      return {
        appeared: [...found].flatMap(([address, peer]) => (isNews(before.get(address), peer) ? [address] : [])),
        disappeared: [...before.keys()].filter((address) => !found.has(address)),
      };
    },
    found: () => [...found.values()],
    find: (address) => found.get(address),
    learn(address, place) {
      learned.delete(address);
      const [oldest] = learned.keys();
      if (learned.size >= MOST_LEARNED && oldest !== undefined) learned.delete(oldest);
      learned.set(address, place);
    },
    unlearn: (address) => void learned.delete(address),
    of,
    ofHost: (host) =>
      [...known()]
        .filter((address) => address.endsWith(`@${host.toLowerCase()}`))
        .flatMap(of)
        .filter(({ protocol }) => protocol === 'tls'),
    at: (host, port) => [...known()].find((address) => all(address).some((place) => place.port === port && place.address === host)),
    zoneOf(linkLocal) {
      for (const address of known()) {
        for (const place of all(address)) if (place.address.startsWith(`${linkLocal}%`)) return place.address.slice(linkLocal.length);
      }
      return '';
    },
  };
}

/** `192.0.2.7:25062` or `[fe80::1%eth0]:25062`. */
export function printLocation({ address, port }: Pick<Place, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function readLocation(text: string): Place | undefined {
  const match = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(text);
  return match?.[1] === undefined ? undefined : { protocol: 'tls', address: match[1], port: Number(match[2]) };
}

function isNews(before: FoundPeer | undefined, now: FoundPeer): boolean {
  return JSON.stringify(before?.places) !== JSON.stringify(now.places);
}

/** Two announcements of one address are one peer in two places: whose key is kept decides who of them is heard. */
function readPeers(peers: readonly Peer[], ownAddress: Address): Map<Address, FoundPeer> {
  const found = new Map<Address, FoundPeer>();
  for (const { uri, name, ways } of peers) {
    const address = canonicalAddress(uri);
    // WHY: somebody else under our own address is nobody to talk to.
    if (address === undefined || address === ownAddress) continue;
    const known = found.get(address);
    const places = distinct([...(known?.places ?? []), ...ways.flatMap(placesOf)]).slice(0, MOST_PLACES);
    found.set(address, { address, name: known?.name ?? cleanName(name), places });
  }
  return found;
}

/** IPv4 first: it needs no zone, and every system has it. */
function placesOf({ type, addresses, port }: PeerWay): Place[] {
  const ordered = [...addresses].sort((one, other) => Number(one.includes(':')) - Number(other.includes(':')));
  return ordered.map((address) => ({ protocol: PROTOCOL[type], address, port }));
}

function distinct(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.protocol} ${place.address} ${place.port}`, place])).values()];
}
