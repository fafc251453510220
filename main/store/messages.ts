// Messages of a thread: paging by key, changes of state, deletion. Adding is in add-message.ts.
import type { Conversation } from '../../app/domain/conversation.ts';
import type { ContentReference, Message, MessageFailure, MessageState } from '../../app/domain/message.ts';
import { rowId } from './columns.ts';
import { getConversation } from './conversations.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { MESSAGE_COLUMNS, printExtra, toMessage } from './message-row.ts';
import type { MessageRow } from './message-row.ts';

export function getMessage(db: ReadableDb, of: { messageId: string }): Message | null {
  const row = db.get<MessageRow & { address: string }>(
    `SELECT ${MESSAGE_COLUMNS}, c.address FROM message m JOIN conversation c ON c.conversation_id = m.conversation_id WHERE m.message_id = ?`,
    rowId(of.messageId),
  );
  return row === undefined ? null : toMessage(row, row.address);
}

const THREAD = `SELECT ${MESSAGE_COLUMNS} FROM message m INDEXED BY message_thread WHERE m.conversation_id = ?`;
const NEWEST_FIRST = 'ORDER BY m.stored_at_ms DESC, m.message_id DESC LIMIT ?';

const OLDEST_FIRST = 'ORDER BY m.stored_at_ms, m.message_id LIMIT ?';

export interface ThreadPage {
  readonly conversationId: string;
  readonly limit: number;
  /** Ids of messages: the page before it, the page after it. */
  readonly before?: string;
  readonly after?: string;
  /** A message's id, or a time: half of the page stands before it, the rest from it on. */
  readonly around?: string | number;
}

/** One page of a thread, by default the end, newest last. Empty when the message it is asked by is not in this conversation. */
export function listMessages(db: ReadableDb, of: ThreadPage): Message[] {
  const id = rowId(of.conversationId);
  const conversation = db.get<{ address: string }>('SELECT address FROM conversation WHERE conversation_id = ?', id);
  if (conversation === undefined) return [];
  return readPage(db, id, of).map((row) => toMessage(row, conversation.address));
}

function readPage(db: ReadableDb, conversation: number, { before, after, around, limit }: ThreadPage): MessageRow[] {
  if (before !== undefined) return pageBefore(db, conversation, placeOf(db, conversation, before), limit);
  if (after !== undefined) {
    const last = placeOf(db, conversation, after);
    return pageFrom(db, conversation, last && { ...last, message_id: last.message_id + 1 }, limit);
  }
  if (around !== undefined) {
    const place = typeof around === 'number' ? { stored_at_ms: around, message_id: 0 } : placeOf(db, conversation, around);
    const half = Math.floor(limit / 2);
    return [...pageBefore(db, conversation, place, half), ...pageFrom(db, conversation, place, limit - half)];
  }
  return db.all<MessageRow>(`${THREAD} ${NEWEST_FIRST}`, conversation, limit).reverse();
}

interface Place {
  stored_at_ms: number;
  message_id: number;
}

function placeOf(db: ReadableDb, conversation: number, messageId: string): Place | undefined {
  const select = 'SELECT stored_at_ms, message_id FROM message WHERE message_id = ? AND conversation_id = ?';
  return db.get<Place>(select, rowId(messageId), conversation);
}

function pageBefore(db: ReadableDb, conversation: number, place: Place | undefined, limit: number): MessageRow[] {
  if (place === undefined) return [];
  const select = `${THREAD} AND (m.stored_at_ms, m.message_id) < (?, ?) ${NEWEST_FIRST}`;
  return db.all<MessageRow>(select, conversation, place.stored_at_ms, place.message_id, limit).reverse();
}

function pageFrom(db: ReadableDb, conversation: number, place: Place | undefined, limit: number): MessageRow[] {
  if (place === undefined) return [];
  const select = `${THREAD} AND (m.stored_at_ms, m.message_id) >= (?, ?) ${OLDEST_FIRST}`;
  return db.all<MessageRow>(select, conversation, place.stored_at_ms, place.message_id, limit);
}

/**
 * Goes to `state` when it is in one of `from`. Without `failure` an earlier one is cleared.
 * null: no such message, or another state; then nothing changed.
 */
export function setMessageState(
  db: WritableDb,
  to: { messageId: string; from: readonly MessageState[]; state: MessageState; failure?: MessageFailure },
): Message | null {
  const message = getMessage(db, to);
  if (message === null || !to.from.includes(message.state)) return null;
  db.run(
    'UPDATE message SET state = ?, failure_code = ?, failure_reason = ?, failure_by = ? WHERE message_id = ?',
    to.state,
    to.failure?.code ?? null,
    to.failure?.reason ?? null,
    to.failure?.by ?? null,
    rowId(to.messageId),
  );
  const unread = Number(to.state === 'received') - Number(message.state === 'received');
  if (unread !== 0) changeUnread(db, message.conversationId, unread);
  const changed = { ...message, state: to.state };
  delete changed.failure;
  return to.failure === undefined ? changed : { ...changed, failure: to.failure };
}

/** Replaces what it refers to, e.g. after it was fetched. null: no such message. */
export function setMessageReference(db: WritableDb, to: { messageId: string; reference: ContentReference }): Message | null {
  const message = getMessage(db, to);
  if (message === null) return null;
  const changed = { ...message, reference: to.reference };
  db.run('UPDATE message SET extra = ? WHERE message_id = ?', printExtra(changed), rowId(to.messageId));
  return changed;
}

const SELECT_RECENT_IN = `SELECT direction FROM message m INDEXED BY message_thread WHERE m.conversation_id = ?
  ORDER BY m.stored_at_ms DESC, m.message_id DESC LIMIT ?`;

/** Which ways the last `limit` messages of a conversation went. */
export function listDirections(db: ReadableDb, of: { conversationId: string; limit: number }): Message['direction'][] {
  return db
    .all<{ direction: Message['direction'] }>(SELECT_RECENT_IN, rowId(of.conversationId), of.limit)
    .map(({ direction }) => direction);
}

function changeUnread(db: WritableDb, conversationId: string, by: number): void {
  db.run('UPDATE conversation SET unread_count = max(0, unread_count + ?) WHERE conversation_id = ?', by, rowId(conversationId));
}

/** Here only, with its words in the index. Gives its conversation as it is then; null: no such message. */
export function deleteMessage(db: WritableDb, of: { messageId: string }): Conversation | null {
  const message = getMessage(db, of);
  if (message === null) return null;
  const conversation = rowId(message.conversationId);
  db.run('DELETE FROM message WHERE message_id = ?', rowId(of.messageId));
  if (message.state === 'received') changeUnread(db, message.conversationId, -1);
  const last = db.get<{ message_id: number }>(
    `SELECT m.message_id FROM message m INDEXED BY message_thread WHERE m.conversation_id = ? ${NEWEST_FIRST}`,
    conversation,
    1,
  );
  db.run('UPDATE conversation SET last_message_id = ? WHERE conversation_id = ?', last?.message_id ?? null, conversation);
  return getConversation(db, message);
}
