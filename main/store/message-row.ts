// One row of the message table with its conversation's address, and the domain's Message made of it.
import type { Message, MessageFailure, MessageState } from '../../app/domain/message.ts';
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
  failure_by: NonNullable<MessageFailure['by']> | null;
  extra: string | null;
}

/** What only few messages have. */
export type MessageExtra = Pick<Message, 'wasStored' | 'subject' | 'reference'>;

export function printExtra(extra: MessageExtra): string | null {
  const text = JSON.stringify({ wasStored: extra.wasStored, subject: extra.subject, reference: extra.reference });
  return text === '{}' ? null : text;
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
  'failure_by',
  'extra',
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
  if (row.failure_code !== null) {
    message.failure = { code: row.failure_code, reason: row.failure_reason ?? '' };
    if (row.failure_by !== null) message.failure.by = row.failure_by;
  }
  return row.extra === null ? message : { ...message, ...(JSON.parse(row.extra) as MessageExtra) };
}
