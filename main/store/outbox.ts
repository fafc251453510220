// The outbox: what is queued or being sent, in the order it was written, with the identity it was or will be sent under.
import type { Message } from '../../app/domain/message.ts';
import { rowId } from './columns.ts';
import type { ReadableDb } from './database.ts';
import { IDENTITY_COLUMNS, JOIN_IDENTITY, toIdentity } from './message-identity.ts';
import type { IdentityRow, MessageIdentity } from './message-identity.ts';
import { MESSAGE_COLUMNS, toMessage } from './message-row.ts';
import type { MessageRow } from './message-row.ts';

export interface OutboxMessage {
  message: Message;
  identity: MessageIdentity;
}

type OutboxRow = MessageRow & IdentityRow & { address: string };
const SELECT = `SELECT ${MESSAGE_COLUMNS}, ${IDENTITY_COLUMNS}, c.address
  FROM message m INDEXED BY message_outbox
  JOIN conversation c ON c.conversation_id = m.conversation_id ${JOIN_IDENTITY}
  WHERE m.state IN ('queued', 'sending') AND m.account_id = ?`;
const ORDER = 'ORDER BY m.message_id LIMIT ?';

/** Oldest first: of the account, or of one address of it. */
export function listOutbox(db: ReadableDb, of: { accountId: string; address?: string; limit: number }): OutboxMessage[] {
  const account = rowId(of.accountId);
  const rows =
    of.address === undefined
      ? db.all<OutboxRow>(`${SELECT} ${ORDER}`, account, of.limit)
      : db.all<OutboxRow>(
          `${SELECT} AND m.conversation_id = (SELECT conversation_id FROM conversation WHERE account_id = ? AND address = ?) ${ORDER}`,
          account,
          account,
          of.address,
          of.limit,
        );
  return rows.map((row) => ({ message: toMessage(row, row.address), identity: toIdentity(row) }));
}

/** The addresses with something in the outbox, the longest waiting first. */
export function listOutboxAddresses(db: ReadableDb, of: { accountId: string }): string[] {
  const rows = db.all<{ address: string }>(
    `SELECT c.address FROM message m INDEXED BY message_outbox JOIN conversation c ON c.conversation_id = m.conversation_id
     WHERE m.state IN ('queued', 'sending') AND m.account_id = ? GROUP BY m.conversation_id ORDER BY min(m.message_id)`,
    rowId(of.accountId),
  );
  return rows.map((row) => row.address);
}
