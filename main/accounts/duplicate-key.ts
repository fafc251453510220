// The same text for the same message, however often and on whatever way it comes. Pure.
import { hash } from 'node:crypto';
import type { IncomingPageMessage } from '../simple/page-mode/page-message.ts';
import type { TypedAgain } from './typed-again.ts';

/**
 * By the Message-ID of RFC 5438 where there is one: servers that keep messages make new requests of them. Else by sender, Call-ID, From
 * tag, body and CSeq together; never by the Call-ID alone. Where there is a Date, it stands for a CSeq that was not just counted on.
 * WHY the Date: a message sent again after a lost answer keeps its Date, but its CSeq is higher, or the peer that remembers the first one
 * would take it for a loop (RFC 3261 §8.2.2.2); and it moves when the server asks for the password (§22.2).
 * INTEROP(libpurple): repeats Call-IDs and tags from run to run and sends no Date, so there the CSeq alone tells its messages apart.
 */
export function duplicateKey(
  sender: string,
  incoming: Pick<IncomingPageMessage, 'imdn' | 'headers' | 'callId' | 'cseqNumber' | 'fromTag' | 'body' | 'receivedAtMs'>,
  typedAgain: TypedAgain,
): string {
  // SECURITY: with the sender, so that nobody can take another's Message-ID and have their message passed over.
  if (incoming.imdn !== undefined) return digest(listed('imdn', sender, incoming.imdn.messageId));
  const date = incoming.headers.find(({ name }) => name === 'Date')?.value;
  const occasion = date === undefined ? `cseq ${incoming.cseqNumber}` : `date ${date}`;
  const identity = Buffer.from(listed(sender, incoming.callId, incoming.fromTag, occasion));
  const key = digest(Buffer.concat([identity, incoming.body]));
  const { cseqNumber, receivedAtMs } = incoming;
  return date !== undefined && typedAgain.isAnother(key, cseqNumber, receivedAtMs) ? digest(listed(key, String(cseqNumber))) : key;
}

/** Each with its length, so that no two lists become the same text. */
function listed(...parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}\n`).join('');
}

/** 132 bits: enough to tell messages apart, and for nobody to find another one of the same key. */
const KEY_LENGTH = 22;

function digest(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url').slice(0, KEY_LENGTH);
}
