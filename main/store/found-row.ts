// One row of a search as a list of columns, and the domain's Message with its snippet made of it.
import type { Message, MessageFailure, MessageState } from '../../app/domain/message.ts';
import type { MessageExtra } from './message-row.ts';

export type FoundMessage = Message & { snippet: string };

/** The columns of FOUND_COLUMNS in their order. */
export type FoundRow = readonly [
  messageId: number,
  conversationId: number,
  isIncoming: 0 | 1,
  state: MessageState | null,
  contentType: string | null,
  text: string,
  sentAtMs: number,
  storedAtMs: number,
  rest: string | null,
];
type Rest = readonly [code: number | null, reason: string | null, by: NonNullable<MessageFailure['by']> | null, extra: string | null];
/** Places in FoundRow. */
export const AT = { messageId: 0, conversationId: 1, isIncoming: 2, text: 5, sentAtMs: 6 } as const;

/**
 * To be read from `message m`.
 * WHY nothing for what nearly all rows have, and one column for what hardly any has: handing over a value costs more than comparing it.
 */
export const FOUND_COLUMNS = `m.message_id, m.conversation_id, m.direction = 'in', nullif(m.state, 'read'), nullif(m.content_type, 'text/plain'),
  m.text, m.sent_at_ms, m.stored_at_ms, iif(m.failure_code IS NULL AND m.extra IS NULL, NULL,
    json_array(m.failure_code, m.failure_reason, m.failure_by, m.extra))`;

/** What a message has from its conversation. It never changes. */
export interface FoundPlace {
  readonly conversationId: string;
  readonly accountId: string;
  readonly address: string;
}

export function toFoundMessage(row: FoundRow, { conversationId, accountId, address }: FoundPlace, snippet: string): FoundMessage {
  const message: FoundMessage = {
    messageId: String(row[0]),
    conversationId,
    accountId,
    direction: row[2] === 1 ? 'in' : 'out',
    address,
    text: row[5],
    contentType: row[4] ?? 'text/plain',
    sentAtMs: row[6],
    storedAtMs: row[7],
    state: row[3] ?? 'read',
    snippet,
  };
  return row[8] === null ? message : withRest(message, JSON.parse(row[8]) as Rest);
}

function withRest(message: FoundMessage, [code, reason, by, extra]: Rest): FoundMessage {
  if (code !== null) {
    message.failure = { code, reason: reason ?? '' };
    if (by !== null) message.failure.by = by;
  }
  return extra === null ? message : Object.assign(message, JSON.parse(extra) as MessageExtra);
}
