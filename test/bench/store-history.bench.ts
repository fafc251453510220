// Benchmark: reading a large history, each query beside its bare better-sqlite3 statement on the same file in the same run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import {
  beginDeletingConversation,
  createHistoryThread,
  createSearchBeside,
  deletionStep,
  indexSome,
  listConversations,
  listMessages,
  purgeStep,
  resetIndexes,
  searchMessages,
} from '../../main/store/index.ts';
import type { Store, WritableDb } from '../../main/store/index.ts';
import { INDEX_TOP } from '../../main/store/search-indexes.ts';
import type { BenchRow, BenchTable } from './bench.ts';
import { makeHistory, openAt } from './make-history.ts';
import type { MadeHistory } from './make-history.ts';

/** WATCHWORD_BENCH_MESSAGES chooses another number. */
const MESSAGES = Number(process.env['WATCHWORD_BENCH_MESSAGES'] ?? 1_000_000);
const RUNS = 300;
const ROUNDS = 5;

interface Spans {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}
const at = (sorted: readonly number[], part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;
function spansOf(values: readonly number[]): Spans {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: at(sorted, 0.5), p95: at(sorted, 0.95), p99: at(sorted, 0.99) };
}

/** Two works in turns, call by call, so that the machine's moods meet both; milliseconds. */
async function timeBoth(bare: (turn: number) => unknown, own: (turn: number) => unknown): Promise<[number[], number[]]> {
  const spans: [number[], number[]] = [[], []];
  for (let turn = -20; turn < RUNS; turn += 1) {
    // WHY swapped each time: the second of two finds the pages in the cache of the processor.
    for (const which of turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const place = Math.abs(turn);
      const startMs = performance.now();
      const result = (which === 0 ? bare : own)(place);
      if (result instanceof Promise) await result;
      if (turn >= 0) spans[which].push(performance.now() - startMs);
    }
  }
  return spans;
}

const row = (name: string, unit: string, median: number, min = median, max = median): BenchRow => ({ name, median, min, max, unit });

/** Rows: p50, p95 and p99 stand under median, min and max. */
async function compare(name: string, bare: (turn: number) => unknown, own: (turn: number) => unknown): Promise<BenchRow[]> {
  const ratios: number[] = [];
  const all: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [bareSpans, ownSpans] = await timeBoth(bare, own);
    ratios.push(spansOf(ownSpans).p50 / spansOf(bareSpans).p50);
    all[0].push(...bareSpans);
    all[1].push(...ownSpans);
  }
  ratios.sort((a, b) => a - b);
  const [bareAll, ownAll] = [spansOf(all[0]), spansOf(all[1])];
  return [
    row(`${name}: bare`, 'ms p50 p95 p99', bareAll.p50, bareAll.p95, bareAll.p99),
    row(`${name}: store`, 'ms p50 p95 p99', ownAll.p50, ownAll.p95, ownAll.p99),
    row(`  store / bare`, 'times', at(ratios, 0.5), at(ratios, 0), at(ratios, 1)),
  ];
}

const COLUMNS = `m.message_id, m.conversation_id, m.account_id, m.direction, m.state, m.content_type, m.text, m.sent_at_ms, m.stored_at_ms,
  m.failure_code, m.failure_reason, m.failure_by, m.extra`;
/** Bare: the same index joined to the same messages and conversations, all columns and the text, without making snippets: SQLite's own needs positions and a text of its own, which these indexes do without. */
const bareSearch = (index: string): string => `SELECT ${COLUMNS}, c.address, m.text AS snippet
  FROM ${index} w CROSS JOIN message m ON m.message_id = ${INDEX_TOP} - w.rowid CROSS JOIN conversation c ON c.conversation_id = m.conversation_id
  WHERE ${index} MATCH ? ORDER BY w.rowid LIMIT 50`;

