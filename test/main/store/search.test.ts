// Search: what a person types finds messages newest first, by an index or without one, and is never a syntax error.
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addAccount,
  addIncomingMessage,
  deleteMessage,
  indexSome,
  listMessages,
  resetIndexes,
  searchMessages,
} from '../../../main/store/index.ts';
import type { SearchOf, Store } from '../../../main/store/index.ts';
import { planSearch } from '../../../main/store/search-indexes.ts';
import { readSearchQuery } from '../../../main/store/search-query.ts';
import { incoming, newDatabasePath, openAt, openTestStore } from './support/open-test-store.ts';

/** Messages stored in one transaction. */
const GROUP = 128;

async function storeOf(...texts: string[]): Promise<Store> {
  const db = await openTestStore();
  for (let from = 0; from < texts.length; from += GROUP) {
    await db.commit((tx) => {
      for (const [index, text] of texts.slice(from, from + GROUP).entries()) {
        addIncomingMessage(tx, incoming({ text, dedupeKey: `k${from + index}`, address: `sip:p${index % 2}@example.org` }));
      }
    });
  }
  return db;
}
function found(db: Store, query: string, over: Partial<SearchOf> = {}): string[] {
  return db.read((tx) => searchMessages(tx, { query, limit: 9, ...over })).map((message) => message.text);
}
async function checkIndexes(db: Store): Promise<void> {
  await db.commit((tx) => {
    for (const table of ['message_word', 'message_gram']) tx.run(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`);
  });
}

test.each([
  ['', null],
  ['  "" *** - "!?" ', null],
  ['lake', [['part', 'lake']]],
  ['lake ', [['word', 'lake']]],
  ['to', [['word', 'to']]],
  ['to*', [['prefix', 'to']]],
  ['*ake*', [['part', 'ake']]],
  [
    't* Lake hóuse',
    [
      ['word', 't'],
      ['word', 'lake'],
      ['part', 'house'],
    ],
  ],
  [
    '"the Lake" bob@example.org',
    [
      ['word', 'the lake'],
      ['part', 'bob@example.org'],
    ],
  ],
  [
    '"the lak"* x',
    [
      ['prefix', 'the lak'],
      ['word', 'x'],
    ],
  ],
  ['"not closed', [['word', 'not closed']]],
  [
    'NOT scope:c1 OR (a)',
    [
      ['word', 'not'],
      ['word', 'scope:c1'],
      ['word', 'or'],
      ['part', '(a)'],
    ],
  ],
  [
    'a\0b',
    [
      ['word', 'a'],
      ['word', 'b'],
    ],
  ],
  [
    '湖 x',
    [
      ['part', '湖'],
      ['word', 'x'],
    ],
  ],
  ['🎉', [['part', '🎉']]],
])('%j is read as %j', (query, terms) => {
  expect(readSearchQuery(query)?.terms.map(({ kind, text }) => [kind, text]) ?? null).toEqual(terms);
});

test.each([
  ['lake ', { account: 2, conversations: [34, 35] }, 'word', 'text : ("lake") AND scope : "a2" AND (scope : "c34" OR scope : "c35")'],
  ['lake house ', { fromMs: 0, untilMs: 1, newestMs: 9 }, 'word', 'text : ("lake" AND "house") AND scope : "s0"'],
  ['lake ', { untilMs: 1, newestMs: 2_592_000_001 }, 'word', '(text : ("lake")) NOT scope : "s1"'],
  ['brid', {}, 'gram', '"bri" AND "rid"'],
  ['a"bridge"', {}, 'word', 'text : ("a" AND "bridge")'],
  ['*x"y*', {}, 'word', 'text : ("x" AND "y")'],
  ['湖の', {}, 'scan', '湖の'],
])('%j in %j asks the %s index', (query, scope, kind, expression) => {
  const read = readSearchQuery(query);
  const plan = read === null ? null : planSearch(read, scope);
  expect(plan).toEqual(kind === 'scan' ? { kind, text: expression } : { kind, expression });
});

const TEXTS = [
  'The lake house',
  'house by the Lake',
  'Ålesund HARBOUR café',
  '湖のほとり',
  'lakes',
  'cafe\u0301 now',
  '🎉 at ten',
  'İzmir',
  'Москва',
];
const QUERIES: [string, string[]][] = [
  ['lake house', ['house by the Lake', 'The lake house']],
  ['"lake house"', ['The lake house']],
  ['lake ', ['house by the Lake', 'The lake house']],
  ['lake', ['lakes', 'house by the Lake', 'The lake house']],
  ['*ake*', ['lakes', 'house by the Lake', 'The lake house']],
  ['ous', ['house by the Lake', 'The lake house']],
  ['hous* ', ['house by the Lake', 'The lake house']],
  ['alesund CAFE', ['Ålesund HARBOUR café']],
  ['café', ['cafe\u0301 now', 'Ålesund HARBOUR café']],
  ['湖', ['湖のほとり']],
  ['ほと', ['湖のほとり']],
  ['のほとり', ['湖のほとり']],
  ['🎉', ['🎉 at ten']],
  ['izmir', ['İzmir']],
  ['москва', ['Москва']],
  ['a1 ', []],
  ['c1', []],
  ['nothing', []],
];

test('words, phrases, prefixes, parts and scripts without spaces are found, newest first, whether indexed or not', async () => {
  const db = await storeOf(...TEXTS);
  for (const [query, texts] of QUERIES) expect([query, found(db, query)]).toEqual([query, texts]);
  expect(await db.commit(indexSome)).toBe(0);
  for (const [query, texts] of QUERIES) expect([query, found(db, query)]).toEqual([query, texts]);
  await checkIndexes(db);
});

test('a message is found whether it waits for the index or not, and after it changed or went', async () => {
  const db = await storeOf(...Array.from({ length: 1_040 }, (_, index) => `word ${index}`));
  expect(db.read((tx) => tx.get('SELECT indexed_to FROM message_index'))).toEqual({ indexed_to: 1_024 });
  await db.commit((tx) => {
    deleteMessage(tx, { messageId: '1040' });
    deleteMessage(tx, { messageId: '1' });
    tx.run(`UPDATE message SET text = 'other' WHERE message_id IN (2, 1039)`);
  });
  expect(found(db, 'other ')).toEqual(['other', 'other']);
  expect(found(db, 'word', { limit: 1_999 })).toHaveLength(1_036);
  await db.commit(indexSome);
  expect(found(db, 'word', { limit: 1_999 })).toHaveLength(1_036);
  await checkIndexes(db);
});

test('a damaged index stops no message; made anew, it finds everything', async () => {
  const path = newDatabasePath();
  const db = openAt(path);
  await db.commit((tx) => addAccount(tx, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  const other = new Database(path);
  other.unsafeMode(true);
  other.exec('DELETE FROM message_word_data; DELETE FROM message_gram_data');
  other.close();
  const texts = Array.from({ length: 1_040 }, (_, index) => `word ${index}`);
  await Promise.all(texts.map((text) => db.commit((tx) => addIncomingMessage(tx, incoming({ text })))));
  expect(db.read((tx) => listMessages(tx, { conversationId: '1', limit: 1_999 })).map((message) => message.text)).toEqual(texts);
  await db.commit(resetIndexes);
  expect(found(db, '"word 7"')).toEqual(['word 7']);
  while ((await db.commit(indexSome)) > 0);
  expect(found(db, '"word 7"')).toEqual(['word 7']);
  await checkIndexes(db);
});

test('results come in pages, and fit all filters', async () => {
  const db = await openTestStore();
  const DAY = 86_400_000;
  for (let index = 0; index < 4; index += 1) {
    const address = `sip:p${index % 2}@example.org`;
    await db.commit((tx) =>
      addIncomingMessage(tx, incoming({ text: `word ${index}`, address, sentAtMs: index * 40 * DAY, storedAtMs: index })),
    );
  }
  const checkAll = (): void => {
    for (const query of ['word', 'word ']) {
      expect(found(db, query, { limit: 2 })).toEqual(['word 3', 'word 2']);
      expect(found(db, query, { limit: 2, before: '3' })).toEqual(['word 1', 'word 0']);
      expect(found(db, query, { conversationId: '2' })).toEqual(['word 3', 'word 1']);
      expect(found(db, query, { address: 'sip:p0@example.org' })).toEqual(['word 2', 'word 0']);
      expect(found(db, query, { address: 'sip:nobody@example.org' })).toEqual([]);
      expect(found(db, query, { accountId: '1', conversationId: '1' })).toEqual(['word 2', 'word 0']);
      expect(found(db, query, { accountId: '2' })).toEqual([]);
      expect(found(db, query, { accountId: 'x' })).toEqual([]);
      expect(found(db, query, { direction: 'out' })).toEqual([]);
      expect(found(db, query, { fromMs: 40 * DAY, untilMs: 80 * DAY })).toEqual(['word 1']);
      expect(found(db, query, { fromMs: 40 * DAY })).toEqual(['word 3', 'word 2', 'word 1']);
      expect(found(db, query, { untilMs: 80 * DAY + 1 })).toEqual(['word 2', 'word 1', 'word 0']);
      expect(found(db, query, { fromMs: 1, untilMs: 1 })).toEqual([]);
    }
  };
  checkAll();
  await db.commit(indexSome);
  checkAll();
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
  await db.commit(indexSome);
  const piece = fc.oneof(
    fc.constantFrom(
      '"',
      '*',
      '(',
      ')',
      ':',
      '^',
      '-',
      '+',
      ' ',
      'AND',
      'OR',
      'NOT',
      'NEAR(',
      '{text}',
      '\0',
      'lake',
      "'",
      '湖',
      '🎉',
      '\\',
      '[',
    ),
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

test('accents that the indexes keep, Greek and Cyrillic, are found without them and with them, whether indexed or not', async () => {
  const db = await storeOf(
    'Η Ελένη στην Οδό Ερμού',
    'ΕΛΕΝΗ',
    'Ёжик в тумане',
    'ежик',
    'мой дом',
    'мои дом',
    'мой дом'.normalize('NFD'),
    'ᾶ',
  );
  const all = (): string[][] =>
    ['ελένη ', 'ελενη ', 'λεν', 'Οδο ερμ', '"ελενη στην" ', 'ежик ', 'ЁЖ*', 'мой ', '"мои дом"', 'ᾶ '].map((query) => found(db, query));
  const mine = ['мой дом'.normalize('NFD'), 'мои дом', 'мой дом'];
  const expected = [
    ['ΕΛΕΝΗ', 'Η Ελένη στην Οδό Ερμού'],
    ['ΕΛΕΝΗ', 'Η Ελένη στην Οδό Ερμού'],
    ['ΕΛΕΝΗ', 'Η Ελένη στην Οδό Ερμού'],
    ['Η Ελένη στην Οδό Ερμού'],
    ['Η Ελένη στην Οδό Ερμού'],
    ['ежик', 'Ёжик в тумане'],
    ['ежик', 'Ёжик в тумане'],
    mine,
    mine,
    ['ᾶ'],
  ];
  expect(all()).toEqual(expected);
  await db.commit(indexSome);
  expect(all()).toEqual(expected);
});

test('old Greek is found without its many accents, however many a word has', async () => {
  const texts = ['ἄνθρωπος ἐλπίς', 'ἌΝΘΡΩΠΟΣ', 'ᾠδή, αἰώνια'];
  const db = await storeOf(...texts);
  await db.commit(indexSome);
  const [first = '', capital = '', song = ''] = texts;
  expect(
    ['ανθρωπος ', 'ανθρω', 'ἄνθρωπος ', 'ελπις ', 'ανθρωποσ ελπις ', '"ανθρωπος ελπις"', 'ωδη ', 'αιωνια '].map((query) =>
      found(db, query),
    ),
  ).toEqual([[capital, first], [capital, first], [capital, first], [first], [first], [first], [song], [song]]);
});

test.each([
  ['strasse', ['Straße', 'STRAẞE', 'strasse']],
  ['straße ', ['Straße', 'STRAẞE', 'strasse']],
  ['*aße*', ['Straße', 'STRAẞE', 'strasse']],
  ['stra', ['Straße', 'STRAẞE', 'strasse']],
  ['"kleine strasse"', ['kleine Straße']],
  ['ol ', ['øl', 'ØL', 'ol']],
  ['lodz', ['Łódź', 'ŁÓDŹ'.normalize('NFD'), 'lodz']],
  ['łódź ', ['Łódź', 'lodz']],
  ['durda', ['Đurđa', 'durda']],
  ['aero* ', ['Ærø', 'Ǽrǿ', 'aero']],
  ['oeuvre ', ['Œuvre', 'œuvre', 'oeuvre']],
  ['thor ', ['Þór', 'thor']],
  ['ισιδι ', ['ἴσιδι', 'ἴσιδι'.normalize('NFD'), 'ΊΣΙΔΙ', 'ισιδι']],
  ['ᾧ ', ['ᾧ', 'ᾧ'.normalize('NFD'), 'ω']],
  ['湖é', ['湖É', '湖e']],
])('%j finds %j, whether indexed or not', async (query, texts) => {
  const db = await storeOf('nothing of it', ...texts);
  const newestFirst = texts.toReversed();
  expect(found(db, query)).toEqual(newestFirst);
  await db.commit(indexSome);
  expect(found(db, query)).toEqual(newestFirst);
  await db.commit((tx) => {
    for (const [index] of texts.entries()) deleteMessage(tx, { messageId: String(index + 2) });
  });
  expect(found(db, query)).toEqual([]);
  await checkIndexes(db);
});

test.each([
  ['strasse', 'die Straße dort', 'die [Straße] dort'],
  ['stras', 'die Straße dort', 'die [Straß]e dort'],
  ['*sen*', 'Außen', 'Au[ßen]'],
  ['aero', 'auf Ærø.', 'auf [Ærø].'],
  ['cafe', 'im Cafe\u0301 an der Straße', 'im [Cafe\u0301] an der Straße'],
  // As long folded as not, and nothing at its place.
  ['ende', 'Cafe\u0301 Straße ende', 'Cafe\u0301 Straße [ende]'],
  ['ελπις', 'ἐλπίς'.normalize('NFD'), `[${'ἐλπίς'.normalize('NFD')}]`],
])('%j is marked in %j', async (query, text, marked) => {
  const db = await storeOf(text);
  const [message] = db.read((tx) => searchMessages(tx, { query, limit: 1 }));
  expect(message?.snippet.replaceAll('\u0001', '[').replaceAll('\u0002', ']')).toBe(marked);
});

test('an index finds exactly what reading every message finds', { timeout: 60_000 }, async () => {
  const word = fc.oneof(
    fc.stringMatching(/^[A-Ca-cäöüéñß0-2]{1,6}$/u),
    fc.constantFrom(
      '湖のほとり',
      '湖',
      'ほと',
      'Straße',
      'Ёлка',
      'елка',
      '🎉',
      'strasse',
      'STRAẞE',
      'Ærø',
      'aero',
      'Łódź',
      'lodz',
      'Đurđa',
      'ſø',
      '湖É',
      'ΣΑΣ',
      'Ελένη',
      'ελενη',
      'ἐλπίς',
      'ἐλπίς ᾧ'.normalize('NFD'),
      'ελπις',
      'мой',
      'мои',
      'мой'.normalize('NFD'),
      'Οδός',
      'ρολόι ᾶ',
      'e\u0301t',
      'a-b',
      'x\u{1d49c}y',
    ),
  );
  const text = fc
    .array(fc.tuple(word, fc.constantFrom(' ', ', ', '\n', '-', '"')), { minLength: 1, maxLength: 8 })
    .map((pairs) => pairs.flat().join(''));
  const query = fc.array(
    fc.oneof(
      word,
      word.map((each) => `${each}*`),
      word.map((each) => `*${each}*`),
      fc.tuple(word, word).map(([a, b]) => `"${a} ${b}"`),
    ),
    { minLength: 1, maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 12 }), query, fc.constantFrom('', ' '), async (texts, terms, end) => {
      const db = await storeOf(...texts);
      const typed = terms.join(' ') + end;
      const read = found(db, typed, { limit: 99 });
      await db.commit(indexSome);
      expect(found(db, typed, { limit: 99 })).toEqual(read);
      db.close();
    }),
    { numRuns: 60 },
  );
});
