// Text and bytes: UTF-8 (RFC 3261 §7.3.1) in which invalid bytes survive, and %-escapes (RFC 3986 §2.1).
import { HEX, isOf } from './character.ts';

/**
 * WHY: a peer must get back the very tag, branch or Call-ID it sent, whatever its bytes. A byte that is not UTF-8 becomes the
 * lone surrogate U+DC00 + byte, which no valid UTF-8 yields, and `encodeText` turns it back.
 */
const BYTE_SURROGATE = 0xdc00;

/** A string with one character per byte (code 0–255) read as UTF-8. Never fails, see `BYTE_SURROGATE`. */
export function decodeOctets(octets: string): string {
  const bytes = Buffer.from(octets, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? decodeLoosely(bytes) : text;
}

/** Like `decodeOctets`, and free where all characters are ASCII. */
export function decodeText(octets: string): string {
  for (let index = 0; index < octets.length; index += 1) if (octets.charCodeAt(index) >= 0x80) return decodeOctets(octets);
  return octets;
}

function decodeLoosely(bytes: Buffer): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) text += String.fromCharCode(BYTE_SURROGATE + (bytes[at] ?? 0));
    else text += bytes.toString('utf8', at, at + length);
    at += length === 0 ? 1 : length;
  }
  return text;
}

/** Length of the valid UTF-8 sequence that starts at `at` (RFC 3629 §4), or 0. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let index = 2; index < length; index += 1) if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** The bytes of a text: UTF-8, with what `decodeOctets` kept of invalid bytes turned back. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0xd800 && code <= 0xdbff && isLowSurrogate(text.charCodeAt(index + 1))) {
      index += 1;
    } else if (code >= BYTE_SURROGATE + 0x80 && code <= BYTE_SURROGATE + 0xff) {
      parts.push(Buffer.from(text.slice(start, index), 'utf8'), Buffer.of(code - BYTE_SURROGATE));
      start = index + 1;
    }
  }
  parts.push(Buffer.from(text.slice(start), 'utf8'));
  return Buffer.concat(parts);
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function hexValue(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}

/** `text` without its %-escapes; undefined where a percent sign is not followed by two hexadecimal digits. */
export function unescapeOctets(text: string): string | undefined {
  let octets = '';
  let start = 0;
  let isAscii = true;
  let percent = text.indexOf('%');
  while (percent !== -1) {
    const high = text.charCodeAt(percent + 1);
    const low = text.charCodeAt(percent + 2);
    if (!isOf(high, HEX) || !isOf(low, HEX)) return undefined;
    const octet = hexValue(high) * 16 + hexValue(low);
    if (octet >= 0x80) isAscii = false;
    octets += text.slice(start, percent) + String.fromCharCode(octet);
    start = percent + 3;
    percent = text.indexOf('%', start);
  }
  octets += text.slice(start);
  return isAscii ? octets : decodeOctets(octets);
}

const HEX_DIGITS = '0123456789ABCDEF';

/** `text` with everything escaped that is not in the character class `allowed`. */
export function escapeText(text: string, allowed: number): string {
  let index = 0;
  while (index < text.length && isOf(text.charCodeAt(index), allowed)) index += 1;
  if (index === text.length) return text;
  let escaped = text.slice(0, index);
  for (const octet of encodeText(text.slice(index))) {
    if (isOf(octet, allowed)) escaped += String.fromCharCode(octet);
    else escaped += `%${HEX_DIGITS.charAt(octet >> 4)}${HEX_DIGITS.charAt(octet & 15)}`;
  }
  return escaped;
}
