// The ACK for a failed INVITE, which belongs to its transaction (RFC 3261 §17.1.1.3).
import type { SipRequest, SipResponse } from '../message/message.ts';

const NO_BODY = new Uint8Array(0);
/** What of the INVITE its ACK repeats: the route, and credentials so that a proxy lets it pass (§22.1). */
const REPEATED: ReadonlySet<string> = new Set(['Route', 'Max-Forwards', 'Authorization', 'Proxy-Authorization', 'User-Agent']);

export function makeAck(invite: SipRequest, response: SipResponse): SipRequest {
  return {
    kind: 'request',
    method: 'ACK',
    uri: invite.uri,
    vias: invite.vias.slice(0, 1),
    from: invite.from,
    to: response.to,
    callId: invite.callId,
    cseq: { number: invite.cseq.number, method: 'ACK' },
    contacts: [],
    headers: invite.headers.filter((field) => REPEATED.has(field.name)),
    body: NO_BODY,
  };
}
