// The details of one message: when it reached each state, what went over the wire, its own envelope.
import type { MessageDetails } from '../../app/domain/message.ts';
import type { ReadableDb } from '../store/index.ts';
import * as store from '../store/index.ts';

/** null: no such message. */
export function readMessageDetails(db: ReadableDb, messageId: string): MessageDetails | null {
  const message = store.getMessage(db, { messageId });
  if (message === null) return null;
  const identity = store.getMessageIdentity(db, { messageId });
  const detail = store.getMessageDetail(db, { messageId });
  // Messages that came plainly, or before details were kept, have none of their own.
  const first = { state: message.direction === 'in' ? ('received' as const) : ('queued' as const), atMs: message.storedAtMs };
  const line = identity === null ? '' : `Call-ID: ${identity.callId}  CSeq: ${identity.cseq} MESSAGE`;
  return {
    messageId,
    states: detail.states.length > 0 ? detail.states : [first],
    exchange: detail.exchange.length > 0 || line === '' ? detail.exchange : [{ atMs: message.storedAtMs, line }],
    callId: identity?.callId ?? '',
    imdnMessageId: identity?.imdnId ?? '',
    contentType: message.contentType,
    isCpim: detail.isCpim ?? false,
    envelope: detail.envelope === null ? [] : (JSON.parse(detail.envelope) as MessageDetails['envelope']),
    wasStored: message.wasStored ?? false,
  };
}
