// Reads a file of JSON Lines for import: line by line, of any length of file, what is no message counted and passed over.
import { open } from 'node:fs/promises';
import { JobFailure } from './history-job.ts';
import type { HistoryJob, HistoryRecord, JobContext, JobResult } from './history-job.ts';
import { EMPTY_FILE, NOT_TEXT, notAHistory, WEB_PAGE } from './file-words.ts';
import { HISTORY_FORMAT, HISTORY_VERSION } from './print-history.ts';

/** Messages stored in one commit: some milliseconds of the main process. */
const BATCH = 100;
/** Characters in one batch, about; an index takes as long for a few long texts as for many short ones. */
const BATCH_LENGTH = 32 * 1024;
/** Longest line that is looked at: well above a message with every character escaped. */
const LINE_LIMIT = 1024 * 1024;
const TEXT_LIMIT = 100_000;
const FIELD_LIMIT = 2_000;
/** Bytes read at a time. */
const CHUNK = 256 * 1024;
/** Bytes at the beginning of a file that tell a text. */
const LOOK_BYTES = 4_096;
/** After so many lines without a single message there will be none. */
const HOPELESS_LINES = 10_000;

const OUTGOING = new Set(['queued', 'sending', 'accepted', 'delivered', 'displayed', 'failed']);
const INCOMING = new Set(['received', 'read']);

const isText = (value: unknown, limit: number): value is string => typeof value === 'string' && value.length <= limit;
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 8.64e15;
type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function readIdentity(value: unknown): HistoryRecord['identity'] {
  if (!isFields(value)) return undefined;
  const { callId, cseq, fromTag, imdnId } = value;
  if (!isText(callId, FIELD_LIMIT) || !isText(fromTag, FIELD_LIMIT) || !Number.isSafeInteger(cseq)) return undefined;
  return { callId, cseq: Number(cseq), fromTag, imdnId: isText(imdnId, FIELD_LIMIT) ? imdnId : null };
}

function readFailure(value: unknown): HistoryRecord['failure'] {
  if (!isFields(value)) return undefined;
  const { code, reason } = value;
  return Number.isSafeInteger(code) && isText(reason, FIELD_LIMIT) ? { code: Number(code), reason } : undefined;
}

function toRecord(value: unknown): HistoryRecord | null {
  if (!isFields(value)) return null;
  const { account, address, displayName = '', direction, state, contentType = 'text/plain', text, sentAtMs, storedAtMs = sentAtMs } = value;
  if (!isText(account, FIELD_LIMIT) || !isText(address, FIELD_LIMIT) || address === '' || !isText(displayName, FIELD_LIMIT)) return null;
  if (!isText(contentType, FIELD_LIMIT) || !isText(text, TEXT_LIMIT) || !isTime(sentAtMs) || !isTime(storedAtMs)) return null;
  const states = direction === 'in' ? INCOMING : direction === 'out' ? OUTGOING : null;
  if (states === null || typeof state !== 'string' || !states.has(state)) return null;
  const [failure, identity] = [readFailure(value['failure']), readIdentity(value['identity'])];
  return {
    account,
    address,
    displayName,
    direction: direction as HistoryRecord['direction'],
    state: state as HistoryRecord['state'],
    contentType,
    text,
    sentAtMs,
    storedAtMs,
    ...(failure !== undefined && { failure }),
    ...(identity !== undefined && { identity }),
  };
}

/** One line. null: no message. Throws JobFailure when the file says it is of a newer version. */
export function readRecordLine(line: string): HistoryRecord | 'start' | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isFields(value) || value['format'] !== HISTORY_FORMAT) return toRecord(value);
  if (Number(value['version']) > HISTORY_VERSION) {
    throw new JobFailure('file', 'This file was written by a newer version of Watchword. Update Watchword to import it.');
  }
  return 'start';
}

