// A packet to bytes, split where it is too large (RFC 1035 §4.1, RFC 6762 §7.2, §18.14).
// WHY not the library: it cuts names at dots, and an instance name that is a SIP URI has dots inside its label.
import { encode as encodeAddress } from './address-bytes.ts';
import { LONGEST_LABEL_BYTES, LONGEST_NAME_BYTES, LONGEST_PACKET_BYTES, LONGEST_TEXT_BYTES, PACKET_BYTES } from './limits.ts';
import type { DnsName, DnsPacket, DnsRecord, Question } from './record.ts';

const TYPE_NUMBERS = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const;
const CLASS_IN = 1;
const FLUSH = 0x8000;
const RESPONSE_FLAGS = 0x8400;
const TRUNCATED_FLAG = 0x0200;
const HEADER_BYTES = 12;
const POINTER = 0xc000;
const FARTHEST_POINTER = 0x3fff;
const TEXT = new TextEncoder();

/** Bytes in the making, with the names that later ones may point to. */
interface Writer {
  readonly bytes: number[];
  /** Undefined: names are written whole. */
  readonly names: Map<string, number> | undefined;
}

/**
 * One packet, or several where known answers or answers do not fit into one. Additional records that do not fit are left out: they are a
 * courtesy. Names that cannot be written (a label too long) leave their record out.
 */
export function printPackets(packet: DnsPacket): Uint8Array[] {
  const packets: Uint8Array[] = [];
  const questions = packet.questions.filter((question) => isPrintable(question.name));
  const answers = packet.answers.filter(isPrintableRecord);
  let asked = 0;
  let answered = 0;
  do {
    const writer: Writer = { bytes: new Array<number>(HEADER_BYTES).fill(0), names: new Map() };
    const counts = [0, 0, 0, 0];
    while (asked < questions.length && added(writer, PACKET_BYTES, counts[0] === 0, () => writeQuestion(writer, questions[asked]))) {
      counts[0] = (counts[0] ?? 0) + 1;
      asked += 1;
    }
    const mayAnswer = asked === questions.length;
    while (mayAnswer && answered < answers.length) {
      if (!added(writer, PACKET_BYTES, counts[0] === 0 && counts[1] === 0, () => writeRecord(writer, answers[answered]))) break;
      counts[1] = (counts[1] ?? 0) + 1;
      answered += 1;
    }
    const isLast = mayAnswer && answered === answers.length;
    if (isLast) {
      counts[2] = addAll(writer, packet.authorities, LONGEST_PACKET_BYTES);
      counts[3] = addAll(writer, packet.additionals, PACKET_BYTES);
    }
    packets.push(finished(writer, packet, counts, !isLast && mayAnswer));
  } while (asked < questions.length || answered < answers.length);
  return packets;
}

/** The data of a record, no names shortened: what two probers compare (RFC 6762 §8.2). */
export function recordBytes(record: DnsRecord): Uint8Array {
  const writer: Writer = { bytes: [], names: undefined };
  writeContent(writer, record);
  return Uint8Array.from(writer.bytes);
}

/** The number of a type as compared by §8.2. */
export function typeNumber(record: DnsRecord): number {
  return TYPE_NUMBERS[record.type];
}

function addAll(writer: Writer, records: readonly DnsRecord[], limit: number): number {
  let count = 0;
  for (const record of records) if (isPrintableRecord(record) && added(writer, limit, false, () => writeRecord(writer, record))) count += 1;
  return count;
}

/** Writes, or takes back what is too much. The first of a packet stays whatever its size. */
function added(writer: Writer, limit: number, isFirst: boolean, write: () => void): boolean {
  const before = writer.bytes.length;
  write();
  if (writer.bytes.length <= limit || isFirst) return true;
  writer.bytes.length = before;
  for (const [name, offset] of writer.names ?? []) if (offset >= before) writer.names?.delete(name);
  return false;
}

function finished(writer: Writer, packet: DnsPacket, counts: readonly number[], isMoreToCome: boolean): Uint8Array {
  const bytes = Uint8Array.from(writer.bytes);
  const view = new DataView(bytes.buffer);
  const isTruncated = packet.isTruncated || (isMoreToCome && !packet.isResponse);
  view.setUint16(0, packet.id);
  view.setUint16(2, (packet.isResponse ? RESPONSE_FLAGS : 0) | (isTruncated ? TRUNCATED_FLAG : 0));
  counts.forEach((count, index) => view.setUint16(4 + 2 * index, count));
  return bytes;
}

function writeQuestion(writer: Writer, question: Question | undefined): void {
  if (question === undefined) return;
  writeName(writer, question.name);
  write16(writer, TYPE_NUMBERS[question.type]);
  write16(writer, CLASS_IN);
}

function writeRecord(writer: Writer, record: DnsRecord | undefined): void {
  if (record === undefined) return;
  writeName(writer, record.name);
  write16(writer, TYPE_NUMBERS[record.type]);
  write16(writer, CLASS_IN | (record.isUnique ? FLUSH : 0));
  write16(writer, Math.floor(record.ttlSeconds / 0x10000));
  write16(writer, record.ttlSeconds & 0xffff);
  const lengthAt = writer.bytes.length;
  write16(writer, 0);
  writeContent(writer, record);
  const length = writer.bytes.length - lengthAt - 2;
  writer.bytes[lengthAt] = length >> 8;
  writer.bytes[lengthAt + 1] = length & 0xff;
}

function writeContent(writer: Writer, record: DnsRecord): void {
  switch (record.type) {
    case 'PTR':
      writeName(writer, record.target);
      break;
    case 'SRV':
      write16(writer, 0);
      write16(writer, 0);
      write16(writer, record.port);
      writeName(writer, record.target);
      break;
    case 'TXT':
      // RFC 6763 §6.1: an empty record is one empty string.
      for (const text of record.strings.length === 0 ? [new Uint8Array()] : record.strings) {
        const cut = text.subarray(0, LONGEST_TEXT_BYTES);
        writer.bytes.push(cut.length, ...cut);
      }
      break;
    case 'A':
    case 'AAAA':
      writer.bytes.push(...encodeAddress(record.address));
  }
}

function writeName(writer: Writer, name: DnsName): void {
  for (let index = 0; index < name.length; index += 1) {
    const rest = name.slice(index).join('\0');
    const known = writer.names?.get(rest);
    if (known !== undefined) return write16(writer, POINTER | known);
    if (writer.bytes.length <= FARTHEST_POINTER) writer.names?.set(rest, writer.bytes.length);
    const label = TEXT.encode(name[index]);
    writer.bytes.push(label.length, ...label);
  }
  writer.bytes.push(0);
}

function write16(writer: Writer, value: number): void {
  writer.bytes.push((value >> 8) & 0xff, value & 0xff);
}

function isPrintable(name: DnsName): boolean {
  let total = 1;
  for (const label of name) {
    const { length } = TEXT.encode(label);
    if (length === 0 || length > LONGEST_LABEL_BYTES) return false;
    total += length + 1;
  }
  return total <= LONGEST_NAME_BYTES;
}

function isPrintableRecord(record: DnsRecord): boolean {
  return isPrintable(record.name) && (!('target' in record) || isPrintable(record.target));
}
