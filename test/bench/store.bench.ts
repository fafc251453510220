// Benchmark: durable messages per second, one by one and in groups, beside append-and-sync and a bare better-sqlite3 insert in the same run.
import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { addAccount, addIncomingMessage, openStore } from '../../main/store/index.ts';
import type { IncomingMessage, Store } from '../../main/store/index.ts';

interface BenchRow {
  name: string;
  median: number;
  min: number;
  max: number;
  unit: string;
}

const ROUNDS = 15;
const TEXT = 'The plan for Thursday stands: we meet at nine, walk to the lake and are back for lunch.';
const GROUPS = [1, 16, 100, 500];

function messageAt(index: number, accountId: string): IncomingMessage {
  return {
    accountId,
    address: `sip:peer${index % 500}@example.org`,
    displayName: '',
    text: `${TEXT} ${index.toString(36)}`,
    contentType: 'text/plain',
    sentAtMs: 1_700_000_000_000 + index,
    storedAtMs: 1_700_000_000_000 + index,
    identity: { callId: `call-${index}@192.0.2.7`, cseq: 1, fromTag: `tag${index}`, imdnId: null },
    dedupeKey: hash('sha256', index.toString(), 'base64url').slice(0, 22),
    dedupeSinceMs: 0,
  };
}

function perSecond(count: number, sinceMs: number): number {
  return (count * 1000) / (performance.now() - sinceMs);
}

interface Used {
  readonly thread: NodeJS.CpuUsage;
  readonly all: NodeJS.CpuUsage;
}
const usedNow = (): Used => ({ thread: process.threadCpuUsage(), all: process.cpuUsage() });

/**
 * WHY processor time too: a disk and a machine with other work drift by more than what is compared. Of the thread that stores, and of
 * all threads: the store's log is written back by another one, the bare one's within its commits.
 */
function keepCpuRates(keep: (name: string, rate: number) => void, name: string, count: number, since: Used): void {
  const perSecondOf = ({ user, system }: NodeJS.CpuUsage): number => (count * 1_000_000) / (user + system);
  keep(`${name}, by processor time`, perSecondOf(process.threadCpuUsage(since.thread)));
  keep(`${name}, by that of all threads`, perSecondOf(process.cpuUsage(since.all)));
}

function appendAndSync(folder: string, count: number): number {
  const file = openSync(join(folder, 'append'), 'a');
  const bytes = Buffer.alloc(800, 'x');
  const startMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    writeSync(file, bytes);
    fdatasyncSync(file);
  }
  const rate = perSecond(count, startMs);
  closeSync(file);
  return rate;
}

