// How a message is known on the wire (RFC 3261 Call-ID, CSeq, From tag; RFC 5438 Message-ID): kept to send it again as the same, and to match reports.
import type { Message } from '../../app/domain/message.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { MESSAGE_COLUMNS, toMessage } from './message-row.ts';
import type { MessageRow } from './message-row.ts';

export interface MessageIdentity {
  callId: string;
  cseq: number;
  fromTag: string;
  /** The Message-ID of RFC 5438; null when it has none. */
  imdnId: string | null;
}

export interface IdentityRow {
  call_id: string;
  cseq: number;
  from_tag: string;
  imdn_id: string | null;
}
/** To be read from `message_identity i`. */
export const IDENTITY_COLUMNS = columnList<IdentityRow>()('i', ['call_id', 'cseq', 'from_tag', 'imdn_id']);

export function toIdentity(row: IdentityRow): MessageIdentity {
  return { callId: row.call_id, cseq: row.cseq, fromTag: row.from_tag, imdnId: row.imdn_id };
}

export function getMessageIdentity(db: ReadableDb, of: { messageId: string }): MessageIdentity | null {
  const row = db.get<IdentityRow>(`SELECT ${IDENTITY_COLUMNS} FROM message_identity i WHERE i.message_id = ?`, rowId(of.messageId));
  return row === undefined ? null : toIdentity(row);
}

/** For a message just added. */
export function addMessageIdentity(db: WritableDb, of: { messageId: string; identity: MessageIdentity }): void {
  const { callId, cseq, fromTag, imdnId } = of.identity;
  db.run(
    'INSERT INTO message_identity (message_id, call_id, cseq, from_tag, imdn_id) VALUES (?, ?, ?, ?, ?)',
    rowId(of.messageId),
    callId,
    cseq,
    fromTag,
    imdnId,
  );
}

/** E.g. when it is sent anew under another Call-ID. */
export function setMessageIdentity(db: WritableDb, to: { messageId: string; identity: MessageIdentity }): void {
  const { callId, cseq, fromTag, imdnId } = to.identity;
  db.run(
    'UPDATE message_identity SET call_id = ?, cseq = ?, from_tag = ?, imdn_id = ? WHERE message_id = ?',
    callId,
    cseq,
    fromTag,
    imdnId,
    rowId(to.messageId),
  );
}

/** The newest one of that id exchanged with that address: a stranger may have used the id too, and one text to many has it for each. */
export function findMessageByImdnId(
  db: ReadableDb,
  of: { accountId: string; imdnId: string; direction: 'in' | 'out'; address: string },
): Message | null {
  const row = db.get<MessageRow & { address: string }>(
    `SELECT ${MESSAGE_COLUMNS}, c.address
     FROM message_identity i JOIN message m ON m.message_id = i.message_id JOIN conversation c ON c.conversation_id = m.conversation_id
     WHERE i.imdn_id = ? AND m.account_id = ? AND m.direction = ? AND c.address = ? ORDER BY i.message_id DESC LIMIT 1`,
    of.imdnId,
    rowId(of.accountId),
    of.direction,
    of.address,
  );
  return row === undefined ? null : toMessage(row, row.address);
}
