// The CANCEL for an INVITE (RFC 3261 §9.1).
import type { SipRequest } from '../message/message.ts';

const NO_BODY = new Uint8Array(0);
const REPEATED: ReadonlySet<string> = new Set(['Route', 'Max-Forwards', 'User-Agent']);

/** With the INVITE's own branch, so that it takes the same way and is told from others by its method. */
export function makeCancel(invite: SipRequest): SipRequest {
  return {
    kind: 'request',
    method: 'CANCEL',
    uri: invite.uri,
    vias: invite.vias.slice(0, 1),
    from: invite.from,
    to: invite.to,
    callId: invite.callId,
    cseq: { number: invite.cseq.number, method: 'CANCEL' },
    contacts: [],
    headers: invite.headers.filter((field) => REPEATED.has(field.name)),
    body: NO_BODY,
  };
}
