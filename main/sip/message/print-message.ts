// Printing a SIP message (RFC 3261 §7). Content-Length is always added.
import { encodeText } from '../uri/octets.ts';
import { printUri } from '../uri/print-uri.ts';
import { printNameAddr } from './grammar/name-addr.ts';
import { onOneLine } from './grammar/one-line.ts';
import { printCSeq } from './header/cseq.ts';
import { printVia } from './header/via.ts';
import type { NameAddr, SipMessage } from './message.ts';

const CR = 0x0d;
const LF = 0x0a;

/** The message's bytes, ready for any transport. Never throws; CR, LF and NUL inside values become spaces. */
export function printMessage(message: SipMessage): Uint8Array {
  const { body } = message;
  const head = printHead(message, asItIs);
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 0, head.length, 'utf8');
  const breaks = countBreaks(bytes, head.length);
  if (breaks === countLines(message)) {
    if (body.length > 0) bytes.set(body, head.length);
    return bytes;
  }
  if (breaks !== NOT_ASCII) return Buffer.concat([encodeText(printHead(message, onOneLine)), body]);
  const encoded = encodeText(head);
  const isClean = countBreaks(encoded, encoded.length, 0x100) === countLines(message);
  return Buffer.concat([isClean ? encoded : encodeText(printHead(message, onOneLine)), body]);
}

function asItIs(line: string): string {
  return line;
}

/** Start line and headers, and the empty line that ends them; each line goes through `guard`. */
function printHead(message: SipMessage, guard: (line: string) => string): string {
  let text =
    message.kind === 'request'
      ? guard(`${message.method} ${printUri(message.uri)} SIP/2.0`)
      : guard(`SIP/2.0 ${message.status} ${message.reason}`);
  for (const via of message.vias) text += '\r\nVia: ' + guard(printVia(via));
  if (!isAbsent(message.from)) text += '\r\nFrom: ' + guard(printNameAddr(message.from));
  if (!isAbsent(message.to)) text += '\r\nTo: ' + guard(printNameAddr(message.to));
  if (message.callId !== '') text += '\r\nCall-ID: ' + guard(message.callId);
  text += '\r\nCSeq: ' + guard(printCSeq(message.cseq));
  if (message.contacts === '*') text += '\r\nContact: *';
  else for (const contact of message.contacts) text += '\r\nContact: ' + guard(printNameAddr(contact));
  for (const { name, value } of message.headers) text += '\r\n' + guard(name) + ': ' + guard(value);
  return text + '\r\nContent-Length: ' + String(message.body.length) + '\r\n\r\n';
}

/** Lines that `printHead` makes, the empty one included. */
function countLines({ vias, from, to, callId, contacts, headers }: SipMessage): number {
  const optional = (isAbsent(from) ? 0 : 1) + (isAbsent(to) ? 0 : 1) + (callId === '' ? 0 : 1);
  return 4 + optional + vias.length + (contacts === '*' ? 1 : contacts.length) + headers.length;
}

/** In the answer to a broken request, what could not be read is left out (see `absentAddress`). */
function isAbsent({ uri }: NameAddr): boolean {
  return uri.kind === 'other' && uri.scheme === '';
}

const NOT_ASCII = -1;
const STRAY = -2;

/**
 * SECURITY: the one guard against header injection. Whatever a value held (a display name, a subject, a reason phrase), the
 * head has as many line breaks as this stack put between its lines, and no CR, LF or NUL beside. Returns how many there are;
 * STRAY for one that is no line break, NOT_ASCII for a byte of `beyond` or more. WHY both at once: nearly every head is
 * ASCII, for which as many bytes as characters suffice; the first character that is not always shows, as a line break follows it.
 */
function countBreaks(bytes: Uint8Array, length: number, beyond = 0x80): number {
  let breaks = 0;
  let index = 0;
  while (index < length) {
    let byte = bytes[index] ?? 0;
    while (byte > CR && byte < beyond) {
      index += 1;
      byte = bytes[index] ?? 0;
    }
    if (index >= length) break;
    if (byte >= beyond) return NOT_ASCII;
    if (byte === LF) breaks += 1;
    else if (byte === CR ? bytes[index + 1] !== LF : byte === 0) return STRAY;
    index += 1;
  }
  return breaks;
}
