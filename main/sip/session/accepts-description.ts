// Whether the caller takes a session description in the answer at all (RFC 3261 §13.3.1.3, §20.1; RFC 4475 §3.3.15).
import { acceptHeader } from '../message/header/accept.ts';
import { readHeaderList } from '../message/header/header.ts';
import type { SipRequest } from '../message/message.ts';

/** True without Accept, whose default is application/sdp, and where it cannot be read. */
export function acceptsDescription(invite: SipRequest): boolean {
  const accepted = readHeaderList(invite, acceptHeader);
  if (accepted?.kind !== 'ok') return true;
  return accepted.value.some(({ type, subtype }) => {
    const range = `${type}/${subtype}`.toLowerCase();
    return range === '*/*' || range === 'application/*' || range === 'application/sdp' || range.startsWith('multipart/');
  });
}
