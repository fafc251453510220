// One row of the message table with its conversation's address, and the domain's Message made of it.
import type { Message, MessageState } from '../../app/domain/message.ts';
import { columnList } from './columns.ts';

export interface MessageRow {
  message_id: number;
  conversation_id: number;
  account_id: number;
  direction: 'in' | 'out';
  state: MessageState;
  content_type: string;
  text: string;
  sent_at_ms: number;
  stored_at_ms: number;
  failure_code: number | null;
  failure_reason: string | null;
}

/** To be read from `message m`. */
export const MESSAGE_COLUMNS = columnList<MessageRow>()('m', [
  'message_id',
  'conversation_id',
  'account_id',
  'direction',
  'state',
  'content_type',
  'text',
  'sent_at_ms',
  'stored_at_ms',
  'failure_code',
  'failure_reason',
]);

/** `address` is the conversation's. */
export function toMessage(row: MessageRow, address: string): Message {
  const message: Message = {
    messageId: String(row.message_id),
    conversationId: String(row.conversation_id),
    accountId: String(row.account_id),
    direction: row.direction,
    address,
    text: row.text,
    contentType: row.content_type,
    sentAtMs: row.sent_at_ms,
    storedAtMs: row.stored_at_ms,
    state: row.state,
  };
  if (row.failure_code !== null) message.failure = { code: row.failure_code, reason: row.failure_reason ?? '' };
  return message;
}
