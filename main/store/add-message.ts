// Adding a message, incoming or outgoing: its row and the conversation's summary in one work.
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Message } from '../../app/domain/message.ts';
import { rowId } from './columns.ts';
import { findOrAddConversationRow, saveSummary, toConversation } from './conversations.ts';
import type { WritableDb } from './database.ts';
import type { MessageIdentity } from './message-identity.ts';
import { takeMessageId } from './message-ids.ts';
import { findSeenMessage, rememberSeen } from './message-seen.ts';
import { addMessageDetail } from './message-detail.ts';
import type { StoredDetail } from './message-detail.ts';
import { printExtra } from './message-row.ts';
import type { MessageExtra } from './message-row.ts';
import { getMessage } from './messages.ts';

export interface OutgoingMessage {
  accountId: string;
  address: string;
  text: string;
  contentType: string;
  sentAtMs: number;
  storedAtMs: number;
  identity: MessageIdentity;
  extra?: MessageExtra;
  detail?: Partial<StoredDetail>;
}

export interface IncomingMessage extends OutgoingMessage {
  /** '' keeps the name known before. */
  displayName: string;
  /** The same text for the same message: e.g. the IMDN id, else a digest of sender, Call-ID, CSeq, From tag and body. */
  dedupeKey: string;
  /** Keys seen before this time do not count as duplicates. */
  dedupeSinceMs: number;
  /** Where a message that a server kept belongs among the others: by its sender's time. Default: at the end. */
  placeAtMs?: number;
  /** The first message of somebody nobody knows. Only counts for a new conversation. */
  isUnknown?: boolean;
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
  const seen = findSeenMessage(db, { accountId, dedupeKey, sinceMs: message.dedupeSinceMs });
  if (seen !== null) return { kind: 'duplicate', message: getMessage(db, seen) };
  const { displayName, placeAtMs, isUnknown } = message;
  const added = addMessage(db, message, { direction: 'in', state: 'received', displayName, placeAtMs, isUnknown, dedupeKey });
  rememberSeen(db, { accountId, dedupeKey, messageId: rowId(added.message.messageId) });
  return added;
}

/** Adds it as `queued`. */
export function addOutgoingMessage(db: WritableDb, message: OutgoingMessage): AddedMessage {
  return addMessage(db, message, {
    ...{ direction: 'out', state: 'queued', displayName: '', placeAtMs: undefined, isUnknown: false, dedupeKey: null },
  });
}

interface Kind {
  direction: 'in' | 'out';
  state: 'received' | 'queued';
  displayName: string;
  placeAtMs: number | undefined;
  isUnknown: boolean | undefined;
  dedupeKey: string | null;
}

const COLUMNS = `message_id, conversation_id, account_id, content_type, text, sent_at_ms, stored_at_ms, call_id, cseq, from_tag, dedupe_key,
  direction, state`;
const RARE_COLUMNS = 'extra, imdn_id, seen_at_ms';
const PLACES = '?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?';
type Kinds = Readonly<Record<Kind['direction'], string>>;
// WHY several: each value that is handed over takes its time, and most messages have none of the last three.
const INSERT: Kinds = {
  in: `INSERT INTO message (${COLUMNS}) VALUES (${PLACES}, 'in', 'received')`,
  out: `INSERT INTO message (${COLUMNS}) VALUES (${PLACES}, 'out', 'queued')`,
};
const INSERT_WITH_RARE: Kinds = {
  in: `INSERT INTO message (${COLUMNS}, ${RARE_COLUMNS}) VALUES (${PLACES}, 'in', 'received', ?, ?, ?)`,
  out: `INSERT INTO message (${COLUMNS}, ${RARE_COLUMNS}) VALUES (${PLACES}, 'out', 'queued', ?, ?, ?)`,
};

function addMessage(db: WritableDb, of: OutgoingMessage, kind: Kind): AddedMessage {
  const { accountId, address, text, contentType, sentAtMs } = of;
  const row = findOrAddConversationRow(db, { accountId, address, displayName: kind.displayName, isUnknown: kind.isUnknown ?? false });
  // WHY not before the last one: a clock that was set back must not put a new message above older ones.
  const lastMs = row.last_stored_at_ms ?? 0;
  const storedAtMs = kind.placeAtMs ?? Math.max(of.storedAtMs, lastMs);
  const extra = printExtra(of.extra ?? {});
  const id = takeMessageId(db);
  const { callId, cseq, fromTag, imdnId } = of.identity;
  const seenAtMs = kind.dedupeKey === null || storedAtMs === of.storedAtMs ? null : of.storedAtMs;
  const { conversation_id: conversation, account_id: account } = row;
  const values = [id, conversation, account, contentType, text, sentAtMs, storedAtMs, callId, cseq, fromTag, kind.dedupeKey] as const;
  if (extra === null && imdnId === null && seenAtMs === null) db.run(INSERT[kind.direction], ...values);
  else db.run(INSERT_WITH_RARE[kind.direction], ...values, extra, imdnId, seenAtMs);
  const messageId = String(id);
  if (of.detail !== undefined) addMessageDetail(db, { messageId, ...of.detail });
  const unread = row.unread_count + (kind.direction === 'in' ? 1 : 0);
  const isLast = storedAtMs >= lastMs;
  const isUnknown = kind.direction === 'out' ? 0 : row.is_unknown;
  const changed = { ...row, unread_count: unread, is_unknown: isUnknown, last_message_id: isLast ? id : row.last_message_id };
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
    ...of.extra,
  };
  const last = isLast || row.last_message_id === null ? message : getMessage(db, { messageId: String(row.last_message_id) });
  return { kind: 'added', message, conversation: toConversation(changed, last) };
}
