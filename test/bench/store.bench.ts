// Benchmark: durable messages per second, one by one and in groups, beside append-and-sync and a bare better-sqlite3 insert in the same run.
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

const ROUNDS = 7;
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
    dedupeKey: `key-${index.toString(36).padStart(24, '0')}`,
    dedupeSinceMs: 0,
  };
}

function perSecond(count: number, sinceMs: number): number {
  return (count * 1000) / (performance.now() - sinceMs);
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

/** Just the message with its thread index, its words and its summary: what no store of a history can do without. */
function openBare(folder: string): Database.Database {
  const db = new Database(join(folder, 'bare.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE conversation (id INTEGER PRIMARY KEY, unread INTEGER NOT NULL, last INTEGER);
    CREATE TABLE message (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, direction TEXT, state TEXT, type TEXT, text TEXT,
      sent INTEGER, stored INTEGER, call_id TEXT, cseq INTEGER, tag TEXT);
    CREATE INDEX thread ON message (conversation, stored);
    CREATE VIRTUAL TABLE word USING fts5(text, content='message', content_rowid='id', tokenize='unicode61 remove_diacritics 2');`);
  const add = db.prepare('INSERT INTO conversation VALUES (?, 0, NULL)');
  for (let index = 0; index < 500; index += 1) add.run(index);
  return db;
}

function createBareInsert(db: Database.Database): (message: IncomingMessage, conversation: number) => void {
  const insert = db.prepare('INSERT INTO message VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const index = db.prepare('INSERT INTO word (rowid, text) VALUES (?, ?)');
  const summary = db.prepare('UPDATE conversation SET unread = unread + 1, last = ? WHERE id = ?');
  return (message, conversation) => {
    const { text, contentType, sentAtMs, storedAtMs, identity } = message;
    const { callId, cseq, fromTag } = identity;
    const row = insert.run(conversation, 'in', 'received', contentType, text, sentAtMs, storedAtMs, callId, cseq, fromTag);
    index.run(row.lastInsertRowid, text);
    summary.run(row.lastInsertRowid, conversation);
  };
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

/** Opens a store with one account in a new folder. */
async function openBenchStore(folder: string): Promise<{ store: Store; accountId: string }> {
  const opened = openStore(join(folder, 'store.db'), { defer: (callback) => setImmediate(callback) });
  if (opened.kind === 'failure') throw new Error(opened.text);
  const { store } = opened;
  const account = await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:me@example.org', settings: {}, createdAtMs: 0 }));
  return { store, accountId: account?.accountId ?? '' };
}

async function measure(folder: string): Promise<Map<string, number[]>> {
  const { store, accountId } = await openBenchStore(folder);
  const bareDb = openBare(folder);
  const insertBare = createBareInsert(bareDb);
  const rates = new Map<string, number[]>();
  const keep = (name: string, rate: number): number => rates.set(name, [...(rates.get(name) ?? []), rate]).size;
  let next = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    keep('append and fdatasync alone', appendAndSync(folder, 400));
    for (const group of GROUPS) {
      const count = group === 1 ? 400 : group * Math.ceil(2000 / group);
      const insertGroup = bareDb.transaction((first: number) => {
        for (let place = 0; place < group; place += 1) insertBare(messageAt(first + place, ''), (first + place) % 500);
      });
      const startMs = performance.now();
      for (let done = 0; done < count; done += group) insertGroup(next + done);
      keep(`bare insert, ${group} per commit`, perSecond(count, startMs));
      keep(`store, ${group} at a time`, await storeInGroups({ store, accountId }, { first: next, count, group }));
      next += count;
    }
  }
  store.close();
  bareDb.close();
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
    }
    return { title: 'Messages stored durably', rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
