// A profile as of somebody who has written for years: one conversation of 100,000 messages among 500, and 10,000 contacts.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { addContact, indexSome } from '../../../main/store/index.ts';
import { createSequence, makeHistory, makeMessage, openAt } from '../make-history.ts';

export const THREAD_MESSAGES = 100_000;
export const CONTACTS = 10_000;
const OTHER_MESSAGES = 50_000;
/** The conversation that grows long; its messages are the newest, so it stands first. */
const LONG_CONVERSATION = 1;
const MINUTE_MS = 60_000;

export interface WindowProfile {
  /** The texts of the long conversation, oldest first. */
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

/** As people write: mostly a line or two, now and then a single word, several lines, a quotation, a link. */
function textOf(index: number, next: (below: number) => number): string {
  const { text } = makeMessage(index, next);
  if (index % 40 === 7) return `> ${text}\n\nYes, that one.`;
  if (index % 25 === 3) return `${text}\nhttps://example.org/garden/${index}`;
  if (index % 50 === 9) return `${text}\n${text}\n\n${text}`;
  return index % 6 === 0 ? 'Fine.' : text;
}

function writeThread(path: string, texts: readonly string[], nowMs: number): void {
  const db = new Database(path);
  db.pragma('synchronous = OFF');
  const insert =
    db.prepare(`INSERT INTO message (conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms)
    VALUES (${LONG_CONVERSATION}, 1, ?, ?, 'text/plain', ?, ?, ?)`);
  db.transaction(() => {
    for (const [index, text] of texts.entries()) {
      const isOut = index % 5 >= 3;
      // Five at a time, a minute apart, the last two answers.
      const atMs = nowMs - (texts.length - index + (index % 5)) * 7 * MINUTE_MS + (index % 5) * 8 * MINUTE_MS;
      insert.run(isOut ? 'out' : 'in', isOut ? 'delivered' : 'read', text, atMs, atMs);
    }
    db.exec(`UPDATE conversation SET last_message_id = (SELECT max(message_id) FROM message) WHERE conversation_id = ${LONG_CONVERSATION}`);
  })();
  db.close();
}

function makeNames(next: (below: number) => number): string[] {
  const syllables = [
    'an',
    'bel',
    'cor',
    'da',
    'el',
    'fi',
    'gre',
    'hol',
    'is',
    'jo',
    'ka',
    'lin',
    'mar',
    'no',
    'or',
    'pe',
    'ro',
    'sa',
    'ta',
    'ul',
  ];
  const word = (): string => {
    const text = Array.from({ length: 2 + next(2) }, () => syllables[next(syllables.length)] ?? '').join('');
    return text.slice(0, 1).toUpperCase() + text.slice(1);
  };
  return Array.from({ length: CONTACTS }, () => `${word()} ${word()}`);
}

/** Fills `folder`, which becomes the profile. About five seconds. */
export async function makeWindowProfile(folder: string, nowMs: number): Promise<WindowProfile> {
  const path = join(folder, 'watchword.db');
  await makeHistory(path, OTHER_MESSAGES);
  const next = createSequence(11);
  const texts = Array.from({ length: THREAD_MESSAGES }, (_, index) => textOf(index, next));
  const names = makeNames(next);
  writeThread(path, texts, nowMs);
  const store = openAt(path);
  await store.commit((db) => {
    for (const [index, name] of names.entries()) {
      addContact(db, { accountId: '1', address: `sip:contact${index}@example.org`, name, createdAtMs: nowMs });
    }
  });
  for (let isDone = false; !isDone;) isDone = (await store.commit(indexSome)) === 0;
  store.close();
  return { texts, names };
}
