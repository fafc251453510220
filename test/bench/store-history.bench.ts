// Benchmark: reading a large history, each query beside its bare better-sqlite3 statement on the same file in the same run.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { addAccount, addIncomingMessage, listConversations, listMessages, openStore, searchMessages } from '../../main/store/index.ts';
import type { IncomingMessage, Store } from '../../main/store/index.ts';

interface BenchRow {
  name: string;
  median: number;
  min: number;
  max: number;
  unit: string;
}

/** A million takes about a minute to make; set WATCHWORD_BENCH_MESSAGES to choose. */
const MESSAGES = Number(process.env['WATCHWORD_BENCH_MESSAGES'] ?? 200_000);
const CONVERSATIONS = 500;
const GROUP = 500;
const RUNS = 200;
const RARE_EVERY = 10_000;
const WORDS = `time people year work lake house paper train garden window evening music plan letter coffee river street table
  morning answer question market summer winter mountain station bridge ticket number school doctor kitchen holiday picture`.split(/\s+/);

/** The same numbers in every run: a linear congruential sequence (Numerical Recipes). */
function createSequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

function messageAt(index: number, accountId: string, next: (below: number) => number): IncomingMessage {
  // WHY squared: some conversations are long and many are short, as with people.
  const peer = Math.floor((next(1000) * next(1000)) / (1_000_000 / CONVERSATIONS));
  const words = Array.from({ length: 5 + next(18) }, () => `${WORDS[next(WORDS.length)] ?? ''}${next(4) === 0 ? next(300) : ''}`);
  if (index % RARE_EVERY === 0) words.push('zeppelin');
  const atMs = 1_600_000_000_000 + index * 1000;
  return {
    accountId,
    address: `sip:peer${peer}@example.org`,
    displayName: '',
    text: words.join(' '),
    contentType: 'text/plain',
    sentAtMs: atMs,
    storedAtMs: atMs,
    identity: { callId: `${index.toString(36)}@192.0.2.7`, cseq: 1, fromTag: index.toString(36), imdnId: null },
    dedupeKey: ((Math.imul(index, 2_654_435_761) >>> 0) * 4096 + (index % 4096)).toString(36),
    // As with a bound of one day: older keys are swept.
    dedupeSinceMs: atMs - 86_400_000,
  };
}

function open(path: string): Store {
  const opened = openStore(path, { defer: (callback) => setImmediate(callback) });
  if (opened.kind === 'failure') throw new Error(opened.text);
  return opened.store;
}

async function fill(path: string): Promise<number> {
  const store = open(path);
  const account = await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:me@example.org', settings: {}, createdAtMs: 0 }));
  const accountId = account?.accountId ?? '';
  const next = createSequence(7);
  const startMs = performance.now();
  for (let done = 0; done < MESSAGES; done += GROUP) {
    const messages = Array.from({ length: GROUP }, (_, place) => messageAt(done + place, accountId, next));
    await Promise.all(messages.map((message) => store.commit((db) => addIncomingMessage(db, message))));
  }
  const rate = (MESSAGES * 1000) / (performance.now() - startMs);
  store.close();
  return rate;
}