/** The same file: the same tables, indexes and settings, but those of merging the indexes. */
async function openBare(path: string): Promise<Database.Database> {
  const { store } = await openBenchStore(path);
  store.close();
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('secure_delete = ON');
  // As FTS5 has them; with the store's settings nobody would merge here.
  for (const table of ['message_word', 'message_gram']) {
    db.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('automerge', 4), ('usermerge', 4), ('crisismerge', 16)`);
  }
  const add = db.prepare('INSERT INTO conversation (conversation_id, account_id, address) VALUES (?, 1, ?)');
  for (let index = 0; index < 500; index += 1) add.run(index + 1, `sip:peer${index}@example.org`);
  return db;
}

/**
 * Bare: the same messages as the store gets them into the same tables and indexes by plain prepared statements in one transaction:
 * the conversation found by its address, the message with its identity and dedupe key, the summary, and at the end words and parts of
 * all of them at once. No look for duplicates, no table of keys, no last time, no promises.
 */
function createBareInsert(db: Database.Database): (messages: readonly IncomingMessage[]) => void {
  const insert =
    db.prepare(`INSERT INTO message (conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms,
      call_id, cseq, from_tag, dedupe_key)
    VALUES (?, 1, 'in', 'received', ?, ?, ?, ?, ?, ?, ?, ?)`);
  const find = db.prepare('SELECT conversation_id FROM conversation WHERE account_id = 1 AND address = ?').pluck();
  const summary = db.prepare('UPDATE conversation SET unread_count = unread_count + 1, last_message_id = ? WHERE conversation_id = ?');
  const words = db.prepare(`INSERT INTO message_word (rowid, text, scope)
    SELECT place, text, scope FROM message_word_source WHERE message_id >= ? ORDER BY message_id DESC`);
  const grams = db.prepare(`INSERT INTO message_gram (rowid, text, conversation, account, span)
    SELECT place, text, conversation, account, span FROM message_gram_source WHERE message_id >= ? ORDER BY message_id DESC`);
  const progress = db.prepare('UPDATE message_index SET indexed_to = ?');
  return db.transaction((messages: readonly IncomingMessage[]) => {
    let [oldest, newest]: [number | bigint, number | bigint] = [0, 0];
    for (const { address, text, contentType, sentAtMs, storedAtMs, identity: known, dedupeKey } of messages) {
      const conversation = find.get(address);
      const { callId, cseq, fromTag } = known;
      newest = insert.run(conversation, contentType, text, sentAtMs, storedAtMs, callId, cseq, fromTag, dedupeKey).lastInsertRowid;
      if (oldest === 0) oldest = newest;
      summary.run(newest, conversation);
    }
    words.run(oldest);
    grams.run(oldest);
    progress.run(newest);
  });
}

async function storeInGroups(
  to: { store: Store; accountId: string },
  of: { first: number; count: number; group: number },
): Promise<number> {
  const { first, count, group } = of;
  const startMs = performance.now();
  for (let done = 0; done < count; done += group) {
    const commits = Array.from({ length: group }, (_, place) =>
      to.store.commit((db) => addIncomingMessage(db, messageAt(first + done + place, to.accountId))),
    );
    await Promise.all(commits);
  }
  return perSecond(count, startMs);
}

function summarize(name: string, rates: readonly number[], unit = 'messages/s'): BenchRow {
  const sorted = rates.toSorted((a, b) => a - b);
  const at = (place: number): number => Math.round((sorted[place] ?? 0) * 100) / 100;
  return { name, median: at(sorted.length >> 1), min: at(0), max: at(sorted.length - 1), unit };
}

/** Opens a store with one account in a new file. */
async function openBenchStore(path: string): Promise<{ store: Store; accountId: string }> {
  const opened = openStore(path, { defer: (callback) => setImmediate(callback) });
  if (opened.kind === 'failure') throw new Error(opened.text);
  const { store } = opened;
  const account = await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:me@example.org', settings: {}, createdAtMs: 0 }));
  return { store, accountId: account?.accountId ?? '' };
}

type Rates = Map<string, number[]>;

/** What takes turns within a round, for one size of group. */
function contendersOf(folder: string, insertBare: (messages: readonly IncomingMessage[]) => void, to: { store: Store; accountId: string }) {
  return (keep: (name: string, rate: number) => void, group: number, first: number, count: number): (() => Promise<void>)[] => [
    async () => {
      const [startMs, used] = [performance.now(), usedNow()];
      for (let done = 0; done < count; done += group) {
        insertBare(Array.from({ length: group }, (_, place) => messageAt(first + done + place, '1')));
        // As the store's: other work of the event loop may go on between two transactions.
        await new Promise((resolve) => void setImmediate(resolve));
      }
      keep(`bare insert, ${group} per commit`, perSecond(count, startMs));
      keepCpuRates(keep, `bare insert, ${group} per commit`, count, used);
    },
    async () => {
      const used = usedNow();
      keep(`store, ${group} at a time`, await storeInGroups(to, { first, count, group }));
      keepCpuRates(keep, `store, ${group} at a time`, count, used);
    },
    async () => {
      if (group === 1) keep('append and fdatasync alone', appendAndSync(folder, count));
      return Promise.resolve();
    },
  ];
}

interface Pair {
  readonly group: number;
  readonly store: Store;
  readonly bareDb: Database.Database;
  readonly turnsOf: (keep: (name: string, rate: number) => void, first: number, count: number) => (() => Promise<void>)[];
}

/** WHY files of their own for each size: indexes are merged later than they are written, and each size must pay for its own merging. */
async function openPair(folder: string, group: number): Promise<Pair> {
  const own = await openBenchStore(join(folder, `store-${group}.db`));
  const bareDb = await openBare(join(folder, `bare-${group}.db`));
  const contenders = contendersOf(folder, createBareInsert(bareDb), own);
  return { group, store: own.store, bareDb, turnsOf: (keep, first, count) => contenders(keep, group, first, count) };
}

async function measure(folder: string): Promise<Rates> {
  const pairs: Pair[] = [];
  for (const group of GROUPS) pairs.push(await openPair(folder, group));
  const rates: Rates = new Map();
  let next = 0;
  for (let round = -1; round < ROUNDS; round += 1) {
    const keep = (name: string, rate: number): void => {
      if (round >= 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
    };
    for (const { group, turnsOf } of pairs) {
      const count = group === 1 ? 200 : group * Math.ceil(4000 / group);
      const turns = turnsOf(keep, next, count);
      // WHY another first each time: who comes first meets what the one before left to the disk.
      for (let turn = 0; turn < turns.length; turn += 1) await turns[(turn + round + turns.length) % turns.length]?.();
      next += count;
    }
  }
  for (const { store, bareDb } of pairs) {
    store.close();
    bareDb.close();
  }
  return rates;
}

/** Round by round, because the disk and the machine drift. */
function ratio(rates: ReadonlyMap<string, number[]>, own: string, peer: string): BenchRow {
  const peers = rates.get(peer) ?? [];
  const ratios = (rates.get(own) ?? []).map((rate, round) => rate / (peers[round] ?? Number.NaN));
  return summarize(`${own} / ${peer}`, ratios, 'times');
}

/** Ratios wanted: one by one at least 0.8 of append-and-sync, in groups at least 3 times that. */
export default async function bench(): Promise<{ title: string; rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
  try {
    const rates = await measure(folder);
    const rows = [...rates].map(([name, of]) => summarize(name, of));
    for (const group of GROUPS) {
      rows.push(ratio(rates, `store, ${group} at a time`, 'append and fdatasync alone'));
      rows.push(ratio(rates, `store, ${group} at a time`, `bare insert, ${group} per commit`));
      for (const how of ['by processor time', 'by that of all threads'])
        rows.push(ratio(rates, `store, ${group} at a time, ${how}`, `bare insert, ${group} per commit, ${how}`));
    }
    return { title: 'Messages stored durably', rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
