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
  const bytes = encode(printHead(message, asItIs), message.body);
  const headLength = bytes.length - message.body.length;
  return breaksOnlyBetween(bytes, headLength, countLines(message)) ? bytes : encode(printHead(message, onOneLine), message.body);
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

/**
 * SECURITY: the one guard against header injection. Whatever a value held (a display name, a subject, a reason phrase), the
 * head has as many line breaks as this stack put between its lines, and no CR, LF or NUL beside.
 */
function breaksOnlyBetween(bytes: Uint8Array, headLength: number, lineCount: number): boolean {
  let breaks = 0;
  for (let index = 0; index < headLength; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte > CR) continue;
    if (byte === LF) breaks += 1;
    else if (byte === CR ? bytes[index + 1] !== LF : byte === 0) return false;
  }
  return breaks === lineCount;
}

function encode(head: string, body: Uint8Array): Uint8Array {
  if (!head.isWellFormed()) return Buffer.concat([encodeText(head), body]);
  if (body.length === 0) return Buffer.from(head, 'utf8');
  const headLength = Buffer.byteLength(head, 'utf8');
  const bytes = Buffer.allocUnsafe(headLength + body.length);
  bytes.write(head, 0, 'utf8');
  bytes.set(body, headLength);
  return bytes;
}
