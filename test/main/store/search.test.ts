// Search: what a person types finds messages newest first, and is never a syntax error.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addIncomingMessage, searchMessages } from '../../../main/store/index.ts';
import { printSearchExpression } from '../../../main/store/search-query.ts';
import type { Store } from '../../../main/store/index.ts';
import { incoming, openTestStore } from './support/open-test-store.ts';

async function storeOf(...texts: string[]): Promise<Store> {
  const db = await openTestStore();
  for (const [index, text] of texts.entries()) {
    await db.commit((tx) => addIncomingMessage(tx, incoming({ text, dedupeKey: `k${index}`, address: `sip:p${index % 2}@example.org` })));
  }
  return db;
}
const found = (db: Store, query: string, over: object = {}): string[] =>
  db.read((tx) => searchMessages(tx, { query, limit: 9, ...over })).map((message) => message.text);

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
  expect(found(db, 'lake house')).toEqual(['house by the Lake', 'The lake house']);
  expect(found(db, '"lake house"')).toEqual(['The lake house']);
  expect(found(db, 'lake ')).toEqual(['house by the Lake', 'The lake house']);
  expect(found(db, 'lake')).toEqual(['lakes', 'house by the Lake', 'The lake house']);
  expect(found(db, 'alesund CAFE')).toEqual(['Ålesund HARBOUR café']);
  expect(found(db, '湖')).toEqual(['湖のほとり']);
  expect(found(db, 'a1 ')).toEqual([]);
  expect(found(db, 'nothing')).toEqual([]);
});

test('results come in pages, of one account or conversation', async () => {
  const db = await storeOf('word 0', 'word 1', 'word 2', 'word 3');
  expect(found(db, 'word', { limit: 2 })).toEqual(['word 3', 'word 2']);
  expect(found(db, 'word', { limit: 2, before: '3' })).toEqual(['word 1', 'word 0']);
  expect(found(db, 'word', { conversationId: '2' })).toEqual(['word 3', 'word 1']);
  expect(found(db, 'word', { accountId: '1', conversationId: '1' })).toEqual(['word 2', 'word 0']);
  expect(found(db, 'word', { accountId: '2' })).toEqual([]);
  expect(found(db, 'word', { accountId: 'x' })).toEqual([]);
});

test('the snippet marks the matches, and a text can not fake a mark', async () => {
  const db = await storeOf('see \u0001you\u0002 at the lake');
  const [message] = db.read((tx) => searchMessages(tx, { query: 'lake', limit: 1 }));
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
  fc.assert(
    fc.property(query, (typed) => {
      expect(Array.isArray(found(db, typed))).toBe(true);
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
      for (const each of words) expect(found(db, `${each} `, { limit: 1 })).toEqual([text]);
    }),
    { numRuns: 40 },
  );
});
