// Questions to a name server and its answers as bytes (RFC 1035 §4, RFC 2308 §5, RFC 2782, RFC 3403).
import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import type { NaptrRecord, SrvRecord } from '../network.ts';

/** What each type's records are read as. */
export interface RecordOf {
  readonly A: string;
  readonly AAAA: string;
  readonly SRV: SrvRecord;
  readonly NAPTR: NaptrRecord;
}
export type RecordType = keyof RecordOf;

export interface Question<Type extends RecordType = RecordType> {
  readonly type: Type;
  readonly name: string;
  /** 16 bits that nobody can guess. */
  readonly id: number;
}

export type DnsReply<Type extends RecordType = RecordType> =
  /** Empty where the name does not exist or has no such record. */
  | { readonly kind: 'records'; readonly records: readonly RecordOf[Type][]; readonly ttlSeconds: number }
  /** The name is an alias, and what its other name has is to be asked for (RFC 1034 §3.6.2). */
  | { readonly kind: 'alias'; readonly name: string; readonly ttlSeconds: number }
  /** The rest is to be had over TCP. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'failed'; readonly reason: string };

/** An alias of an alias is rare; a ring of them is a mistake or an attack. */
export const MOST_ALIASES = 8;
/** No service has as many; what is beyond is not read. */
const MOST_RECORDS = 64;
/** SECURITY: each name may be a long chain of pointers (RFC 1035 §4.1.4), so what has more is not unpacked: thousands would hold up all else. */
const MOST_UNPACKED = 256;
const HEADER_BYTES = 12;
/** RFC 2308 §5 asks for a limit: a name that comes into being is found within minutes. */
const LONGEST_NEGATIVE_SECONDS = 300;
/** For an answer that names no time to forget that there is nothing. */
const DEFAULT_NEGATIVE_SECONDS = 30;
const NO_ERROR = 0;
const NAME_ERROR = 3;
const RCODE_MASK = 0xf;

export function printQuestion({ type, name, id }: Question): Uint8Array {
  return encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ type, name, class: 'IN' }] });
}

/**
 * Undefined where these bytes are no answer to this question, so that whoever waits goes on waiting.
 * SECURITY: number, question and type must be ours, or anybody could answer in the server's place.
 */
export function parseReply<Type extends RecordType>(bytes: Uint8Array, question: Question<Type>): DnsReply<Type> | undefined {
  const packet = decoded(bytes);
  if (packet === undefined || packet.type !== 'response' || packet.id !== question.id) return undefined;
  const asked = packet.questions?.[0];
  if (asked === undefined || asked.type !== question.type || plain(asked.name) !== plain(question.name)) return undefined;
  if (packet.flag_tc) return { kind: 'truncated' };
  const rcode = rcodeOf(packet);
  if (rcode !== NO_ERROR && rcode !== NAME_ERROR) return { kind: 'failed', reason: `the name server answered with error ${rcode}` };
  return readRecords(packet, question);
}

function rcodeOf({ flags = 0 }: DecodedPacket): number {
  return flags & RCODE_MASK;
}

/** The library throws on what is malformed; here that is a value. */
function decoded(bytes: Uint8Array): DecodedPacket | undefined {
  const packet = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (packet.length < HEADER_BYTES || recordCount(packet) > MOST_UNPACKED) return undefined;
  try {
    return decode(packet);
  } catch {
    return undefined;
  }
}

/** Of all sections, as the header says (RFC 1035 §4.1.1). */
function recordCount(packet: Buffer): number {
  return packet.readUInt16BE(4) + packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10);
}

function readRecords<Type extends RecordType>(packet: DecodedPacket, question: Question<Type>): DnsReply<Type> {
  const answers = (packet.answers ?? []).slice(0, MOST_RECORDS);
  let name = plain(question.name);
  let ttlSeconds = Infinity;
  for (let aliases = 0; aliases < MOST_ALIASES; aliases++) {
    const alias = answers.find((answer) => answer.type === 'CNAME' && plain(answer.name) === name);
    if (alias?.type !== 'CNAME') break;
    name = plain(alias.data);
    ttlSeconds = Math.min(ttlSeconds, ttlOf(alias));
  }
  const records: RecordOf[Type][] = [];
  for (const answer of answers) {
    if (answer.type !== question.type || plain(answer.name) !== name) continue;
    const record = readRecord(answer);
    if (record === undefined) continue;
    records.push(record as RecordOf[Type]);
    ttlSeconds = Math.min(ttlSeconds, ttlOf(answer));
  }
  if (records.length > 0) return { kind: 'records', records, ttlSeconds };
  const saysNone = rcodeOf(packet) === NAME_ERROR || soaOf(packet) !== undefined;
  if (name !== plain(question.name) && !saysNone) return { kind: 'alias', name, ttlSeconds };
  return { kind: 'records', records, ttlSeconds: negativeTtl(packet) };
}

function readRecord(answer: Answer): RecordOf[RecordType] | undefined {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return answer.data;
    case 'SRV': {
      const { priority = 0, weight = 0, port, target } = answer.data;
      return { priority, weight, port, target };
    }
    case 'NAPTR': {
      const { order, preference, flags, services, replacement } = answer.data;
      return { order, preference, flags, service: services, replacement };
    }
    default:
      return undefined;
  }
}

/** RFC 2308 §5: the lesser of the SOA's own time and its minimum field. */
function negativeTtl(packet: DecodedPacket): number {
  const soa = soaOf(packet);
  if (soa?.type !== 'SOA') return DEFAULT_NEGATIVE_SECONDS;
  return Math.min(ttlOf(soa), soa.data.minimum ?? DEFAULT_NEGATIVE_SECONDS, LONGEST_NEGATIVE_SECONDS);
}

/** What a server that knows that there is nothing says so with (RFC 2308 §2). */
function soaOf(packet: DecodedPacket): Answer | undefined {
  return packet.authorities?.find((answer) => answer.type === 'SOA');
}

/** RFC 2181 §8: a value with the top bit set counts as zero. */
function ttlOf(answer: Answer): number {
  const ttl = 'ttl' in answer ? (answer.ttl ?? 0) : 0;
  return ttl >= 2 ** 31 ? 0 : ttl;
}

/** Without case and final dot (RFC 1035 §2.3.3). */
function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
