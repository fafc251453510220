// Printing a SIP message (RFC 3261 §7). Content-Length is always added.
import { SPACE } from '../uri/text-sink.ts';
import { writeUri } from '../uri/print-uri.ts';
import { writeNameAddr } from './grammar/name-addr.ts';
import { HeadWriter, fieldStart } from './head-writer.ts';
import { writeCSeq } from './header/cseq.ts';
import { writeViaRest } from './header/via.ts';
import type { NameAddr, SipMessage } from './message.ts';

const VIA = fieldStart('Via: SIP/2.0/');
const FROM = fieldStart('From: ');
const TO = fieldStart('To: ');
const CALL_ID = fieldStart('Call-ID: ');
const CSEQ = fieldStart('CSeq: ');
const CONTACT = fieldStart('Contact: ');
const CONTENT_LENGTH = fieldStart('Content-Length: ');

const writer = new HeadWriter();

/** The message's bytes, ready for any transport. Never throws; CR, LF and NUL inside values become spaces. */
export function printMessage(message: SipMessage): Uint8Array {
  const { vias, from, to, callId, cseq, contacts, headers, body } = message;
  writer.begin();
  writeStartLine(message);
  for (const via of vias) {
    writer.startLine(VIA);
    writeViaRest(writer, via);
  }
  if (!isAbsent(from)) writeAddress(FROM, from);
  if (!isAbsent(to)) writeAddress(TO, to);
  if (callId !== '') writeKnown(CALL_ID, callId);
  writer.startLine(CSEQ);
  writeCSeq(writer, cseq);
  if (contacts === '*') writeKnown(CONTACT, '*');
  else for (const contact of contacts) writeAddress(CONTACT, contact);
  for (const { name, value } of headers) {
    writer.startField(name);
    writer.add(value);
  }
  writeKnown(CONTENT_LENGTH, String(body.length));
  return writer.end(body);
}

function writeStartLine(message: SipMessage): void {
  if (message.kind === 'request') {
    writer.add(message.method);
    writer.mark(SPACE);
    writeUri(writer, message.uri);
    writer.add(' SIP/2.0');
  } else {
    writer.add('SIP/2.0 ');
    writer.add(String(message.status));
    writer.mark(SPACE);
    writer.add(message.reason);
  }
}

function writeKnown(start: Uint8Array, value: string): void {
  writer.startLine(start);
  writer.add(value);
}

function writeAddress(start: Uint8Array, address: NameAddr): void {
  writer.startLine(start);
  writeNameAddr(writer, address);
}

/** In the answer to a broken request, what could not be read is left out (see `absentAddress`). */
function isAbsent({ uri }: NameAddr): boolean {
  return uri.kind === 'other' && uri.scheme === '';
}