async function measureReads(store: Store, bare: Database.Database): Promise<BenchRow[]> {
  const list = store.read((db) => listConversations(db, {}));
  const conversationAt = (turn: number): string => list[(turn * 37) % list.length]?.conversationId ?? '';
  const newest = bare.prepare(
    `SELECT ${COLUMNS} FROM message m WHERE conversation_id = ? ORDER BY stored_at_ms DESC, message_id DESC LIMIT 50`,
  );
  const older = bare.prepare(`SELECT ${COLUMNS} FROM message m WHERE conversation_id = ? AND (stored_at_ms, message_id) < (?, ?)
    ORDER BY stored_at_ms DESC, message_id DESC LIMIT 50`);
  const summaries = bare.prepare(`SELECT c.*, ${COLUMNS} FROM conversation c LEFT JOIN message m ON m.message_id = c.last_message_id
    ORDER BY m.stored_at_ms DESC`);
  const middles = list.map(({ conversationId }) => store.read((db) => listMessages(db, { conversationId, limit: 60 })[0]));
  const middleAt = (turn: number) => middles[(turn * 37) % list.length];
  return [
    ...(await compare(
      'open a thread',
      (turn) => newest.all(Number(conversationAt(turn))),
      (turn) => store.read((db) => listMessages(db, { conversationId: conversationAt(turn), limit: 50 })),
    )),
    ...(await compare(
      'page back',
      (turn) => older.all(Number(conversationAt(turn)), middleAt(turn)?.storedAtMs, Number(middleAt(turn)?.messageId)),
      (turn) =>
        store.read((db) => listMessages(db, { conversationId: conversationAt(turn), before: middleAt(turn)?.messageId ?? '', limit: 50 })),
    )),
    ...(await compare(
      `list of ${list.length} conversations`,
      () => summaries.all(),
      () => store.read((db) => listConversations(db, {})),
    )),
  ];
}

/** By its size: the scope as the index of parts has it. */
const gramOfConversation = (id: number): string =>
  `"${String.fromCodePoint(0xf0000, 0xf0000 + Math.floor(id / 1024), 0xf0000 + (id % 1024))}"`;

const SEARCHES: readonly (readonly [
  name: string,
  index: 'message_word' | 'message_gram',
  expression: string,
  query: string,
  conversation?: number,
])[] = [
  ['rare word', 'message_word', 'text : zeppelin', 'zeppelin '],
  ['common word', 'message_word', 'text : garden', 'garden '],
  ['two words', 'message_word', 'text : (garden AND bridge)', 'bridge garden '],
  ['phrase', 'message_word', 'text : "garden bridge"', '"garden bridge"'],
  ['four-letter prefix', 'message_gram', '"bri" AND "rid"', 'brid*'],
  ['common part of a word', 'message_gram', '"idg" AND "dge"', 'idge'],
  ['rare part of a word', 'message_gram', '"epp" AND "eli"', 'eppeli'],
  ['word in a small conversation', 'message_word', 'text : garden AND scope : c499', 'garden ', 499],
  ['part in a small conversation', 'message_gram', `"idg" AND "dge" AND ${gramOfConversation(499)}`, 'idge', 499],
  ['nothing', 'message_gram', '"qzx" AND "xyq"', 'qzxyq'],
];

async function measureSearches(store: Store, bare: Database.Database, path: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, index, expression, query, conversation] of SEARCHES) {
    const statement = bare.prepare(bareSearch(index));
    const of = { query, limit: 50, ...(conversation !== undefined && { conversationId: String(conversation) }) };
    const own = (): unknown => store.read((db) => searchMessages(db, of));
    rows.push(...(await compare(`50 newest, ${name}`, () => statement.all(expression), own)));
  }
  const thread = createHistoryThread(path);
  const search = createSearchBeside(thread);
  const like = bare.prepare(`SELECT count(*) FROM message WHERE text LIKE '%eppeli%'`);
  const beside: number[] = [];
  for (let turn = -20; turn < RUNS; turn += 1) {
    const startMs = performance.now();
    await search.search('bench', { query: 'idge', limit: 50 });
    if (turn >= 0) beside.push(performance.now() - startMs);
  }
  const { p50, p95, p99 } = spansOf(beside);
  rows.push(row('50 newest, common part, there and back through the thread', 'ms p50 p95 p99', p50, p95, p99));
  const startMs = performance.now();
  await search.search('bench', { query: '湖', limit: 50 });
  const scanMs = performance.now() - startMs;
  const likeMs = performance.now();
  like.get();
  rows.push(
    row('one character without an index, all read, in the thread', 'ms', scanMs),
    row('  LIKE over all, bare', 'ms', performance.now() - likeMs),
  );
  await thread.end();
  return rows;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** How long one step held the event loop: by the clock, which counts what other processes and the disk took, and in processor time. */
