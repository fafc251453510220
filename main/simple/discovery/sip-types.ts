// The names under which SIP people announce themselves (draft-lee-sip-dns-sd-uri), as DNS names and back (RFC 6763 §4.1, §9).
import { cutBytes } from './text-record.ts';
import { LONGEST_LABEL_BYTES } from './limits.ts';
import { nameKey } from './record.ts';
import type { DnsName } from './record.ts';

/** `_sipuri` by the draft, as other clients use it; `_sips` for TLS alone. */
export const SIP_TYPES = ['_sipuri._udp', '_sipuri._tcp', '_sips._tcp'] as const;
export type SipType = (typeof SIP_TYPES)[number];

/** Asking for it gives the types there are (RFC 6763 §9). */
export const TYPE_LIST_NAME: DnsName = ['_services', '_dns-sd', '_udp', 'local'];

const TYPE_OF_KEY = new Map(SIP_TYPES.map((type) => [nameKey(typeName(type)), type]));

export function typeName(type: SipType): DnsName {
  return [...type.split('.'), 'local'];
}

/** The type that a name asks for or lists, undefined where it is none of ours. */
export function typeOfName(name: DnsName): SipType | undefined {
  return TYPE_OF_KEY.get(nameKey(name));
}

/** The name of one person under one type; `number` from 2 on tells two of the same URI apart (RFC 6762 §9, RFC 6763 appendix D). */
export function instanceLabel(uri: string, number: number): string {
  const suffix = number < 2 ? '' : ` (${number})`;
  return `${cutBytes(uri, LONGEST_LABEL_BYTES - suffix.length)}${suffix}`;
}
