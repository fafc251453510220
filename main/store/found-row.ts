// One row of a search as a list of columns, and the domain's Message with its snippet made of it.
import type { Message, MessageFailure, MessageState } from '../../app/domain/message.ts';
import type { MessageExtra } from './message-row.ts';

export type FoundMessage = Message & { snippet: string };

/** The columns of FOUND_COLUMNS in their order. */
export type FoundRow = readonly [
  messageId: number,
  conversationId: number,
  accountId: number,
  isIncoming: 0 | 1,
  state: MessageState | null,
  contentType: string | null,
  text: string,
  sentAtMs: number,
  storedAtMs: number,
  failureCode: number | null,
  failureReason: string | null,
  failureBy: NonNullable<MessageFailure['by']> | null,
  extra: string | null,
  address: string,
];
/** Places in FoundRow. */
export const AT = { messageId: 0, conversationId: 1, accountId: 2, isIncoming: 3, text: 6, sentAtMs: 7 } as const;

/**
 * To be read from `message m` and `conversation c`.
 * WHY nothing for what nearly all rows have: making a string of it costs more than comparing it.
 */
export const FOUND_COLUMNS = `m.message_id, m.conversation_id, m.account_id, m.direction = 'in', nullif(m.state, 'read'),
  nullif(m.content_type, 'text/plain'), m.text, m.sent_at_ms, m.stored_at_ms, m.failure_code, m.failure_reason, m.failure_by, m.extra, c.address`;

export function toFoundMessage(row: FoundRow, snippet: string): FoundMessage {
  const message: FoundMessage = {
    messageId: String(row[0]),
    conversationId: String(row[1]),
    accountId: String(row[2]),
    direction: row[3] === 1 ? 'in' : 'out',
    address: row[13],
    text: row[6],
    contentType: row[5] ?? 'text/plain',
    sentAtMs: row[7],
    storedAtMs: row[8],
    state: row[4] ?? 'read',
    snippet,
  };
  if (row[9] !== null) {
    message.failure = { code: row[9], reason: row[10] ?? '' };
    if (row[11] !== null) message.failure.by = row[11];
  }
  return row[12] === null ? message : Object.assign(message, JSON.parse(row[12]) as MessageExtra);
}