async function measureSteps(store: Store, name: string, limit: number, step: (db: WritableDb) => boolean): Promise<BenchRow[]> {
  const spans: number[] = [];
  const costs: number[] = [];
  for (let isMore = true; isMore && spans.length < limit;) {
    const [startMs, startCpuMs] = [performance.now(), cpuMs()];
    isMore = await store.commit(step);
    spans.push(performance.now() - startMs);
    costs.push(cpuMs() - startCpuMs);
  }
  const [clock, cost] = [spansOf(spans), spansOf(costs)];
  return [
    row(`${name}: one of ${spans.length} steps`, 'ms p50 p99 max', clock.p50, clock.p99, Math.max(...spans)),
    row('  in processor time', 'ms p50 p99 max', cost.p50, cost.p99, Math.max(...costs)),
  ];
}

/** As after a damaged index was made anew. */
async function measureIndexing(store: Store): Promise<BenchRow[]> {
  await store.commit(resetIndexes);
  return measureSteps(store, 'index messages', 1_000, (db) => indexSome(db) > 0);
}

async function measureDeleting(store: Store): Promise<BenchRow[]> {
  const deletion = await store.commit((db) => beginDeletingConversation(db, { conversationId: '1' }));
  const of = { deletionId: deletion?.deletionId ?? '' };
  let deleted = 0;
  const rows = await measureSteps(store, 'delete the longest conversation', 100_000, (db) => {
    const step = deletionStep(db, of);
    deleted += step.deleted;
    return !step.isDone;
  });
  return [
    ...rows,
    row('  messages deleted', 'messages', deleted),
    ...(await measureSteps(store, 'take deleted words out of the indexes', 2_000, purgeStep)),
    ...(await measureIndexing(store)),
  ];
}

function fixedRows(made: MadeHistory, openMs: readonly number[]): BenchRow[] {
  const mib = (bytes: number): number => bytes / 1_048_576;
  const { p50 } = spansOf(openMs);
  return [
    row('file', 'MiB', mib(made.fileBytes)),
    row('  bare: the same tables and indexes, not those of words and parts', 'MiB', mib(made.bareBytes)),
    row('  with words / bare', 'times', (made.bareBytes + made.wordBytes) / made.bareBytes),
    row('  with words and parts / bare', 'times', made.fileBytes / made.bareBytes),
    row('indexed', 'messages/s', made.indexedPerSecond),
    row('  longest step', 'ms', made.longestIndexMs),
    row('open, all that start does', 'ms', p50, Math.min(...openMs), Math.max(...openMs)),
  ];
}

/** Wanted: each query at most 1.3 times its bare statement, opening under 60 ms, no step above 50 ms. */
export default async function bench(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
  const path = join(folder, 'store.db');
  try {
    const made = await makeHistory(path, MESSAGES);
    const openMs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const startMs = performance.now();
      const opened = openAt(path);
      opened.read((db) => listConversations(db, {}));
      openMs.push(performance.now() - startMs);
      opened.close();
    }
    const store = openAt(path);
    const bare = new Database(path, { readonly: true });
    bare.pragma('cache_size = -16384');
    const rows = [...fixedRows(made, openMs), ...(await measureReads(store, bare)), ...(await measureSearches(store, bare, path))];
    bare.close();
    rows.push(...(await measureDeleting(store)));
    store.close();
    return { title: `History of ${MESSAGES.toLocaleString('en')} messages (where a unit says p50 p95 p99, these are the columns)`, rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
