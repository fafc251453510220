// What we tell of ourselves as records (RFC 6763 §4 to §6, draft-lee-sip-dns-sd-uri, RFC 6762 §10 for the times).
import { withoutZone } from './address-bytes.ts';
import { HOST_TTL_SECONDS, LONGEST_URI, OTHER_TTL_SECONDS } from './limits.ts';
import type { AddressRecord, DnsName, DnsRecord, PtrRecord, SrvRecord, TxtRecord } from './record.ts';
import { instanceLabel, TYPE_LIST_NAME, typeName } from './sip-types.ts';
import type { SipType } from './sip-types.ts';
import { cutBytes, printText, readable } from './text-record.ts';

export interface AnnouncedService {
  readonly type: SipType;
  readonly port: number;
  /** The URI to reach us that way, e.g. with `;transport=tls`; the announcement's own where left out. */
  readonly contact?: string;
}

export interface Announced {
  /** As people read it; cut where too long. */
  readonly name: string;
  /** At most 240 bytes of a SIP or SIPS URI. */
  readonly uri: string;
  readonly services: readonly AnnouncedService[];
  /** More keys of the TXT record, e.g. a key's fingerprint; keys in lower case (RFC 6763 §6.4). */
  readonly extra?: Readonly<Record<string, string>>;
}

export interface OwnRecords {
  /** Others have some of the same name too: where the instances are listed. */
  readonly shared: readonly PtrRecord[];
  /** Ours alone, once probed. */
  readonly unique: readonly (SrvRecord | TxtRecord)[];
}

export function ownRecords(announced: Announced, number: number, hostName: DnsName): OwnRecords {
  const shared: PtrRecord[] = [];
  const unique: (SrvRecord | TxtRecord)[] = [];
  const label = instanceLabel(announced.uri, number);
  for (const { type, port, contact } of announced.services) {
    const listName = typeName(type);
    const name = [label, ...listName];
    const base = { ttlSeconds: OTHER_TTL_SECONDS, isUnique: false };
    shared.push({ ...base, type: 'PTR', name: listName, target: name }, { ...base, type: 'PTR', name: TYPE_LIST_NAME, target: listName });
    const strings = printText([
      ['txtvers', '1'],
      ['name', readable(announced.name)],
      // INTEROP(Blink): the URI in angle brackets.
      ['contact', `<${cutBytes(contact ?? announced.uri, LONGEST_URI)}>`],
      ...Object.entries(announced.extra ?? {}),
    ]);
    unique.push(
      { type: 'SRV', name, ttlSeconds: HOST_TTL_SECONDS, isUnique: true, port, target: hostName },
      { type: 'TXT', name, ttlSeconds: OTHER_TTL_SECONDS, isUnique: true, strings },
    );
  }
  return { shared, unique };
}

/** The computer's address on one network. */
export function hostRecord(hostName: DnsName, interfaceAddress: string): AddressRecord {
  const type = interfaceAddress.includes(':') ? 'AAAA' : 'A';
  return { type, name: hostName, ttlSeconds: HOST_TTL_SECONDS, isUnique: true, address: withoutZone(interfaceAddress) };
}

/** The same as withdrawn (RFC 6762 §10.1). */
export function withdrawn<Record extends DnsRecord>(records: readonly Record[]): Record[] {
  return records.map((record) => ({ ...record, ttlSeconds: 0 }));
}
