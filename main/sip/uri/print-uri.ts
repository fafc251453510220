// Printing URIs (RFC 3261 §19.1, §25.1).
import { OTHER_URI, PASSWORD, URI_HEADER, URI_PARAMETER, USER } from './character.ts';
import { escapeText } from './octets.ts';
import type { Uri } from './uri.ts';

/** The URI's text, with every character escaped that its place does not allow. */
export function printUri(uri: Uri): string {
  if (uri.kind === 'other') return `${uri.scheme}:${escapeRest(uri.rest)}`;
  let text = uri.scheme === 'sip' ? 'sip:' : 'sips:';
  if (uri.user !== undefined) {
    text += escapeText(uri.user, USER);
    if (uri.password !== undefined) text += ':' + escapeText(uri.password, PASSWORD);
    text += '@';
  }
  text += uri.host;
  if (uri.port !== undefined) text += `:${uri.port}`;
  for (const { name, value } of uri.parameters) {
    text += ';' + escapeText(name, URI_PARAMETER);
    if (value !== undefined) text += '=' + escapeText(value, URI_PARAMETER);
  }
  let separator = '?';
  for (const { name, value } of uri.headers) {
    text += separator + escapeText(name, URI_HEADER) + '=' + escapeText(value ?? '', URI_HEADER);
    separator = '&';
  }
  return text;
}

/** SECURITY: a foreign URI must not leave its angle brackets: only visible ASCII without `"`, `<` and `>` stands as it is. */
function escapeRest(rest: string): string {
  return escapeText(rest, OTHER_URI);
}