/** Numbers messages that are the same in all, so that an import knows two equal ones from one read twice. */
export function createOccurrences(): (record: HistoryRecord) => number {
  // Equal ones have the same time; in an export they stand close together. Kept for the last times only.
  const KEPT = 10_000;
  const counts = new Map<string, number>();
  return ({ account, address, direction, sentAtMs, storedAtMs, text }) => {
    const key = JSON.stringify([account, address, direction, sentAtMs, storedAtMs, text]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.delete(key);
    counts.set(key, count);
    const [oldest] = counts.keys();
    if (counts.size > KEPT && oldest !== undefined) counts.delete(oldest);
    return count;
  };
}

/** Lines of the file with the bytes read so far. A line that is too long comes cut, and so as no JSON. */
async function* linesOf(path: string): AsyncGenerator<{ line: string; bytes: number; size: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const decoder = new TextDecoder();
    const chunk = Buffer.alloc(CHUNK);
    let rest = '';
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK);
      bytes += bytesRead;
      const lines = (rest + decoder.decode(chunk.subarray(0, bytesRead), { stream: bytesRead > 0 })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_LIMIT) rest = '{'.repeat(LINE_LIMIT + 1);
      for (const line of lines) yield { line: line.slice(0, LINE_LIMIT), bytes, size };
      if (bytesRead === 0) break;
    }
    if (rest !== '') yield { line: rest, bytes, size };
  } finally {
    await file.close();
  }
}

/** Why it can be no history of ours, by its first bytes; undefined: it may be one. */
function strangeness(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    if (text.includes('\0')) return NOT_TEXT;
    return text.trimStart().startsWith('<') ? WEB_PAGE : undefined;
  } catch {
    return NOT_TEXT;
  }
}

async function lookAtBeginning(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(LOOK_BYTES);
    const { bytesRead } = await file.read(bytes, 0, LOOK_BYTES, 0);
    const reason = strangeness(bytes.subarray(0, bytesRead));
    if (reason !== undefined) throw new JobFailure('file', reason);
  } finally {
    await file.close();
  }
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** What no line of a file says. */
interface Unread {
  count: number;
  first: number;
  firstIsJson: boolean;
}

function noteUnread(unread: Unread, line: string, number: number): void {
  if (line.trim() === '') return;
  if (unread.count === 0) Object.assign(unread, { first: number, firstIsJson: isJson(line) });
  unread.count += 1;
}

/** Throws JobFailure, kind `file`, for a file in which nothing is a message; one that begins as an export may be empty otherwise. */
export async function readHistoryFile(
  { path }: HistoryJob & { kind: 'import' },
  { isCancelled, progress, batch }: JobContext,
): Promise<JobResult['import']> {
  await lookAtBeginning(path);
  const occurrenceOf = createOccurrences();
  let [records, length, messages, lines, isExport]: [HistoryRecord[], number, number, number, boolean] = [[], 0, 0, 0, false];
  const unread: Unread = { count: 0, first: 0, firstIsJson: false };
  const send = async (bytes: number, size: number): Promise<void> => {
    if (isCancelled()) throw new JobFailure('cancelled', '');
    if (records.length > 0) await batch(records);
    [records, length] = [[], 0];
    progress(bytes, size);
  };
  for await (const { line, bytes, size } of linesOf(path)) {
    const record = readRecordLine(line);
    lines += 1;
    if (record === 'start') isExport = true;
    if (record === null) noteUnread(unread, line, lines);
    if (messages === 0 && unread.count >= HOPELESS_LINES) break;
    if (record === 'start' || record === null) continue;
    messages += 1;
    length += record.text.length;
    records.push({ ...record, occurrence: occurrenceOf(record) });
    if (records.length >= BATCH || length >= BATCH_LENGTH) await send(bytes, size);
  }
  await send(1, 1);
  if (messages === 0 && unread.count > 0) throw new JobFailure('file', notAHistory(unread.first, unread.firstIsJson));
  if (messages === 0 && !isExport) throw new JobFailure('file', EMPTY_FILE);
  return { messages, unreadable: unread.count, firstUnreadable: unread.first };
}
