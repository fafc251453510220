// Stores messages read from an export. One that is there already, the same in every respect, is not stored again.
import { findOrAddConversationRow, saveSummary } from './conversations.ts';
import type { WritableDb } from './database.ts';
import type { HistoryRecord } from './history-job.ts';
import { takeMessageId } from './message-ids.ts';

export interface ImportCounts {
  added: number;
  /** Already there. */
  known: number;
  /** Of an account that is not here. */
  foreign: number;
}

/** A message that waited to be sent must not go out now, from a file. */
const NOT_SENT = { code: 0, reason: 'It was not sent yet when the history was exported.' };

function stateOf({ state, failure }: HistoryRecord): { state: string; failure: HistoryRecord['failure'] } {
  if (state === 'queued' || state === 'sending') return { state: 'failed', failure: NOT_SENT };
  return { state: state === 'received' ? 'read' : state, failure };
}

function countKnown(db: WritableDb, conversation: number, { storedAtMs, sentAtMs, direction, text }: HistoryRecord): number {
  const row = db.get<{ count: number }>(
    `SELECT count(*) AS count FROM message m INDEXED BY message_thread
     WHERE m.conversation_id = ? AND m.stored_at_ms = ? AND m.sent_at_ms = ? AND m.direction = ? AND m.text = ?`,
    conversation,
    storedAtMs,
    sentAtMs,
    direction,
    text,
  );
  return row?.count ?? 0;
}

function importRecord(db: WritableDb, accountId: string, record: HistoryRecord): 'added' | 'known' {
  const row = findOrAddConversationRow(db, { accountId, address: record.address, displayName: '' });
  if (countKnown(db, row.conversation_id, record) >= (record.occurrence ?? 1)) return 'known';
  const { state, failure } = stateOf(record);
  const id = takeMessageId(db);
  db.run(
    `INSERT INTO message (message_id, conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms,
       failure_code, failure_reason, call_id, cseq, from_tag, imdn_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    row.conversation_id,
    row.account_id,
    record.direction,
    state,
    record.contentType,
    record.text,
    record.sentAtMs,
    record.storedAtMs,
    failure?.code ?? null,
    failure?.reason ?? null,
    record.identity?.callId ?? null,
    record.identity?.cseq ?? null,
    record.identity?.fromTag ?? null,
    record.identity?.imdnId ?? null,
  );
  const isLast = row.last_stored_at_ms === null || record.storedAtMs >= row.last_stored_at_ms;
  saveSummary(db, {
    ...row,
    display_name: row.display_name === '' ? record.displayName : row.display_name,
    last_message_id: isLast ? id : row.last_message_id,
  });
  return 'added';
}

/** A record goes to the account of its address, else to `fallbackAccountId`, else it is foreign. A work for one commit: keep it small. */
export function importMessages(db: WritableDb, records: readonly HistoryRecord[], fallbackAccountId: string | undefined): ImportCounts {
  const counts: ImportCounts = { added: 0, known: 0, foreign: 0 };
  const accounts = new Map(
    db
      .all<{ id: number; address: string }>('SELECT account_id AS id, address FROM account')
      .map(({ id, address }): [string, string] => [address, String(id)]),
  );
  for (const record of records) {
    const accountId = accounts.get(record.account) ?? fallbackAccountId;
    counts[accountId === undefined ? 'foreign' : importRecord(db, accountId, record)] += 1;
  }
  return counts;
}
