// Dialogs as values (RFC 3261 §12). Steps are pure: each returns the next dialog.
import type { NameAddr } from '../message/message.ts';
import type { Uri } from '../uri/uri.ts';

/** `local` and `remote` carry their tags as parameters too, ready to be From and To. */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly local: NameAddr;
  readonly remote: NameAddr;
  readonly remoteTarget: Uri;
  readonly routeSet: readonly NameAddr[];
  readonly localSequence: number;
  /** Undefined until the peer sent a request in it. */
  readonly remoteSequence: number | undefined;
  readonly isSecure: boolean;
}
