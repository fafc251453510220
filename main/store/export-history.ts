// Writes the messages of one conversation, one account or all to a file, read page by page in one read transaction.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { rowId } from './columns.ts';
import { createReadableDb } from './database.ts';
import type { ReadableDb } from './database.ts';
import { JobFailure } from './history-job.ts';
import type { HistoryJob, HistoryRecord, JobContext, JobResult } from './history-job.ts';
import { IDENTITY_COLUMNS, JOIN_IDENTITY } from './message-identity.ts';
import type { MessageRow } from './message-row.ts';
import { PAGE_END, printConversationStart, printHistoryStart, printPageStart, printRecordHtml, printRecordLine } from './print-history.ts';

const PAGE_ROWS = 500;

type ExportRow = MessageRow & {
  account: string;
  address: string;
  display_name: string;
  call_id: string | null;
  cseq: number;
  from_tag: string;
  imdn_id: string | null;
};

const SELECT = `SELECT m.*, a.address AS account, c.address, c.display_name, ${IDENTITY_COLUMNS}
  FROM message m JOIN conversation c ON c.conversation_id = m.conversation_id JOIN account a ON a.account_id = c.account_id
    ${JOIN_IDENTITY}`;
const BY_ID = `${SELECT} WHERE m.message_id > ? ORDER BY m.message_id LIMIT ?`;
const BY_THREAD = `${SELECT} WHERE m.conversation_id = ? AND (m.stored_at_ms, m.message_id) > (?, ?)
  ORDER BY m.stored_at_ms, m.message_id LIMIT ?`;

function toRecord(row: ExportRow): HistoryRecord {
  return {
    account: row.account,
    address: row.address,
    displayName: row.display_name,
    direction: row.direction,
    state: row.state,
    contentType: row.content_type,
    text: row.text,
    sentAtMs: row.sent_at_ms,
    storedAtMs: row.stored_at_ms,
    ...(row.failure_code !== null && { failure: { code: row.failure_code, reason: row.failure_reason ?? '' } }),
    ...(row.call_id !== null && {
      identity: { callId: row.call_id, cseq: row.cseq, fromTag: row.from_tag, imdnId: row.imdn_id },
    }),
  };
}

function* allById(db: ReadableDb, account: number | null): Generator<HistoryRecord> {
  for (let last = 0; ;) {
    const rows = db.all<ExportRow>(BY_ID, last, PAGE_ROWS);
    for (const row of rows) if (account === null || row.account_id === account) yield toRecord(row);
    last = rows.at(-1)?.message_id ?? last;
    if (rows.length < PAGE_ROWS) return;
  }
}

function* oneThread(db: ReadableDb, conversation: number): Generator<HistoryRecord> {
  for (let storedAtMs = -1, id = 0; ;) {
    const rows = db.all<ExportRow>(BY_THREAD, conversation, storedAtMs, id, PAGE_ROWS);
    for (const row of rows) yield toRecord(row);
    const last = rows.at(-1);
    if (rows.length < PAGE_ROWS || last === undefined) return;
    storedAtMs = last.stored_at_ms;
    id = last.message_id;
  }
}

function* threads(db: ReadableDb, conversations: readonly number[]): Generator<HistoryRecord> {
  for (const conversation of conversations) yield* oneThread(db, conversation);
}

type Job = HistoryJob & { kind: 'export' };

/** All as it was stored, so that an import keeps the order; for reading, thread by thread. */
function recordsOf(db: ReadableDb, { format, conversationId, accountId }: Job): Generator<HistoryRecord> {
  const account = accountId === undefined ? null : rowId(accountId);
  if (conversationId !== undefined) return oneThread(db, rowId(conversationId));
  if (format === 'jsonl') return allById(db, account);
  const conversations = db.all<{ id: number; account: number }>(
    'SELECT conversation_id AS id, account_id AS account FROM conversation ORDER BY account_id, address',
  );
  return threads(
    db,
    conversations.filter((one) => account === null || one.account === account).map((one) => one.id),
  );
}

function countOf(db: ReadableDb, { conversationId, accountId }: Job): number {
  const [where, value] =
    conversationId !== undefined
      ? ['WHERE m.conversation_id = ?', rowId(conversationId)]
      : accountId !== undefined
        ? ['WHERE m.conversation_id IN (SELECT conversation_id FROM conversation WHERE account_id = ?)', rowId(accountId)]
        : ['WHERE ? IS NOT NULL', 1];
  return db.get<{ count: number }>(`SELECT count(*) AS count FROM message m ${where}`, Number(value))?.count ?? 0;
}

function createPrinter(format: Job['format']): { start: string; print: (record: HistoryRecord) => string; end: string } {
  if (format === 'jsonl') return { start: printHistoryStart(), print: printRecordLine, end: '' };
  let before: HistoryRecord | undefined;
  return {
    start: printPageStart(),
    print: (record) => {
      const isNew = before?.account !== record.account || before.address !== record.address;
      before = record;
      return (isNew ? printConversationStart(record) : '') + printRecordHtml(record);
    },
    end: PAGE_END,
  };
}

function writeAll(db: ReadableDb, job: Job, file: number, { isCancelled, progress }: JobContext): number {
  const total = countOf(db, job);
  const { start, print, end } = createPrinter(job.format);
  let waiting = start;
  let done = 0;
  for (const record of recordsOf(db, job)) {
    waiting += print(record);
    done += 1;
    if (done % PAGE_ROWS !== 0) continue;
    if (isCancelled()) throw new JobFailure('cancelled', '');
    writeSync(file, waiting);
    waiting = '';
    progress(done, total);
  }
  writeSync(file, waiting + end);
  return done;
}

/** Written beside and put in place when it is whole, readable for its owner only. Throws JobFailure, or what the file system says. */
export function exportHistory(db: Database.Database, job: Job, context: JobContext): JobResult['export'] {
  if (job.path === context.databasePath) throw new JobFailure('file', 'The export can not be the message database itself.');
  const part = `${job.path}.part`;
  const file = openSync(part, 'w', 0o600);
  let isWhole = false;
  try {
    // WHY a transaction: one state of the history, whatever is stored meanwhile.
    const messages = db.transaction(() => writeAll(createReadableDb(db), job, file, context))();
    fsyncSync(file);
    isWhole = true;
    return { messages };
  } finally {
    closeSync(file);
    if (isWhole) renameSync(part, job.path);
    else rmSync(part, { force: true });
  }
}
