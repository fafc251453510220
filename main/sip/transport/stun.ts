// STUN as a keep-alive: Binding requests and their answers, nothing else of it (RFC 5389 §6, §15.2, RFC 5626 §8).
import type { NetworkAddress } from '../network.ts';

export type StunMessage =
  | { readonly kind: 'request'; readonly transactionId: string }
  /** `mapped`: our address as the peer sees it; undefined where it did not say. */
  | { readonly kind: 'success'; readonly transactionId: string; readonly mapped: NetworkAddress | undefined }
  | { readonly kind: 'error'; readonly transactionId: string };

export const STUN_ID_BYTES = 12;
const HEADER_BYTES = 20;
const MAGIC = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const MAPPED_ADDRESS = 0x0001;
const XOR_MAPPED_ADDRESS = 0x0020;
const FAMILY_V4 = 1;
const FAMILY_V6 = 2;
/** Far above what an answer carries. */
const MOST_ATTRIBUTES = 32;

/** RFC 5389 §6: two zero bits and the magic cookie. WHY both: a method may begin with `!` (RFC 4475 §3.1.1.2), which has these bits too. */
export function looksLikeStun(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES || (bytes[0] ?? 255) >= 0x40) return false;
  return bytes[4] === 0x21 && bytes[5] === 0x12 && bytes[6] === 0xa4 && bytes[7] === 0x42;
}

/** `transactionId`: twelve bytes nobody can guess. */
export function printStunRequest(transactionId: Uint8Array): Uint8Array {
  return message(BINDING_REQUEST, transactionId, new Uint8Array(0));
}

/** The answer to a Binding request that came from `mapped`; IPv6 only in its full form or with one `::`. */
export function printStunSuccess(transactionId: string, mapped: NetworkAddress): Uint8Array {
  const id = Buffer.from(transactionId, 'hex');
  const address = addressBytes(mapped.address);
  const value = Buffer.alloc(4 + address.length);
  value[1] = address.length === 4 ? FAMILY_V4 : FAMILY_V6;
  value.writeUInt16BE(mapped.port ^ (MAGIC >>> 16), 2);
  value.set(xored(address, id), 4);
  const attribute = Buffer.alloc(4);
  attribute.writeUInt16BE(XOR_MAPPED_ADDRESS, 0);
  attribute.writeUInt16BE(value.length, 2);
  return message(BINDING_SUCCESS, id, Buffer.concat([attribute, value]));
}

/** Undefined for what is no Binding message of RFC 5389. Never throws. */
export function parseStun(bytes: Uint8Array): StunMessage | undefined {
  if (!looksLikeStun(bytes)) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.readUInt32BE(4) !== MAGIC || buffer.readUInt16BE(2) !== buffer.length - HEADER_BYTES) return undefined;
  const transactionId = buffer.toString('hex', 8, HEADER_BYTES);
  switch (buffer.readUInt16BE(0)) {
    case BINDING_REQUEST:
      return { kind: 'request', transactionId };
    case BINDING_SUCCESS:
      return { kind: 'success', transactionId, mapped: mappedAddress(buffer) };
    case BINDING_ERROR:
      return { kind: 'error', transactionId };
    default:
      return undefined;
  }
}

function message(type: number, id: Uint8Array, attributes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(attributes.length, 2);
  header.writeUInt32BE(MAGIC, 4);
  header.set(id, 8);
  return Buffer.concat([header, attributes]);
}

function mappedAddress(buffer: Buffer): NetworkAddress | undefined {
  let offset = HEADER_BYTES;
  for (let count = 0; count < MOST_ATTRIBUTES && offset + 4 <= buffer.length; count++) {
    const type = buffer.readUInt16BE(offset);
    const length = buffer.readUInt16BE(offset + 2);
    const value = buffer.subarray(offset + 4, offset + 4 + length);
    if (value.length < length) return undefined;
    if (type === XOR_MAPPED_ADDRESS || type === MAPPED_ADDRESS) return readAddress(value, buffer.subarray(8, HEADER_BYTES), type);
    // §15: attributes are padded to four bytes.
    offset += 4 + Math.ceil(length / 4) * 4;
  }
  return undefined;
}

function readAddress(value: Buffer, id: Uint8Array, type: number): NetworkAddress | undefined {
  const length = value[1] === FAMILY_V4 ? 4 : 16;
  if (value.length !== 4 + length || (value[1] !== FAMILY_V4 && value[1] !== FAMILY_V6)) return undefined;
  const isXored = type === XOR_MAPPED_ADDRESS;
  const port = value.readUInt16BE(2) ^ (isXored ? MAGIC >>> 16 : 0);
  const bytes = isXored ? xored(value.subarray(4), id) : value.subarray(4);
  return { address: addressText(bytes), port };
}

/** §15.2: with the magic cookie, and for IPv6 the transaction's number behind it. */
function xored(address: Uint8Array, id: Uint8Array): Uint8Array {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC, 0);
  mask.set(id, 4);
  return address.map((byte, index) => byte ^ (mask[index] ?? 0));
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16));
  return groups.join(':');
}

function addressBytes(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number));
  const [head = '', tail] = text.replace(/%.*/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros: string[] = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 8);
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]));
}
