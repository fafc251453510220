// Reading URIs (RFC 3261 §19.1, §25.1).
import type { Uri } from './uri.ts';

export type UriResult =
  { readonly kind: 'ok'; readonly value: Uri } | { readonly kind: 'failure'; readonly offset: number; readonly reason: string };

/** Reads one absolute URI; nothing may come before or after it. Never throws. */
export function parseUri(text: string): UriResult {
  return { kind: 'failure', offset: 0, reason: `cannot read ${text}` };
}
