// Keys and values of a TXT record (RFC 6763 §6), and text from strangers made readable.
import { LONGEST_NAME, LONGEST_TEXT_BYTES, MOST_TEXT_STRINGS } from './limits.ts';

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
/** RFC 6763 §6.4: printable ASCII but "=". */
const KEY = /^[\x20-\x3c\x3e-\x7e]{1,64}$/;
/** SECURITY: control characters, line ends and marks that turn or hide text would let a name pose as something else. */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufffd]+/gu;

/** Keys in lower case; of a key that comes twice the first counts (RFC 6763 §6.4). A key without "=" has the value "". Never throws. */
export function readText(strings: readonly Uint8Array[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const bytes of strings.slice(0, MOST_TEXT_STRINGS)) {
    const text = DECODER.decode(bytes);
    const at = text.indexOf('=');
    const key = (at < 0 ? text : text.slice(0, at)).toLowerCase();
    if (KEY.test(key) && !values.has(key)) values.set(key, at < 0 ? '' : text.slice(at + 1));
  }
  return values;
}

/** Each as `key=value`; a value too long for one string is cut between characters. */
export function printText(values: readonly (readonly [string, string])[]): Uint8Array[] {
  return values.map(([key, value]) => ENCODER.encode(`${key}=${cutBytes(value, LONGEST_TEXT_BYTES - ENCODER.encode(key).length - 1)}`));
}

/** `text` on one line, of visible characters, at most `LONGEST_NAME` of them. May be empty. */
export function readable(text: string): string {
  // WHY first a rough cut: what follows costs time for every character.
  const clean = text
    .slice(0, LONGEST_NAME * 16)
    .replace(UNREADABLE, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = Array.from(clean);
  return characters.length <= LONGEST_NAME
    ? clean
    : `${characters
        .slice(0, LONGEST_NAME - 1)
        .join('')
        .trimEnd()}…`;
}

/** As many whole characters of `text` as fit `most` bytes of UTF-8. */
export function cutBytes(text: string, most: number): string {
  const { read } = ENCODER.encodeInto(text, new Uint8Array(Math.max(0, most)));
  return text.slice(0, read);
}
