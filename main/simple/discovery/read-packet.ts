// Bytes from anybody to a packet (RFC 1035 §4, RFC 6762 §18). What is malformed is undefined; types that discovery has no use for are left out.
import { decode } from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import { LONGEST_PACKET_BYTES, MOST_RECORDS_IN_PACKET, MOST_TEXT_STRINGS, OTHER_TTL_SECONDS } from './limits.ts';
import type { DnsName, DnsPacket, DnsRecord, Question } from './record.ts';

const HEADER_BYTES = 12;
const COUNTS_AT = [4, 6, 8, 10] as const;
const OPCODE_AND_RCODE = 0x780f;
/** The class IN with the bit that asks for a reply by unicast (RFC 6762 §5.4), as the library spells it. */
const CLASSES = new Set<string>(['IN', 'ANY', 'UNKNOWN_32769', 'UNKNOWN_33023']);
const QUESTION_TYPES = new Set<string>(['PTR', 'SRV', 'TXT', 'A', 'AAAA', 'ANY']);
/** WHY: the library joins labels with dots, and an instance name may hold dots itself. The service and domain behind it tell where it ends. */
const INSTANCE = /^(.+)\.(_[^.]+)\.(_tcp|_udp)\.(local)$/is;

/** Undefined for what is no packet of ours to read; never throws. */
export function readPacket(bytes: Uint8Array): DnsPacket | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > LONGEST_PACKET_BYTES) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // RFC 6762 §18.3, §18.11: other opcodes and error codes are ignored.
  if (recordCount(bytes) > MOST_RECORDS_IN_PACKET || (buffer.readUInt16BE(2) & OPCODE_AND_RCODE) !== 0) return undefined;
  const packet = decoded(buffer);
  if (packet === undefined) return undefined;
  return {
    id: packet.id ?? 0,
    isResponse: packet.type === 'response',
    isTruncated: packet.flag_tc,
    questions: (packet.questions ?? []).flatMap(readQuestion),
    answers: (packet.answers ?? []).flatMap(readRecord),
    authorities: (packet.authorities ?? []).flatMap(readRecord),
    additionals: (packet.additionals ?? []).flatMap(readRecord),
  };
}

/** Of all sections, as the header says (RFC 1035 §4.1.1): known before anything is unpacked. */
export function recordCount(bytes: Uint8Array): number {
  return COUNTS_AT.reduce((sum, offset) => sum + (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0), 0);
}

/** The library throws on what is malformed; here that is a value. */
function decoded(buffer: Buffer): DecodedPacket | undefined {
  try {
    return decode(buffer);
  } catch {
    return undefined;
  }
}

/** Text with dots between labels to labels. */
export function readName(text: string): DnsName {
  const instance = INSTANCE.exec(text);
  return instance === null ? text.split('.') : instance.slice(1);
}

function readQuestion({ name, type, class: kind }: { name: string; type: string; class?: string | undefined }): Question[] {
  if (!QUESTION_TYPES.has(type) || !CLASSES.has(kind ?? 'IN')) return [];
  return [{ name: readName(name), type: type as Question['type'] }];
}

function readRecord(answer: Answer): DnsRecord[] {
  if (!('data' in answer) || !('ttl' in answer) || answer.class !== 'IN') return [];
  const isUnique = 'flush' in answer && answer.flush === true;
  const base = { name: readName(answer.name), ttlSeconds: Math.min(answer.ttl ?? 0, OTHER_TTL_SECONDS), isUnique };
  switch (answer.type) {
    case 'PTR':
      return [{ ...base, type: 'PTR', target: readName(answer.data) }];
    case 'SRV':
      return [{ ...base, type: 'SRV', port: answer.data.port, target: readName(answer.data.target) }];
    case 'TXT': {
      const strings = Array.isArray(answer.data) ? answer.data : [answer.data];
      return [
        {
          ...base,
          type: 'TXT',
          strings: strings.slice(0, MOST_TEXT_STRINGS).map((text) => (typeof text === 'string' ? Buffer.from(text) : text)),
        },
      ];
    }
    case 'A':
    case 'AAAA':
      return [{ ...base, type: answer.type, address: answer.data }];
    default:
      return [];
  }
}
