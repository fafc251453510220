// Which session an INVITE with Replaces takes the place of (RFC 3891 §3).
import type { Reply } from '../endpoint.ts';
import { headerTexts } from '../message/header/header.ts';
import { replacesHeader } from '../message/header/replaces.ts';
import type { SipRequest } from '../message/message.ts';
import type { Session } from './session.ts';

export type Replaced<T> =
  { readonly kind: 'none' } | { readonly kind: 'found'; readonly session: T } | { readonly kind: 'refused'; readonly reply: Reply };

/** `find` looks up a dialog by Call-ID, our tag and the peer's. */
export function findReplaced<T extends Session>(
  request: SipRequest,
  find: (callId: string, localTag: string, remoteTag: string) => T | undefined,
): Replaced<T> {
  const texts = headerTexts(request, 'Replaces');
  const first = texts[0];
  if (first === undefined) return { kind: 'none' };
  const result = replacesHeader.parse(first);
  if (texts.length > 1 || result.kind === 'failure') return refused(400);
  const { callId, toTag, fromTag, isEarlyOnly } = result.value;
  const session = find(callId, toTag, fromTag);
  if (session === undefined) return refused(481);
  if (session.phase === 'ended' || session.phase === 'hanging-up') return refused(603);
  // An early dialog can be replaced only at who called: the callee has not decided yet.
  if (session.phase === 'early') return session.role === 'uac' ? { kind: 'found', session } : refused(481);
  return isEarlyOnly ? refused(486) : { kind: 'found', session };
}

function refused(status: number): { readonly kind: 'refused'; readonly reply: Reply } {
  return { kind: 'refused', reply: { status } };
}
