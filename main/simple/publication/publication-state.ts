// The state of a publication, as its owner sees it (RFC 3903).
import type { KeptFailed } from '../outcome.ts';

export type PublicationState =
  /** Nothing is published, and nothing is to be. */
  | { readonly kind: 'off' }
  | { readonly kind: 'working' }
  /** The newest document is at the server until then, and is refreshed before. */
  | { readonly kind: 'ok'; readonly untilMs: number }
  | KeptFailed;
