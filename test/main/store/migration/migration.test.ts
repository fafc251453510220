// Each migration from the version before it, with rows in it.
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { SAME_LETTERS } from '../../../../app/domain/fold-letter.ts';
import { createWritableDb } from '../../../../main/store/database.ts';
import {
  addMessageDetail,
  addOutgoingMessage,
  countRefused,
  findMessageByImdnId,
  findSeenMessage,
  getConversation,
  getMessageDetail,
  getMessageIdentity,
  getOwnPresence,
  getRetention,
  getWatcher,
  indexSome,
  isIndexBehind,
  listBlocked,
  listDecisionRecords,
  listDeletions,
  listReports,
  listRequests,
  searchMessages,
  setMessageIdentity,
} from '../../../../main/store/index.ts';
import { INDEX_TOP } from '../../../../main/store/search-indexes.ts';
import { makeMessagesLean } from '../../../../main/store/migration/0007-lean-messages.ts';
import { migrate, MIGRATIONS } from '../../../../main/store/migration/list.ts';
import { newDatabasePath, outgoing } from '../support/open-test-store.ts';

function openVersion(version: number): Database.Database {
  const db = new Database(newDatabasePath());
  onTestFinished(() => {
    db.close();
  });
  db.pragma('foreign_keys = ON');
  migrate(db, version);
  return db;
}
const versionOf = (db: Database.Database): unknown => db.pragma('user_version', { simple: true });

const ROWS_OF_1 = `
  INSERT INTO account (kind, address, created_at_ms) VALUES ('sip', 'sip:ada@example.org', 1);
  INSERT INTO conversation (account_id, address, display_name, draft, unread_count, last_message_id)
    VALUES (1, 'sip:bob@example.org', 'Bob', 'so', 1, 2);
  INSERT INTO message (conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms)
    VALUES (1, 1, 'out', 'accepted', 'text/plain', 'At the lake?', 10, 10), (1, 1, 'in', 'received', 'text/plain', 'Yes, lake', 20, 21);`;

test('0001 makes the tables in an empty database', () => {
  const db = openVersion(0);
  migrate(db, 1);
  db.exec(ROWS_OF_1);
  expect(versionOf(db)).toBe(1);
  expect(db.pragma('foreign_key_check')).toEqual([]);
});

test('0002 indexes the words of messages that are there', () => {
  const db = openVersion(1);
  db.exec(ROWS_OF_1);
  migrate(db, 2);
  expect(versionOf(db)).toBe(2);
  const find = db.prepare('SELECT rowid AS id FROM message_word WHERE message_word MATCH ? ORDER BY rowid');
  expect(find.all('lake')).toEqual([{ id: 1 }, { id: 2 }]);
  db.prepare('DELETE FROM account').run();
  db.exec(`INSERT INTO message_word (message_word, rank) VALUES ('integrity-check', 1)`);
  expect(find.all('lake')).toEqual([]);
});

