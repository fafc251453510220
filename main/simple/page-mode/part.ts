// A MIME entity: header lines and content (RFC 2045 §3), as CPIM carries it.
import type { HeaderField } from '../../sip/index.ts';
import { splitParameters } from '../header-value.ts';

/** More than this is an attack, not a message. */
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

/** Content-Type of a part, with RFC 2045 §5.2's default. */
export function partType(part: Part): ReturnType<typeof splitParameters> {
  return splitParameters(partHeader(part, 'content-type') ?? 'text/plain');
}
