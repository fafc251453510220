// Printing URIs (RFC 3261 §19.1, §25.1).
import { OTHER_URI, PASSWORD, URI_HEADER, URI_PARAMETER, USER } from './character.ts';
import { escapeText } from './octets.ts';
import { AT, COLON, EQUALS, SEMICOLON, type TextSink, printed } from './text-sink.ts';
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
  sink.add(escapeText(uri.rest, OTHER_URI));
}

function writeSipUri(sink: TextSink, uri: SipUri): void {
  sink.add(uri.scheme === 'sip' ? 'sip:' : 'sips:');
  if (uri.user !== undefined) {
    sink.add(escapeText(uri.user, USER));
    if (uri.password !== undefined) {
      sink.mark(COLON);
      sink.add(escapeText(uri.password, PASSWORD));
    }
    sink.mark(AT);
  }
  sink.add(uri.host);
  if (uri.port !== undefined) {
    sink.mark(COLON);
    sink.add(String(uri.port));
  }
  for (const { name, value } of uri.parameters) {
    sink.mark(SEMICOLON);
    sink.add(escapeText(name, URI_PARAMETER));
    if (value === undefined) continue;
    sink.mark(EQUALS);
    sink.add(escapeText(value, URI_PARAMETER));
  }
  let separator = '?';
  for (const { name, value } of uri.headers) {
    sink.add(separator);
    sink.add(escapeText(name, URI_HEADER));
    sink.mark(EQUALS);
    sink.add(escapeText(value ?? '', URI_HEADER));
    separator = '&';
  }
}
