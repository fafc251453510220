// The same text for the same message, however often and on whatever way it comes. Pure.
import { hash } from 'node:crypto';
import type { IncomingPageMessage } from '../simple/page-mode/page-message.ts';

/**
 * By the Message-ID of RFC 5438 where there is one: servers that keep messages make new requests of them. Else by sender, Call-ID,
 * CSeq, From tag and body together; never by the Call-ID alone.
 * INTEROP(libpurple): repeats Call-IDs and tags, so that the CSeq alone tells the same words typed twice from one message sent again.
 * WHY not for `product`, this program: what it sends again after a lost answer has a higher CSeq, or the peer would take it for a loop
 * (RFC 3261 §8.2.2.2), and its Call-IDs are never repeated (§8.1.1.4). Others that do so show twice, which is better than not at all.
 */
export function duplicateKey(
  sender: string,
  incoming: Pick<IncomingPageMessage, 'imdn' | 'headers' | 'callId' | 'cseqNumber' | 'fromTag' | 'body'>,
  product: string,
): string {
  // SECURITY: with the sender, so that nobody can take another's Message-ID and have their message passed over.
  if (incoming.imdn !== undefined) return digest(listed('imdn', sender, incoming.imdn.messageId));
  const program = incoming.headers.find(({ name }) => name === 'User-Agent')?.value ?? '';
  const occasion = program.startsWith(`${product}/`) ? '' : String(incoming.cseqNumber);
  const identity = Buffer.from(listed(sender, incoming.callId, incoming.fromTag, occasion));
  return digest(Buffer.concat([identity, incoming.body]));
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
