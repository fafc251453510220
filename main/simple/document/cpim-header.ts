// Header lines of message/cpim: splitting, addresses and escapes (RFC 3862 §2.3, §3).
import type { DocumentFailure } from './xml/element.ts';

export interface CpimAddress {
  /** '' when not given. A claim. */
  readonly displayName: string;
  readonly uri: string;
}

export interface CpimLine {
  readonly name: string;
  /** As written, escapes included. */
  readonly value: string;
}

const MAX_HEADERS = 64; // of one block; real envelopes have about ten
const MAX_LINE_BYTES = 4096; // of one header; long enough for any address or subject a person writes
const CR = 13;
const LF = 10;

/** Reads header lines up to and with the empty line. `end`: the offset behind it. Lines without a colon are refused. */
export function readCpimHeaders(
  bytes: Uint8Array,
  start: number,
): { kind: 'ok'; lines: readonly CpimLine[]; end: number } | DocumentFailure {
  const lines: CpimLine[] = [];
  let position = start;
  while (position < bytes.length) {
    const feed = bytes.subarray(position, position + MAX_LINE_BYTES).indexOf(LF);
    if (feed < 0) return { kind: 'failure', reason: 'a header line without an end', offset: position };
    const isCrLf = feed > 0 && bytes[position + feed - 1] === CR;
    const text = new TextDecoder().decode(bytes.subarray(position, position + feed - (isCrLf ? 1 : 0)));
    if (text === '') return { kind: 'ok', lines, end: position + feed + 1 };
    // RFC 3862 §3.2: parameters such as `;lang=fr` stand between the colon and the value.
    const match = /^([^\s:]+):(?:;[^\s:;]+)*[ \t]*(.*)$/s.exec(text);
    if (match === null) return { kind: 'failure', reason: 'not a header line', offset: position };
    if (lines.length >= MAX_HEADERS) return { kind: 'failure', reason: `more than ${MAX_HEADERS} headers`, offset: position };
    lines.push({ name: match[1] ?? '', value: (match[2] ?? '').trim() });
    position += feed + 1;
  }
  return { kind: 'failure', reason: 'no empty line behind the headers', offset: position };
}

/** RFC 3862 §4.1: `[name] <uri>`; undefined for anything else. INTEROP: a bare URI is taken too. */
export function readCpimAddress(value: string): CpimAddress | undefined {
  const match = /^(.*?)<([^<>]*)>\s*$/s.exec(value);
  const uri = (match === null ? value : (match[2] ?? '')).trim();
  if (uri === '' || /[\s\p{Cc}]/u.test(uri)) return undefined;
  const name = match?.[1]?.trim() ?? '';
  const isQuoted = name.length > 1 && name.startsWith('"') && name.endsWith('"');
  return { displayName: unescapeCpim(isQuoted ? name.slice(1, -1) : name), uri };
}

export function printCpimAddress({ displayName, uri }: CpimAddress): string {
  const plainUri = uri.replace(/[\s\p{Cc}<>]/gu, (character) => encodeURIComponent(character));
  // SECURITY: '<' and '>' are written as escapes, so that a name cannot hold an address of its own.
  const name = escapeCpim(displayName)
    .replaceAll('"', '\\"')
    .replace(/[<>]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return name === '' ? `<${plainUri}>` : `"${name}" <${plainUri}>`;
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', r: '\r' };

/** RFC 3862 §2.3.1: `\n`, `\u00e9`, and a backslash before any other character. */
export function unescapeCpim(text: string): string {
  return text
    .replace(/\\(?:u([0-9a-f]{4})|([^]))/giu, (whole, code: string | undefined, letter: string | undefined) =>
      code === undefined ? (ESCAPES[letter ?? ''] ?? letter ?? whole) : String.fromCharCode(parseInt(code, 16)),
    )
    .toWellFormed();
}

/** Backslashes and control characters escaped: the result is one line. */
export function escapeCpim(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replace(/\p{Cc}|[\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
