// MIME parts: header lines and content (RFC 2045 §3, RFC 2046 §5.1), as multipart bodies and CPIM carry them.
import type { HeaderField } from '../../sip/index.ts';
import { splitParameters } from '../header-value.ts';

/** Deeper or more than this is an attack, not a message. */
export const MAX_DEPTH = 4;
const MAX_PARTS = 32;
const MAX_PART_HEADERS = 64;

export interface Part {
  readonly headers: readonly HeaderField[];
  readonly body: Uint8Array;
}

/** The first value of a header by name without case; undefined when absent. */
export function partHeader(part: Part, name: string): string | undefined {
  return part.headers.find((field) => field.name.toLowerCase() === name)?.value;
}

/** Splits header lines from content at the first empty line; undefined where there is none or a line is no header. */
export function readPart(bytes: Uint8Array): Part | undefined {
  const headers: HeaderField[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(LF, at);
    if (end === -1) return undefined;
    const line = latin1(bytes.subarray(at, bytes[end - 1] === CR && end > at ? end - 1 : end));
    at = end + 1;
    if (line === '') return { headers, body: bytes.subarray(at) };
    if (!takeHeaderLine(headers, line)) return undefined;
  }
}

const LF = 10;
const CR = 13;

const NAME = /^[^\s<>"]+$/;

function takeHeaderLine(headers: HeaderField[], line: string): boolean {
  const last = headers.at(-1);
  if (/^[ \t]/.test(line) && last !== undefined) {
    headers[headers.length - 1] = { name: last.name, value: `${last.value} ${utf8(line.trim())}`.trim() };
    return true;
  }
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trim();
  if (colon < 1 || headers.length >= MAX_PART_HEADERS || !NAME.test(name)) return false;
  headers.push({ name, value: utf8(line.slice(colon + 1).trim()) });
  return true;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Header values are UTF-8 in CPIM (RFC 3862 §2.3), and harmless where they are US-ASCII. */
function utf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

/** Parts between the delimiters (RFC 2046 §5.1.1); undefined where there is no delimiter. A missing closing one is forgiven. */
export function splitMultipart(body: Uint8Array, boundary: string): Part[] | undefined {
  if (boundary === '' || boundary.length > 70) return undefined;
  const delimiter = new TextEncoder().encode(`--${boundary}`);
  const parts: Part[] = [];
  let at = findDelimiter(body, delimiter, 0);
  if (at === -1) return undefined;
  while (parts.length < MAX_PARTS) {
    const afterDelimiter = at + delimiter.length;
    if (body[afterDelimiter] === DASH && body[afterDelimiter + 1] === DASH) break;
    const start = body.indexOf(LF, afterDelimiter) + 1;
    if (start === 0) break;
    const next = findDelimiter(body, delimiter, start);
    const content = body.subarray(start, next === -1 ? body.length : withoutLineEnd(body, next, start));
    // A part without header lines starts with the empty line (RFC 2046 §5.1).
    const part = readPart(content);
    if (part !== undefined) parts.push(part);
    if (next === -1) break;
    at = next;
  }
  return parts;
}

const DASH = 45;

function withoutLineEnd(body: Uint8Array, delimiterAt: number, start: number): number {
  const lf = delimiterAt - 1;
  if (lf < start) return start;
  return lf > start && body[lf - 1] === CR ? lf - 1 : lf;
}

/** The next delimiter at the beginning of a line. */
function findDelimiter(body: Uint8Array, delimiter: Uint8Array, from: number): number {
  for (let at = body.indexOf(DASH, from); at !== -1; at = body.indexOf(DASH, at + 1)) {
    const isLineStart = at === 0 || body[at - 1] === LF;
    if (isLineStart && delimiter.every((byte, index) => body[at + index] === byte)) return at;
  }
  return -1;
}

/** Content-Type of a part, with RFC 2045 §5.2's default. */
export function partType(part: Part): ReturnType<typeof splitParameters> {
  return splitParameters(partHeader(part, 'content-type') ?? 'text/plain');
}
