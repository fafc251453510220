// Printing URIs (RFC 3261 §19.1, §25.1).
import { OTHER_URI, PASSWORD, URI_HEADER, URI_PARAMETER, USER } from './character.ts';
import { escapeText } from './octets.ts';
import { AT, COLON, EQUALS, SEMICOLON, type TextSink, printed } from './text-sink.ts';
import type { Parameter } from './parameter.ts';
import type { SipUri, Uri } from './uri.ts';

/** The URI's text, with every character escaped that its place does not allow. */
export function printUri(uri: Uri): string {
  return printed(writeUri, uri);
}

export function writeUri(sink: TextSink, uri: Uri): void {
  if (uri.kind === 'sip') return writeSipUri(sink, uri);
  sink.add(uri.scheme);
  sink.mark(COLON);
  // SECURITY: a foreign URI must not leave its angle brackets: only visible ASCII without `"`, `<` and `>` stands as it is.
  addEscaped(sink, uri.rest, OTHER_URI);
}

function addEscaped(sink: TextSink, text: string, allowed: number): void {
  if (!sink.addIf(text, allowed)) sink.add(escapeText(text, allowed));
}

function writeSipUri(sink: TextSink, uri: SipUri): void {
  sink.add(uri.scheme === 'sip' ? 'sip:' : 'sips:');
  if (uri.user !== undefined) {
    addEscaped(sink, uri.user, USER);
    if (uri.password !== undefined) {
      sink.mark(COLON);
      addEscaped(sink, uri.password, PASSWORD);
    }
    sink.mark(AT);
  }
  sink.add(uri.host);
  if (uri.port !== undefined) {
    sink.mark(COLON);
    sink.add(String(uri.port));
  }
  // WHY asked first: nearly all have none, and an empty list costs as much as two full ones.
  if (uri.parameters.length > 0) writeUriParameters(sink, uri.parameters);
  if (uri.headers.length > 0) writeUriHeaders(sink, uri.headers);
}

function writeUriParameters(sink: TextSink, parameters: readonly Parameter[]): void {
  for (const { name, value } of parameters) {
    sink.mark(SEMICOLON);
    addEscaped(sink, name, URI_PARAMETER);
    if (value === undefined) continue;
    sink.mark(EQUALS);
    addEscaped(sink, value, URI_PARAMETER);
  }
}

function writeUriHeaders(sink: TextSink, headers: SipUri['headers']): void {
  let separator = '?';
  for (const { name, value } of headers) {
    sink.add(separator);
    addEscaped(sink, name, URI_HEADER);
    sink.mark(EQUALS);
    addEscaped(sink, value ?? '', URI_HEADER);
    separator = '&';
  }
}
