// Names, records and packets of DNS as discovery uses them (RFC 1035 §4, RFC 6762 §18).

/** Labels in order, without the root. A label may hold dots and any other character (RFC 6763 §4.1.1). */
export type DnsName = readonly string[];

interface RecordBase {
  readonly name: DnsName;
  /** 0: withdrawn (RFC 6762 §10.1). */
  readonly ttlSeconds: number;
  /** The cache-flush bit: whoever sends it is the only one with such a record (RFC 6762 §10.2). */
  readonly isUnique: boolean;
}

export type PtrRecord = RecordBase & { readonly type: 'PTR'; readonly target: DnsName };
export type SrvRecord = RecordBase & { readonly type: 'SRV'; readonly port: number; readonly target: DnsName };
export type TxtRecord = RecordBase & { readonly type: 'TXT'; readonly strings: readonly Uint8Array[] };
export type AddressRecord = RecordBase & { readonly type: 'A' | 'AAAA'; readonly address: string };
export type DnsRecord = PtrRecord | SrvRecord | TxtRecord | AddressRecord;
export type RecordType = DnsRecord['type'];

export interface Question {
  readonly name: DnsName;
  readonly type: RecordType | 'ANY';
}

export interface DnsPacket {
  readonly id: number;
  readonly isResponse: boolean;
  /** Of a question: more known answers follow (RFC 6762 §7.2). */
  readonly isTruncated: boolean;
  readonly questions: readonly Question[];
  readonly answers: readonly DnsRecord[];
  /** Of a probe: what the prober wants to call its own (RFC 6762 §8.2). */
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

export const EMPTY_PACKET: DnsPacket = {
  id: 0,
  isResponse: false,
  isTruncated: false,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
};

/** Equal for names that DNS takes for one (RFC 1035 §2.3.3). */
export function nameKey(name: DnsName): string {
  return name.join('.').toLowerCase();
}
