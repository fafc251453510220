// A large history made up: the same messages in every run, written straight into the store's tables, then indexed by the store.
import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import { addAccount, indexSome, openStore } from '../../main/store/index.ts';
import type { IncomingMessage, Store } from '../../main/store/index.ts';

export const CONVERSATIONS = 500;
const RARE_EVERY = 10_000;
const START_MS = 1_600_000_000_000;
/** Between two messages: a million are about ten years. */
const STEP_MS = 300_000;
const WORDS = `time people year work lake house paper train garden window evening music plan letter coffee river street table
  morning answer question market summer winter mountain station bridge ticket number school doctor kitchen holiday picture`.split(/\s+/);

/** The same numbers in every run: a linear congruential sequence (Numerical Recipes). */
export function createSequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

export interface MadeMessage {
  readonly peer: number;
  readonly text: string;
  readonly atMs: number;
}

/** 5 to 22 words of some ten thousand, a quarter of them rare; 99 bytes in the mean. */
export function makeMessage(index: number, next: (below: number) => number): MadeMessage {
  // WHY squared: some conversations are long and many are short, as with people.
  const peer = Math.floor((next(1000) * next(1000)) / (1_000_000 / CONVERSATIONS));
  const words = Array.from({ length: 5 + next(18) }, () => `${WORDS[next(WORDS.length)] ?? ''}${next(4) === 0 ? next(300) : ''}`);
  if (index % RARE_EVERY === 0) words.push('zeppelin');
  return { peer, text: words.join(' '), atMs: START_MS + index * STEP_MS };
}

export function toIncoming({ peer, text, atMs }: MadeMessage, accountId: string): IncomingMessage {
  return {
    accountId,
    address: `sip:peer${peer}@example.org`,
    displayName: '',
    text,
    contentType: 'text/plain',
    sentAtMs: atMs,
    storedAtMs: atMs,
    // As they are: identities and keys are random.
    identity: {
      callId: `${randomBytes(16).toString('base64url')}@192.0.2.7`,
      cseq: 1,
      fromTag: randomBytes(6).toString('hex'),
      imdnId: null,
    },
    dedupeKey: randomBytes(32).toString('base64url'),
    // As with a bound of one day: older keys are swept.
    dedupeSinceMs: atMs - 86_400_000,
  };
}

export function openAt(path: string): Store {
  const opened = openStore(path, { defer: (callback) => setImmediate(callback) });
  if (opened.kind === 'failure') throw new Error(opened.text);
  return opened.store;
}

function writeRows(path: string, count: number): void {
  const db = new Database(path);
  db.pragma('synchronous = OFF');
  const insert =
    db.prepare(`INSERT INTO message (conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms,
      call_id, cseq, from_tag, dedupe_key)
    VALUES (?, 1, 'in', 'read', 'text/plain', ?, ?, ?, ?, 1, ?, ?)`);
  const conversation = db.prepare('INSERT INTO conversation (conversation_id, account_id, address) VALUES (?, 1, ?)');
  const next = createSequence(7);
  db.transaction(() => {
    for (let peer = 0; peer < CONVERSATIONS; peer += 1) conversation.run(peer + 1, `sip:peer${peer}@example.org`);
    for (let index = 0; index < count; index += 1) {
      const { peer, text, atMs } = makeMessage(index, next);
      // WHY one draw for all three: drawing takes longer than inserting.
      const token = randomBytes(32).toString('base64url');
      insert.run(peer + 1, text, atMs, atMs, `${token.slice(0, 22)}@192.0.2.7`, token.slice(0, 12), token.slice(-22));
    }
    db.exec(`UPDATE conversation SET last_message_id =
      (SELECT max(message_id) FROM message m WHERE m.conversation_id = conversation.conversation_id)`);
  })();
  db.close();
}

export interface MadeHistory {
  /** The file with all its tables and indexes, but not those of words and parts. */
  readonly bareBytes: number;
  readonly wordBytes: number;
  readonly gramBytes: number;
  readonly fileBytes: number;
  /** Of one indexing step in the main process. */
  readonly longestIndexMs: number;
  readonly indexedPerSecond: number;
}

function bytesOf(path: string, where: string): number {
  const db = new Database(path, { readonly: true });
  const row = db.prepare(`SELECT sum(pgsize) AS bytes FROM dbstat WHERE aggregate = 1 AND ${where}`).get() as { bytes: number };
  db.close();
  return row.bytes;
}

/** Makes the file; a million takes two or three minutes, most of it for the indexes. */
export async function makeHistory(path: string, count: number): Promise<MadeHistory> {
  const first = openAt(path);
  await first.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:me@example.org', settings: {}, createdAtMs: 0 }));
  first.close();
  writeRows(path, count);
  const store = openAt(path);
  const startMs = performance.now();
  let longestIndexMs = 0;
  for (let isDone = false; !isDone;) {
    const stepMs = performance.now();
    isDone = (await store.commit(indexSome)) === 0;
    longestIndexMs = Math.max(longestIndexMs, performance.now() - stepMs);
  }
  const indexedPerSecond = (count * 1000) / (performance.now() - startMs);
  store.sweepLog();
  store.close();
  const isWord = `name LIKE 'message\\_word%' ESCAPE '\\'`;
  const isGram = `name LIKE 'message\\_gram%' ESCAPE '\\'`;
  return {
    bareBytes: bytesOf(path, `NOT (${isWord} OR ${isGram})`),
    wordBytes: bytesOf(path, isWord),
    gramBytes: bytesOf(path, isGram),
    fileBytes: bytesOf(path, '1'),
    longestIndexMs,
    indexedPerSecond,
  };
}