test('0003 lets messages that are there be indexed anew, words and parts', () => {
  const db = openVersion(2);
  db.exec(ROWS_OF_1);
  migrate(db, 3);
  expect(versionOf(db)).toBe(3);
  const writable = createWritableDb(db);
  db.exec('BEGIN');
  expect([listDeletions(writable), getRetention(writable, {}), indexSome(writable)]).toEqual([[], null, 0]);
  const find = (index: string, expression: string): unknown =>
    db.prepare(`SELECT ${INDEX_TOP} - rowid AS id FROM ${index} WHERE ${index} MATCH ? ORDER BY rowid`).all(expression);
  expect(find('message_word', 'text : lake AND scope : c1')).toEqual([{ id: 2 }, { id: 1 }]);
  expect(find('message_gram', '"ake"')).toEqual([{ id: 2 }, { id: 1 }]);
  db.prepare('DELETE FROM account').run();
  for (const table of ['message_word', 'message_gram']) db.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`);
  expect([find('message_word', 'lake'), find('message_gram', '"ake"')]).toEqual([[], []]);
});

test('0004 keeps what is there: nobody known becomes a stranger, and messages have no extras', () => {
  const db = openVersion(3);
  db.exec(ROWS_OF_1);
  migrate(db, 4);
  expect(versionOf(db)).toBe(4);
  const writable = createWritableDb(db);
  expect(db.prepare('SELECT is_unknown FROM conversation').pluck().all()).toEqual([0]);
  expect(db.prepare('SELECT extra, failure_by FROM message').all()).toEqual([
    { extra: null, failure_by: null },
    { extra: null, failure_by: null },
  ]);
  db.exec('BEGIN');
  addMessageDetail(writable, { messageId: '1', isCpim: true, exchange: [{ atMs: 1, line: 'MESSAGE' }] });
  addMessageDetail(writable, { messageId: '1', states: [{ state: 'accepted', atMs: 2 }] });
  expect(getMessageDetail(writable, { messageId: '1' })).toEqual({
    states: [{ state: 'accepted', atMs: 2 }],
    exchange: [{ atMs: 1, line: 'MESSAGE' }],
    isCpim: true,
    envelope: null,
    wantsDisplay: false,
  });
  db.prepare('DELETE FROM account').run();
  expect(db.prepare('SELECT count(*) FROM message_detail').pluck().get()).toBe(0);
  expect(db.pragma('foreign_key_check')).toEqual([]);
});

const DECISIONS_OF_4 = `
  INSERT INTO request (account_id, address, display_name, state, first_seen_at_ms, last_seen_at_ms)
    VALUES (1, 'sip:eve@example.org', 'Eve', 'pending', 4, 5);
  INSERT INTO watcher (account_id, address, display_name, state, event, seen_at_ms)
    VALUES (1, 'sip:bob@example.org', 'Bob', 'active', 'approved', 9);
  INSERT INTO own_presence (account_id, availability, note, activity) VALUES (1, 'busy', 'n', 'meeting');
  INSERT INTO decision (account_id, address, decision, until_ms, decided_at_ms, confirmed_at_ms, failure, is_pending)
    VALUES (1, 'sip:bob@example.org', 'allow', 99, 7, 8, NULL, 0);
  INSERT INTO decision_log (account_id, address, decision, until_ms, at_ms) VALUES (1, 'sip:bob@example.org', 'block', NULL, 5),
    (1, 'sip:bob@example.org', 'ended', NULL, 6), (1, 'sip:bob@example.org', 'allow', 99, 7);`;

test('0005 keeps the log of decisions and gives each line its device and confirmation', () => {
  const db = openVersion(4);
  db.exec(ROWS_OF_1 + DECISIONS_OF_4);
  migrate(db, 5);
  expect([versionOf(db), db.pragma('foreign_key_check')]).toEqual([5, []]);
  const writable = createWritableDb(db);
  db.exec('BEGIN');
  const rows = listDecisionRecords(writable, { query: 'BOB@', limit: 9 });
  expect(
    rows.map(({ decisionId, decision, cause, decidedAtMs, untilMs, confirmedAtMs, isCurrent }) => ({
      ...{ decisionId, decision, cause, decidedAtMs, untilMs, confirmedAtMs, isCurrent },
    })),
  ).toEqual([
    { decisionId: '3', decision: 'allow', cause: 'person', decidedAtMs: 7, untilMs: 99, confirmedAtMs: 8, isCurrent: true },
    { decisionId: '2', decision: 'none', cause: 'time', decidedAtMs: 6, untilMs: null, confirmedAtMs: null, isCurrent: false },
    { decisionId: '1', decision: 'block', cause: 'person', decidedAtMs: 5, untilMs: null, confirmedAtMs: null, isCurrent: false },
  ]);
  expect(getOwnPresence(writable, { accountId: '1' })).toEqual({
    ...{ availability: 'busy', note: 'n', activity: 'meeting' },
    ...{ mood: '', place: '', sphere: '' },
  });
  const [request] = listRequests(writable, { accountId: '1' });
  expect([request?.askedCount, request?.isOneTime, request?.remindAtMs]).toEqual([1, false, null]);
  expect(getWatcher(writable, { accountId: '1', address: 'sip:bob@example.org' })?.sinceMs).toBe(9);
});

const SEEN_OF_5 = `
  INSERT INTO message_identity (message_id, call_id, cseq, from_tag, imdn_id) VALUES (1, 'c1', 3, 't1', 'i1'), (2, 'c2', 4, 't2', NULL);
  INSERT INTO message_seen (account_id, dedupe_key, message_id, seen_at_ms) VALUES (1, '0123456789012345678901234567890123456789012', 2, 21);`;

test('0007 keeps identities and keys where they are, and new ones count before them', () => {
  const before = MIGRATIONS.indexOf(makeMessagesLean);
  const db = openVersion(before);
  db.exec(ROWS_OF_1 + SEEN_OF_5);
  migrate(db, before + 1);
  expect([versionOf(db), db.pragma('foreign_key_check')]).toEqual([before + 1, []]);
  const writable = createWritableDb(db);
  db.exec('BEGIN');
  const of = { accountId: '1', address: 'sip:bob@example.org', direction: 'out' } as const;
  expect(getMessageIdentity(writable, { messageId: '1' })).toEqual({ callId: 'c1', cseq: 3, fromTag: 't1', imdnId: 'i1' });
  expect(findMessageByImdnId(writable, { ...of, imdnId: 'i1' })?.messageId).toBe('1');
  expect(findSeenMessage(writable, { accountId: '1', dedupeKey: '0123456789012345678901', sinceMs: 21 })).toEqual({
    messageId: '2',
    seenAtMs: 21,
  });
  const anew = { callId: 'c9', cseq: 5, fromTag: 't9', imdnId: null };
  setMessageIdentity(writable, { messageId: '1', identity: anew });
  expect([getMessageIdentity(writable, { messageId: '1' }), findMessageByImdnId(writable, { ...of, imdnId: 'i1' })]).toEqual([anew, null]);
  expect(addOutgoingMessage(writable, outgoing()).message.messageId).toBe('3');
  db.prepare('DELETE FROM account').run();
  expect(db.prepare('SELECT count(*) FROM message_seen').pluck().get()).toBe(0);
  expect(db.pragma('foreign_key_check')).toEqual([]);
});

test('all versions since the first keep what was there, and it is found', () => {
  const db = openVersion(1);
  db.exec(ROWS_OF_1);
  migrate(db);
  const writable = createWritableDb(db);
  db.exec('BEGIN');
  expect(indexSome(writable)).toBe(0);
  const snippets = searchMessages(writable, { query: 'lake', limit: 9, conversationId: '1' }).map((message) => message.snippet);
  expect(snippets).toEqual(['Yes, \u0001lake\u0002', 'At the \u0001lake\u0002?']);
  expect(getConversation(writable, { conversationId: '1' })).toMatchObject({ draft: 'so', unreadCount: 1, displayName: 'Bob' });
});

test('migrating what is up to date changes nothing', () => {
  const db = openVersion(MIGRATIONS.length);
  const schema = db.prepare('SELECT * FROM sqlite_schema').all();
  migrate(db);
  expect([versionOf(db), db.prepare('SELECT * FROM sqlite_schema').all()]).toEqual([MIGRATIONS.length, schema]);
});

test('0008 makes the indexes anew, in steps, for words that were indexed with other letters', () => {
  const db = openVersion(7);
  db.exec(ROWS_OF_1);
  db.exec(`UPDATE message SET text = 'In der Straße am See' WHERE message_id = 2`);
  const writable = createWritableDb(db);
  db.exec('BEGIN');
  db.exec(`INSERT INTO message_word (rowid, text, scope) SELECT place, text, scope FROM message_word_source ORDER BY message_id DESC;
    INSERT INTO message_gram (rowid, text, conversation, account, span)
      SELECT place, text, conversation, account, span FROM message_gram_source ORDER BY message_id DESC;
    UPDATE message_index SET indexed_to = 2`);
  db.exec('COMMIT');
  migrate(db, 8);
  expect(versionOf(db)).toBe(8);
  const found = (query: string): unknown => searchMessages(writable, { query, limit: 9 }).map(({ text }) => text);
  const both = (): unknown => [found('strasse '), found('straße'), found('lake '), found('ake')];
  const expected = [['In der Straße am See'], ['In der Straße am See'], ['At the lake?'], ['At the lake?']];
  expect([isIndexBehind(writable), both()]).toEqual([true, expected]);
  db.exec('BEGIN');
  expect([indexSome(writable), isIndexBehind(writable), both()]).toEqual([0, false, expected]);
  db.exec('DELETE FROM message WHERE message_id = 2');
  for (const table of ['message_word', 'message_gram']) db.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`);
  expect(both()).toEqual([[], [], ['At the lake?'], ['At the lake?']]);
  expect(db.prepare(`SELECT v FROM message_word_config WHERE k = 'automerge'`).pluck().get()).toBe(0);
});

