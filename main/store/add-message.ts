// Adding a message, incoming or outgoing: the row, its identity, its dedupe key and the conversation's summary in one work.
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Message } from '../../app/domain/message.ts';
import { findOrAddConversationRow, saveSummary, toConversation } from './conversations.ts';
import type { WritableDb } from './database.ts';
import { addMessageIdentity } from './message-identity.ts';
import type { MessageIdentity } from './message-identity.ts';
import { addSeenMessage, findSeenMessage, sweepSeenMessages, updateSeenMessage } from './message-seen.ts';
import { getMessage } from './messages.ts';

export interface OutgoingMessage {
  accountId: string;
  address: string;
  text: string;
  contentType: string;
  sentAtMs: number;
  storedAtMs: number;
  identity: MessageIdentity;
}

export interface IncomingMessage extends OutgoingMessage {
  /** '' keeps the name known before. */
  displayName: string;
  /** The same text for the same message: e.g. the IMDN id, else a digest of sender, Call-ID, CSeq, From tag and body. */
  dedupeKey: string;
  /** Keys seen before this time do not count as duplicates. */
  dedupeSinceMs: number;
}

export interface AddedMessage {
  kind: 'added';
  message: Message;
  conversation: Conversation;
}
/** `message` is the one stored the first time; null when it was deleted since. */
export interface DuplicateMessage {
  kind: 'duplicate';
  message: Message | null;
}

/** Adds it as `received`, unless its key was seen since `dedupeSinceMs`. */
export function addIncomingMessage(db: WritableDb, message: IncomingMessage): AddedMessage | DuplicateMessage {
  const { accountId, dedupeKey } = message;
  const seen = findSeenMessage(db, { accountId, dedupeKey });
  if (seen !== null && seen.seenAtMs >= message.dedupeSinceMs) return { kind: 'duplicate', message: getMessage(db, seen) };
  const added = addMessage(db, message, { direction: 'in', state: 'received', displayName: message.displayName });
  const save = seen === null ? addSeenMessage : updateSeenMessage;
  save(db, { accountId, dedupeKey, messageId: added.message.messageId, seenAtMs: message.storedAtMs });
  sweepSeenMessages(db, { accountId, besideKey: dedupeKey, seenBeforeMs: message.dedupeSinceMs });
  return added;
}

/** Adds it as `queued`. */
export function addOutgoingMessage(db: WritableDb, message: OutgoingMessage): AddedMessage {
  return addMessage(db, message, { direction: 'out', state: 'queued', displayName: '' });
}

type Kind = { direction: 'in'; state: 'received'; displayName: string } | { direction: 'out'; state: 'queued'; displayName: '' };

function addMessage(db: WritableDb, of: OutgoingMessage, kind: Kind): AddedMessage {
  const { accountId, address, text, contentType, sentAtMs } = of;
  const row = findOrAddConversationRow(db, { accountId, address, displayName: kind.displayName });
  // WHY not before the last one: a clock that was set back must not put a new message above older ones.
  const storedAtMs = Math.max(of.storedAtMs, row.last_stored_at_ms ?? 0);
  const { id } = db.run(
    `INSERT INTO message (conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    row.conversation_id,
    row.account_id,
    kind.direction,
    kind.state,
    contentType,
    text,
    sentAtMs,
    storedAtMs,
  );
  const messageId = String(id);
  addMessageIdentity(db, { messageId, identity: of.identity });
  const unread = row.unread_count + (kind.direction === 'in' ? 1 : 0);
  const changed = { ...row, unread_count: unread, last_message_id: id };
  saveSummary(db, changed);
  const message: Message = {
    messageId,
    conversationId: String(row.conversation_id),
    accountId,
    direction: kind.direction,
    address,
    text,
    contentType,
    sentAtMs,
    storedAtMs,
    state: kind.state,
  };
  return { kind: 'added', message, conversation: toConversation(changed, message) };
}
