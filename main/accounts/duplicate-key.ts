// The same text for the same message, however often and on whatever way it comes. Pure.
import { createHash } from 'node:crypto';
import type { IncomingPageMessage } from '../simple/page-mode/page-message.ts';

/**
 * By the Message-ID of RFC 5438 where there is one: servers that keep messages make new requests of them. Else by sender, Call-ID,
 * From tag, body, and either the sender's Date or the CSeq; never by the Call-ID alone.
 * WHY the Date: a message sent again after a lost answer keeps its Date, but its CSeq moves when the server asks for the password.
 * INTEROP(libpurple): repeats Call-IDs and tags from run to run and sends no Date, so there the CSeq tells its messages apart.
 */
export function duplicateKey(
  sender: string,
  incoming: Pick<IncomingPageMessage, 'imdn' | 'headers' | 'callId' | 'cseqNumber' | 'fromTag' | 'body'>,
): string {
  const hash = createHash('sha256');
  const add = (...parts: readonly string[]): void => {
    for (const part of parts) hash.update(`${part.length}:${part}\n`);
  };
  // SECURITY: with the sender, so that nobody can take another's Message-ID and have their message passed over.
  if (incoming.imdn !== undefined) {
    add('imdn', sender, incoming.imdn.messageId);
    return hash.digest('base64url');
  }
  const date = incoming.headers.find(({ name }) => name === 'Date')?.value;
  const occasion = date === undefined ? `cseq ${incoming.cseqNumber}` : `date ${date}`;
  add(sender, incoming.callId, incoming.fromTag, occasion);
  return hash.update(incoming.body).digest('base64url');
}