test('the letters that indexes fold are those of version 8: with others a migration must make the indexes anew', () => {
  expect(Object.entries(SAME_LETTERS).flat().join(' ')).toBe('ß ss æ ae œ oe þ th ø o ł l đ d ð d ħ h ŧ t ŋ n ı i ſ s ς σ');
});

test('0009 counts refused messages of those who were answered so from now on', () => {
  const db = openVersion(8);
  db.exec(ROWS_OF_1);
  db.exec(
    `INSERT INTO decision (account_id, address, decision, decided_at_ms, is_pending) VALUES (1, 'sip:bob@example.org', 'block', 7, 0)`,
  );
  migrate(db, 9);
  expect(versionOf(db)).toBe(9);
  const writable = createWritableDb(db);
  db.exec('BEGIN');
  countRefused(writable, { accountId: '1', address: 'sip:bob@example.org' });
  expect(listBlocked(writable, { accountId: '1', nowMs: 8 })).toEqual([
    { address: 'sip:bob@example.org', isSilent: false, sinceMs: 7, refusedCount: 1, isByAnswer: true },
  ]);
});

test('0010 keeps reports that wait; nobody had changed whom they were for', () => {
  const db = openVersion(9);
  db.exec(ROWS_OF_1);
  db.exec(`INSERT INTO report (account_id, address, imdn_id, kind, status, sent_at_ms, created_at_ms)
    VALUES (1, 'sip:bob@example.org', 'i', 'delivery', 'delivered', 5, 6)`);
  migrate(db, 10);
  expect(versionOf(db)).toBe(10);
  expect(listReports(createWritableDb(db), { accountId: '1', address: 'sip:bob@example.org', limit: 9 })).toMatchObject([
    { imdnId: 'i', originalTo: null },
  ]);
});
