// Search: what a person types finds messages newest first, and is never a syntax error.
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addAccount, addIncomingMessage, deleteMessage, listMessages, searchMessages } from '../../../main/store/index.ts';
import { printSearchExpression } from '../../../main/store/search-query.ts';
import type { Store } from '../../../main/store/index.ts';
import { incoming, newDatabasePath, openAt, openTestStore } from './support/open-test-store.ts';

async function storeOf(...texts: string[]): Promise<Store> {
  const db = await openTestStore();
  for (const [index, text] of texts.entries()) {
    await db.commit((tx) => addIncomingMessage(tx, incoming({ text, dedupeKey: `k${index}`, address: `sip:p${index % 2}@example.org` })));
  }
  return db;
}
async function found(db: Store, query: string, over: object = {}): Promise<string[]> {
  const messages = await db.commit((tx) => searchMessages(tx, { query, limit: 9, ...over }));
  return messages.map((message) => message.text);
}

test.each([
  ['', null],
  ['  "" *** - "!?" ', null],
  ['lake', 'text : ("lake" *)'],
  ['lake ', 'text : ("lake")'],
  ['to', 'text : ("to")'],
  ['to*', 'text : ("to*" *)'],
  ['t* lake house', 'text : ("t*" AND "lake" AND "house" *)'],
  ['"the lake" bob@example.org', 'text : ("the lake" AND "bob@example.org" *)'],
  ['"the lak"* x', 'text : ("the lak" * AND "x")'],
  ['"not closed', 'text : ("not closed")'],
  ['NOT scope:c1 OR (a)', 'text : ("NOT" AND "scope:c1" AND "OR" AND "(a)")'],
  ['a\0b', 'text : ("a" AND "b")'],
  ['湖', 'text : ("湖" *)'],
])('%j becomes %j', (query, expression) => {
  expect(printSearchExpression(query, {})).toBe(expression);
});

test('a scope is one more word to be there', () => {
  expect(printSearchExpression('lake ', { account: 2, conversation: 34 })).toBe('text : ("lake") AND scope : "a2" AND scope : "c34"');
});

test('words, phrases and prefixes are found, newest first, accents and case folded', async () => {
  const db = await storeOf('The lake house', 'house by the Lake', 'Ålesund HARBOUR café', '湖のほとり', 'lakes');
  expect(await found(db, 'lake house')).toEqual(['house by the Lake', 'The lake house']);
  expect(await found(db, '"lake house"')).toEqual(['The lake house']);
  expect(await found(db, 'lake ')).toEqual(['house by the Lake', 'The lake house']);
  expect(await found(db, 'lake')).toEqual(['lakes', 'house by the Lake', 'The lake house']);
  expect(await found(db, 'alesund CAFE')).toEqual(['Ålesund HARBOUR café']);
  expect(await found(db, '湖')).toEqual(['湖のほとり']);
  expect(await found(db, 'a1 ')).toEqual([]);
  expect(await found(db, 'nothing')).toEqual([]);
});

test('a message is found whether it waits for the index or not, and after it changed or went', async () => {
  const db = await storeOf(...Array.from({ length: 70 }, (_, index) => `word ${index}`));
  expect(db.read((tx) => tx.get('SELECT indexed_to FROM message_word_progress'))).toEqual({ indexed_to: 64 });
  await db.commit((tx) => {
    deleteMessage(tx, { messageId: '70' });
    deleteMessage(tx, { messageId: '1' });
    tx.run(`UPDATE message SET text = 'other' WHERE message_id IN (2, 69)`);
  });
  expect(await found(db, 'other ')).toEqual(['other', 'other']);
  expect(await found(db, 'word', { limit: 99 })).toHaveLength(66);
  expect(db.read((tx) => tx.get('SELECT indexed_to FROM message_word_progress'))).toEqual({ indexed_to: 69 });
  await db.commit((tx) => tx.run(`INSERT INTO message_word (message_word, rank) VALUES ('integrity-check', 1)`));
});

test('a damaged word index stops search, and no message', async () => {
  const path = newDatabasePath();
  const db = openAt(path);
  await db.commit((tx) => addAccount(tx, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  const other = new Database(path);
  other.unsafeMode(true);
  other.exec('DELETE FROM message_word_data');
  other.close();
  const texts = Array.from({ length: 70 }, (_, index) => `word ${index}`);
  const works = texts.map((text) => db.commit((tx) => addIncomingMessage(tx, incoming({ text }))));
  await Promise.all(works);
  expect(db.read((tx) => listMessages(tx, { conversationId: '1', limit: 99 })).map((message) => message.text)).toEqual(texts);
  await expect(found(db, 'word')).rejects.toMatchObject({ name: 'StoreFailure', kind: 'corrupt' });
});

test('results come in pages, of one account or conversation', async () => {
  const db = await storeOf('word 0', 'word 1', 'word 2', 'word 3');
  expect(await found(db, 'word', { limit: 2 })).toEqual(['word 3', 'word 2']);
  expect(await found(db, 'word', { limit: 2, before: '3' })).toEqual(['word 1', 'word 0']);
  expect(await found(db, 'word', { conversationId: '2' })).toEqual(['word 3', 'word 1']);
  expect(await found(db, 'word', { accountId: '1', conversationId: '1' })).toEqual(['word 2', 'word 0']);
  expect(await found(db, 'word', { accountId: '2' })).toEqual([]);
  expect(await found(db, 'word', { accountId: 'x' })).toEqual([]);
});

test('the snippet marks the matches, and a text can not fake a mark', async () => {
  const db = await storeOf('see \u0001you\u0002 at the lake');
  const [message] = await db.commit((tx) => searchMessages(tx, { query: 'lake', limit: 1 }));
  expect(message).toEqual({
    messageId: '1',
    conversationId: '1',
    accountId: '1',
    direction: 'in',
    address: 'sip:p0@example.org',
    text: 'see \u0001you\u0002 at the lake',
    contentType: 'text/plain',
    sentAtMs: 100,
    storedAtMs: 200,
    state: 'received',
    snippet: 'see  you  at the \u0001lake\u0002',
  });
});

test('nothing a person types is an error', async () => {
  const db = await storeOf('The lake house');
  const piece = fc.oneof(
    fc.constantFrom('"', '*', '(', ')', ':', '^', '-', '+', ' ', 'AND', 'OR', 'NOT', 'NEAR(', '{text}', '\0', 'lake', "'"),
    fc.string(),
  );
  const query = fc.oneof(
    fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(query, async (typed) => {
      expect(Array.isArray(await found(db, typed))).toBe(true);
    }),
  );
});

test('every word of a message finds it, however it is written', async () => {
  const db = await openTestStore();
  const word = fc.stringMatching(/^[A-Za-zäöüéèñçß0-9]{1,12}$/u);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 8 }), async (words) => {
      count += 1;
      const text = words.join(' ');
      await db.commit((tx) => addIncomingMessage(tx, incoming({ text, dedupeKey: String(count) })));
      for (const each of words) expect(await found(db, `${each} `, { limit: 1 })).toEqual([text]);
    }),
    { numRuns: 40 },
  );
});
