// Other people as found on all networks, put together from their instances (draft-lee-sip-dns-sd-uri, RFC 6763 §6).
import { parseUri } from '../../sip/index.ts';
import type { SipUri } from '../../sip/index.ts';
import { zoneOf } from './address-bytes.ts';
import type { Found } from './cache.ts';
import { MOST_PEERS, MOST_PEERS_OF_SENDER } from './limits.ts';
import { nameKey } from './record.ts';
import type { DnsName } from './record.ts';
import type { SipType } from './sip-types.ts';
import { readable, readText } from './text-record.ts';

/** One way to reach somebody. */
export interface PeerWay {
  readonly type: SipType;
  /** The SIP or SIPS URI announced for it. */
  readonly contact: string;
  readonly port: number;
  /** Numeric; link-local ones with the zone of the network they were heard on. */
  readonly addresses: readonly string[];
}

/** A person on this network, by their own word: nothing of it is verified. */
export interface Peer {
  /** The same as long as they stay. */
  readonly key: string;
  /** Readable, on one line, never empty. Two people may have the same. */
  readonly name: string;
  readonly uri: string;
  readonly ways: readonly PeerWay[];
  /** All keys of their text, unread. */
  readonly extra: Readonly<Record<string, string>>;
}

export interface FoundOnNetwork {
  /** Our own address there. */
  readonly interfaceAddress: string;
  readonly found: readonly Found[];
}

const BRACKETED = /<([^<>]*)>/;
/** IPv6 link-local (RFC 4291 §2.5.6). */
const LINK_LOCAL = /^fe[89ab]/i;

/**
 * Everybody but us. Instances of one user on one computer are one person, whatever the transport and the network; those without a
 * readable SIP URI are left out.
 */
export function peersOf(networks: readonly FoundOnNetwork[], ownHostName: DnsName): Peer[] {
  const peers = new Map<string, Peer>();
  const countBySender = new Map<string, number>();
  const ownKey = nameKey(ownHostName);
  for (const { interfaceAddress, found } of networks) {
    for (const each of found) {
      if (nameKey(each.hostName) === ownKey) continue;
      const values = readText(each.strings);
      const contact = contactOf(values.get('contact'), each.label);
      if (contact === undefined) continue;
      const key = `${contact.uri.user ?? ''}@${nameKey(each.hostName)}`;
      const known = peers.get(key);
      const count = countBySender.get(each.sender) ?? 0;
      if (known === undefined && (peers.size >= MOST_PEERS || count >= MOST_PEERS_OF_SENDER)) continue;
      const addresses = each.addresses.flatMap((address) => usable(address, interfaceAddress));
      if (addresses.length === 0) continue;
      if (known === undefined) countBySender.set(each.sender, count + 1);
      const way = { type: each.type, contact: contact.text, port: each.port, addresses };
      const name = readable(values.get('name') ?? '') || readable(contact.uri.user ?? '') || readable(contact.uri.host);
      peers.set(key, {
        ...(known ?? { key, name: name || key, uri: contact.text, extra: Object.fromEntries(values) }),
        ways: withWay(known?.ways ?? [], way),
      });
    }
  }
  return [...peers.values()];
}

/** INTEROP(baresip): without text the instance's label is the URI; after a conflict a number follows it. */
function contactOf(contact: string | undefined, label: string): { text: string; uri: SipUri } | undefined {
  for (const text of [BRACKETED.exec(contact ?? '')?.[1], contact, label.split(' ')[0]]) {
    if (text === undefined) continue;
    const uri = parseUri(text);
    if (uri.kind === 'ok' && uri.value.kind === 'sip') return { text, uri: uri.value };
  }
  return undefined;
}

function usable(address: string, interfaceAddress: string): string[] {
  if (!LINK_LOCAL.test(address)) return [address];
  const zone = zoneOf(interfaceAddress);
  // Without a zone nobody knows which network is meant (RFC 4007 §6).
  return zone === '' ? [] : [`${address}${zone}`];
}

/** The same way heard on two networks is one with the addresses of both. */
function withWay(ways: readonly PeerWay[], way: PeerWay): readonly PeerWay[] {
  const known = ways.find((each) => each.type === way.type && each.contact === way.contact && each.port === way.port);
  if (known === undefined) return [...ways, way];
  const merged = { ...known, addresses: [...new Set([...known.addresses, ...way.addresses])] };
  return ways.map((each) => (each === known ? merged : each));
}
