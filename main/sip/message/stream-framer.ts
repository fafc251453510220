// Cutting a byte stream into SIP messages by Content-Length (RFC 3261 §18.3) and keep-alives (RFC 5626 §4.4.1).
import type { ParseFailure, SipMessage } from './message.ts';

/**
 * What came out of a stream. `ping` is the double CRLF that wants a single CRLF (`pong`) back.
 * After a fatal failure the place of the next message is unknown: answer if `answerable`, then close.
 */
export type StreamItem =
  | { readonly kind: 'message'; readonly message: SipMessage }
  | { readonly kind: 'failure'; readonly failure: ParseFailure; readonly isFatal: boolean }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' };

/** One per connection. Holds at most one unfinished message, bounded by limits.ts. */
export class StreamFramer {
  /** Takes the next bytes and returns what they completed, in order. After a fatal failure: nothing more. */
  feed(bytes: Uint8Array): StreamItem[] {
    return bytes.length < 0 ? [{ kind: 'ping' }] : [];
  }
}
