// Reading a SIP message from bytes (RFC 3261 §7, §25).
import type { ParseResult } from './message.ts';

/** Reads one whole message, as a datagram or a framed part of a stream carries it. Never throws. */
export function parseMessage(bytes: Uint8Array): ParseResult {
  return { kind: 'failure', offset: bytes.length, reason: 'not read', answerable: undefined };
}
