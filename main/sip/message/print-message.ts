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
  const lines = headLines(message);
  const head = encodeText(lines.join('\r\n'));
  return withBody(breaksOnlyBetween(head, lines.length) ? head : encodeText(lines.map(onOneLine).join('\r\n')), message.body);
}

/** Start line and headers, and twice '' for the empty line at the end. */
function headLines(message: SipMessage): string[] {
  const lines = [
    message.kind === 'request' ? `${message.method} ${printUri(message.uri)} SIP/2.0` : `SIP/2.0 ${message.status} ${message.reason}`,
  ];
  for (const via of message.vias) lines.push('Via: ' + printVia(via));
  if (!isAbsent(message.from)) lines.push('From: ' + printNameAddr(message.from));
  if (!isAbsent(message.to)) lines.push('To: ' + printNameAddr(message.to));
  if (message.callId !== '') lines.push('Call-ID: ' + message.callId);
  lines.push('CSeq: ' + printCSeq(message.cseq));
  if (message.contacts === '*') lines.push('Contact: *');
  else for (const contact of message.contacts) lines.push('Contact: ' + printNameAddr(contact));
  for (const { name, value } of message.headers) lines.push(name + ': ' + value);
  lines.push(`Content-Length: ${message.body.length}`, '', '');
  return lines;
}

/** In the answer to a broken request, what could not be read is left out (see `absentAddress`). */
function isAbsent({ uri }: NameAddr): boolean {
  return uri.kind === 'other' && uri.scheme === '';
}

/**
 * SECURITY: the one guard against header injection. Whatever a value held (a display name, a subject, a reason phrase), the
 * head has as many line breaks as this stack put between its lines, and no CR, LF or NUL beside.
 */
function breaksOnlyBetween(head: Uint8Array, lineCount: number): boolean {
  let breaks = 0;
  for (let index = 0; index < head.length; index += 1) {
    const byte = head[index];
    if (byte === LF) breaks += 1;
    else if (byte === CR ? head[index + 1] !== LF : byte === 0) return false;
  }
  return breaks === lineCount - 1;
}

function withBody(head: Buffer, body: Uint8Array): Uint8Array {
  return body.length === 0 ? head : Buffer.concat([head, body]);
}
