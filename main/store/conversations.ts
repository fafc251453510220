// Conversations: the list, drafts, and the summaries (last message, unread count) that each change of a message keeps up to date.
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Message } from '../../app/domain/message.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { MESSAGE_COLUMNS, toMessage } from './message-row.ts';
import type { MessageRow } from './message-row.ts';

export interface ConversationRow {
  conversation_id: number;
  account_id: number;
  address: string;
  display_name: string;
  draft: string;
  unread_count: number;
  last_message_id: number | null;
  is_unknown: number;
}
const COLUMNS = columnList<ConversationRow>()('c', [
  'conversation_id',
  'account_id',
  'address',
  'display_name',
  'draft',
  'unread_count',
  'last_message_id',
  'is_unknown',
]);

/** Where there is no last message, its columns are null. */
type SummaryRow = ConversationRow & (MessageRow | { [Column in keyof MessageRow]: null });
// WHY the message first: of two columns of one name the later one counts, and ids of the conversation must not be null.
const SELECT = `SELECT ${MESSAGE_COLUMNS}, ${COLUMNS}
  FROM conversation c LEFT JOIN message m ON m.message_id = c.last_message_id`;
const ORDER = 'ORDER BY m.stored_at_ms DESC, m.message_id DESC, c.conversation_id DESC';

export function toConversation(row: ConversationRow, lastMessage: Message | null): Conversation {
  return {
    conversationId: String(row.conversation_id),
    accountId: String(row.account_id),
    address: row.address,
    displayName: row.display_name,
    lastMessage,
    unreadCount: row.unread_count,
    draft: row.draft,
    ...(row.is_unknown === 1 && { isUnknown: true }),
  };
}

function toSummary(row: SummaryRow): Conversation {
  return toConversation(row, row.message_id === null ? null : toMessage(row, row.address));
}

/** Most recent first; those without messages last, those of accounts being removed not at all. */
export function listConversations(db: ReadableDb, of: { accountId?: string }): Conversation[] {
  const rows =
    of.accountId === undefined
      ? db.all<SummaryRow>(`${SELECT} ${ORDER}`)
      : db.all<SummaryRow>(`${SELECT} WHERE c.account_id = ? ${ORDER}`, rowId(of.accountId));
  const removed = db.all<{ id: number }>('SELECT account_id AS id FROM deletion WHERE account_id IS NOT NULL');
  return (removed.length === 0 ? rows : rows.filter((row) => !removed.some(({ id }) => id === row.account_id))).map(toSummary);
}

export function getConversation(db: ReadableDb, of: { conversationId: string }): Conversation | null {
  const row = db.get<SummaryRow>(`${SELECT} WHERE c.conversation_id = ?`, rowId(of.conversationId));
  return row === undefined ? null : toSummary(row);
}

export function findConversation(db: ReadableDb, of: { accountId: string; address: string }): Conversation | null {
  const row = db.get<SummaryRow>(`${SELECT} WHERE c.account_id = ? AND c.address = ?`, rowId(of.accountId), of.address);
  return row === undefined ? null : toSummary(row);
}

/** Makes it when there is none. */
export function openConversation(db: WritableDb, of: { accountId: string; address: string }): Conversation {
  return findConversation(db, of) ?? toConversation(findOrAddConversationRow(db, { ...of, displayName: '' }), null);
}

/** null: no such conversation. */
export function saveDraft(db: WritableDb, to: { conversationId: string; text: string }): Conversation | null {
  db.run('UPDATE conversation SET draft = ? WHERE conversation_id = ?', to.text, rowId(to.conversationId));
  return getConversation(db, to);
}

/** Its address is somebody now: null when there is no such conversation, or it was accepted before. */
export function acceptConversation(db: WritableDb, of: { conversationId: string }): Conversation | null {
  const { changes } = db.run(
    'UPDATE conversation SET is_unknown = 0 WHERE conversation_id = ? AND is_unknown = 1',
    rowId(of.conversationId),
  );
  return changes === 0 ? null : getConversation(db, of);
}

// WHY the count: unread messages are the last ones, so a search from the end stops at the last of them.
const SELECT_UNREAD = `SELECT ${MESSAGE_COLUMNS} FROM message m INDEXED BY message_thread
  WHERE m.conversation_id = ? AND m.state = 'received' ORDER BY m.stored_at_ms DESC, m.message_id DESC LIMIT ?`;

/** Incoming messages received → read; `messages` are those that changed, oldest first. null: no such conversation. */
export function markRead(db: WritableDb, of: { conversationId: string }): { conversation: Conversation; messages: Message[] } | null {
  const conversation = getConversation(db, of);
  if (conversation === null || conversation.unreadCount === 0) return conversation && { conversation, messages: [] };
  const id = rowId(of.conversationId);
  const unread = db.all<MessageRow>(SELECT_UNREAD, id, conversation.unreadCount).reverse();
  for (const row of unread) db.run(`UPDATE message SET state = 'read' WHERE message_id = ?`, row.message_id);
  db.run('UPDATE conversation SET unread_count = 0 WHERE conversation_id = ?', id);
  const messages = unread.map((row) => toMessage({ ...row, state: 'read' }, conversation.address));
  const last = messages.at(-1);
  const lastMessage = last?.messageId === conversation.lastMessage?.messageId ? (last ?? null) : conversation.lastMessage;
  return { conversation: { ...conversation, unreadCount: 0, lastMessage }, messages };
}

type LatestRow = ConversationRow & { last_stored_at_ms: number | null };
/** WHY a list of few columns: each message that comes reads it. */
type LatestValues = readonly [
  id: number,
  name: string,
  draft: string,
  unread: number,
  lastId: number | null,
  isUnknown: number,
  lastMs: number | null,
];
const SELECT_LATEST = `SELECT c.conversation_id, c.display_name, c.draft, c.unread_count, c.last_message_id, c.is_unknown, m.stored_at_ms
  FROM conversation c LEFT JOIN message m ON m.message_id = c.last_message_id WHERE c.account_id = ? AND c.address = ?`;

/** For a new message: the row it belongs to. A display name that is not '' replaces the one known before. */
export function findOrAddConversationRow(
  db: WritableDb,
  of: { accountId: string; address: string; displayName: string; isUnknown?: boolean },
): LatestRow {
  const account = rowId(of.accountId);
  const known = db.row<LatestValues>(SELECT_LATEST, account, of.address);
  if (known !== undefined) {
    return {
      conversation_id: known[0],
      account_id: account,
      address: of.address,
      display_name: of.displayName === '' ? known[1] : of.displayName,
      draft: known[2],
      unread_count: known[3],
      last_message_id: known[4],
      is_unknown: known[5],
      last_stored_at_ms: known[6],
    };
  }
  const { id } = db.run(
    'INSERT INTO conversation (account_id, address, display_name, is_unknown) VALUES (?, ?, ?, ?)',
    account,
    of.address,
    of.displayName,
    Number(of.isUnknown ?? false),
  );
  return {
    conversation_id: id,
    account_id: account,
    address: of.address,
    display_name: of.displayName,
    draft: '',
    unread_count: 0,
    last_message_id: null,
    is_unknown: Number(of.isUnknown ?? false),
    last_stored_at_ms: null,
  };
}

/** Writes what a new message changed: the summary and the name. */
export function saveSummary(db: WritableDb, row: ConversationRow): void {
  db.run(
    'UPDATE conversation SET display_name = ?, unread_count = ?, last_message_id = ?, is_unknown = ? WHERE conversation_id = ?',
    row.display_name,
    row.unread_count,
    row.last_message_id,
    row.is_unknown,
    row.conversation_id,
  );
}
