// How a message is known on the wire (RFC 3261 Call-ID, CSeq, From tag; RFC 5438 Message-ID): kept to send it again as the same, and to match reports.
import type { Message } from '../../app/domain/message.ts';
import { rowId } from './columns.ts';
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
/**
 * To be read from `message m LEFT JOIN message_identity i`. Messages of before version 7 have their identity there, unless it was
 * changed since; `call_id` is NULL when there is none.
 */
export const IDENTITY_COLUMNS = `coalesce(m.call_id, i.call_id) AS call_id, coalesce(m.cseq, i.cseq) AS cseq,
  coalesce(m.from_tag, i.from_tag) AS from_tag, iif(m.call_id IS NULL, i.imdn_id, m.imdn_id) AS imdn_id`;
export const JOIN_IDENTITY = 'LEFT JOIN message_identity i ON i.message_id = m.message_id';

export function toIdentity(row: IdentityRow): MessageIdentity {
  return { callId: row.call_id, cseq: row.cseq, fromTag: row.from_tag, imdnId: row.imdn_id };
}

export function getMessageIdentity(db: ReadableDb, of: { messageId: string }): MessageIdentity | null {
  const row = db.get<IdentityRow | { call_id: null }>(
    `SELECT ${IDENTITY_COLUMNS} FROM message m ${JOIN_IDENTITY} WHERE m.message_id = ?`,
    rowId(of.messageId),
  );
  return row === undefined || row.call_id === null ? null : toIdentity(row);
}

/** E.g. when it is sent anew under another Call-ID. */
export function setMessageIdentity(db: WritableDb, to: { messageId: string; identity: MessageIdentity }): void {
  const { callId, cseq, fromTag, imdnId } = to.identity;
  db.run(
    'UPDATE message SET call_id = ?, cseq = ?, from_tag = ?, imdn_id = ? WHERE message_id = ?',
    callId,
    cseq,
    fromTag,
    imdnId,
    rowId(to.messageId),
  );
}

const BY_IMDN_ID = (identity: string, join: string): string => `SELECT ${MESSAGE_COLUMNS}, c.address
  FROM ${join} JOIN conversation c ON c.conversation_id = m.conversation_id
  WHERE ${identity}.imdn_id = ? AND m.account_id = ? AND m.direction = ? AND c.address = ? ORDER BY m.message_id DESC LIMIT 1`;
const SELECT_BY_IMDN_ID = BY_IMDN_ID('m', 'message m');
const SELECT_OLD_BY_IMDN_ID = BY_IMDN_ID('i', 'message_identity i JOIN message m ON m.message_id = i.message_id AND m.call_id IS NULL');

/** The newest one of that id exchanged with that address: a stranger may have used the id too, and one text to many has it for each. */
export function findMessageByImdnId(
  db: ReadableDb,
  of: { accountId: string; imdnId: string; direction: 'in' | 'out'; address: string },
): Message | null {
  const values = [of.imdnId, rowId(of.accountId), of.direction, of.address] as const;
  type Row = MessageRow & { address: string };
  const row = db.get<Row>(SELECT_BY_IMDN_ID, ...values) ?? db.get<Row>(SELECT_OLD_BY_IMDN_ID, ...values);
  return row === undefined ? null : toMessage(row, row.address);
}