/** Microseconds of each call: 50th, 95th and 99th of a hundred. */
async function time(run: (turn: number) => unknown): Promise<{ p50: number; p95: number; p99: number }> {
  for (let turn = 0; turn < 20; turn += 1) await run(turn);
  const spans: number[] = [];
  for (let turn = 0; turn < RUNS; turn += 1) {
    const startMs = performance.now();
    await run(turn);
    spans.push((performance.now() - startMs) * 1000);
  }
  spans.sort((a, b) => a - b);
  const at = (part: number): number => Math.round(spans[Math.floor(part * (RUNS - 1))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

async function compare(name: string, bare: (turn: number) => unknown, own: (turn: number) => unknown): Promise<BenchRow[]> {
  const [bareSpans, ownSpans] = [await time(bare), await time(own)];
  const row = (what: string, of: { p50: number; p95: number; p99: number }): BenchRow => ({
    name: `${name}, ${what} (p50, p95 as min, p99 as max)`,
    median: of.p50,
    min: of.p95,
    max: of.p99,
    unit: 'µs',
  });
  const ratio = Math.round((ownSpans.p50 / bareSpans.p50) * 100) / 100;
  return [
    row('bare', bareSpans),
    row('store', ownSpans),
    { name: `${name}, store / bare`, median: ratio, min: ratio, max: ratio, unit: 'times' },
  ];
}

const COLUMNS = `m.message_id, m.conversation_id, m.account_id, m.direction, m.state, m.content_type, m.text, m.sent_at_ms, m.stored_at_ms,
  m.failure_code, m.failure_reason`;
const BARE_SEARCH = `SELECT ${COLUMNS}, snippet(message_word, 0, '<', '>', '…', 24) AS snippet
  FROM message_word w CROSS JOIN message m ON m.message_id = w.rowid WHERE message_word MATCH ? ORDER BY w.rowid DESC LIMIT 50`;

async function measureReads(store: Store, bare: Database.Database): Promise<BenchRow[]> {
  const list = store.read((db) => listConversations(db, {}));
  const conversationAt = (turn: number): string => list[(turn * 37) % list.length]?.conversationId ?? '';
  const thread = bare.prepare(
    `SELECT ${COLUMNS} FROM message m WHERE conversation_id = ? ORDER BY stored_at_ms DESC, message_id DESC LIMIT 50`,
  );
  const older = bare.prepare(`SELECT ${COLUMNS} FROM message m WHERE conversation_id = ? AND stored_at_ms < ?
    ORDER BY stored_at_ms DESC, message_id DESC LIMIT 50`);
  const summaries = bare.prepare(`SELECT c.*, ${COLUMNS} FROM conversation c LEFT JOIN message m ON m.message_id = c.last_message_id
    ORDER BY c.last_message_id DESC`);
  const search = bare.prepare(BARE_SEARCH);
  const middles = list.map((conversation) =>
    store.read((db) => listMessages(db, { conversationId: conversation.conversationId, limit: 60 })[0]),
  );
  const middleAt = (turn: number) => middles[(turn * 37) % list.length];
  const smallest = list.toSorted((a, b) => a.unreadCount - b.unreadCount)[0]?.conversationId ?? '';
  const searches: [string, string, string, string?][] = [
    ['50 newest of a rare word', 'zeppelin', 'zeppelin '],
    ['50 newest of a common word', 'garden', 'garden '],
    ['50 newest of a four-letter prefix', 'brid*', 'brid'],
    ['50 newest of two words', 'garden AND bridge', 'bridge garden '],
    ['common word in the smallest conversation', `text : garden AND scope : c${smallest}`, 'garden ', smallest],
  ];
  const rows = [
    await compare(
      'open a thread',
      (turn) => thread.all(conversationAt(turn)),
      (turn) => store.read((db) => listMessages(db, { conversationId: conversationAt(turn), limit: 50 })),
    ),
    await compare(
      'page back',
      (turn) => older.all(conversationAt(turn), middleAt(turn)?.storedAtMs),
      (turn) =>
        store.read((db) => listMessages(db, { conversationId: conversationAt(turn), before: middleAt(turn)?.messageId ?? '', limit: 50 })),
    ),
    await compare(
      `conversation list of ${list.length}`,
      () => summaries.all(),
      () => store.read((db) => listConversations(db, {})),
    ),
  ];
  for (const [name, expression, query, conversationId] of searches) {
    const of = { query, limit: 50, ...(conversationId !== undefined && { conversationId }) };
    const own = () => store.commit((db) => searchMessages(db, of));
    rows.push(await compare(name, () => search.all(expression), own));
  }
  return rows.flat();
}

const single = (name: string, value: number, unit: string): BenchRow => ({ name, median: value, min: value, max: value, unit });

/** Wanted: each query at most 1.3 times its bare statement, opening under 60 ms. */
export default async function bench(): Promise<{ title: string; rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
  const path = join(folder, 'store.db');
  try {
    const rate = await fill(path);
    const startMs = performance.now();
    const store = open(path);
    const openMs = performance.now() - startMs;
    const bare = new Database(path, { readonly: true });
    const rows = await measureReads(store, bare);
    bare.close();
    store.close();
    const megabytes = Math.round(statSync(path).size / 1_048_576);
    const fixed = [
      single('filled, 500 at a time', Math.round(rate), 'messages/s'),
      single('file', megabytes, 'MiB'),
      single('open', Math.round(openMs), 'ms'),
    ];
    return { title: `History of ${MESSAGES} messages`, rows: [...fixed, ...rows] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
