// Export and import: what is written is read again as the same, twice gives no doubles, and a page for reading holds nothing that acts.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  addAccount,
  addIncomingMessage,
  addOutgoingMessage,
  createHistoryThread,
  importMessages,
  JobFailure,
  listConversations,
  listMessages,
  setMessageState,
} from '../../../main/store/index.ts';
import type { HistoryJob, HistoryRecord, JobResult, Store } from '../../../main/store/index.ts';
import { escapeHtml, printRecordHtml, printRecordLine } from '../../../main/store/print-history.ts';
import { systemWords } from '../../../main/store/file-words.ts';
import { createOccurrences, readRecordLine } from '../../../main/store/read-history-file.ts';
import { incoming, newDatabasePath, openAt, outgoing } from './support/open-test-store.ts';

async function filledAt(path: string): Promise<Store> {
  const store = openAt(path);
  await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  await store.commit((db) => addIncomingMessage(db, incoming({ text: '<b>Hi</b> & "bye"\u0000', dedupeKey: 'a' })));
  await store.commit((db) => addOutgoingMessage(db, outgoing({ text: 'still waiting' })));
  // The same twice, at the same time: two messages.
  for (const key of ['b', 'c']) await store.commit((db) => addIncomingMessage(db, incoming({ text: 'ok', dedupeKey: key })));
  await store.commit((db) =>
    setMessageState(db, { messageId: '2', from: ['queued'], state: 'failed', failure: { code: 486, reason: 'Busy' } }),
  );
  await store.commit((db) => addOutgoingMessage(db, outgoing({ text: 'later', address: 'sip:carol@example.org' })));
  return store;
}

async function run<Kind extends HistoryJob['kind']>(
  path: string,
  job: HistoryJob & { kind: Kind },
  onBatch?: (records: readonly HistoryRecord[]) => Promise<void>,
): Promise<JobResult[Kind]> {
  const thread = createHistoryThread(path);
  try {
    return await thread.run<Kind>(job, onBatch === undefined ? {} : { onBatch }).result;
  } finally {
    await thread.end();
  }
}

async function importInto(store: Store, path: string, file: string): Promise<object> {
  const counts = { added: 0, known: 0, foreign: 0 };
  const { messages, unreadable } = await run<'import'>(path, { kind: 'import', path: file }, async (records) => {
    const each = await store.commit((db) => importMessages(db, records, undefined));
    counts.added += each.added;
    counts.known += each.known;
    counts.foreign += each.foreign;
  });
  return { ...counts, messages, unreadable };
}

const texts = (store: Store): string[][] =>
  store
    .read((db) => listConversations(db, {}))
    .map(({ conversationId }) => store.read((db) => listMessages(db, { conversationId, limit: 99 })).map((message) => message.text))
    .sort((a, b) => b.length - a.length);

test('what is exported is imported once, however often, and nothing of it waits to be sent', async () => {
  const path = newDatabasePath();
  const store = await filledAt(path);
  const file = join(dirname(path), 'all.jsonl');
  expect(await run<'export'>(path, { kind: 'export', format: 'jsonl', path: file })).toEqual({ messages: 5 });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(existsSync(`${file}.part`)).toBe(false);
  expect(await importInto(store, path, file)).toEqual({ added: 0, known: 5, foreign: 0, messages: 5, unreadable: 0 });

  const freshPath = newDatabasePath();
  const fresh = openAt(freshPath);
  expect(await importInto(fresh, freshPath, file)).toEqual({ added: 0, known: 0, foreign: 5, messages: 5, unreadable: 0 });
  await fresh.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  expect(await importInto(fresh, freshPath, file)).toEqual({ added: 5, known: 0, foreign: 0, messages: 5, unreadable: 0 });
  expect(await importInto(fresh, freshPath, file)).toEqual({ added: 0, known: 5, foreign: 0, messages: 5, unreadable: 0 });
  expect(texts(fresh)).toEqual(texts(store));
  const states = fresh.read((db) => db.all<{ state: string }>('SELECT state FROM message ORDER BY message_id')).map(({ state }) => state);
  expect(states).toEqual(['read', 'failed', 'read', 'read', 'failed']);
  expect(fresh.read((db) => listConversations(db, {})).map(({ unreadCount }) => unreadCount)).toEqual([0, 0]);
});

test('one conversation, or one account, is exported alone', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const file = join(dirname(path), 'one.jsonl');
  expect(await run<'export'>(path, { kind: 'export', format: 'jsonl', path: file, conversationId: '2' })).toEqual({ messages: 1 });
  expect(await run<'export'>(path, { kind: 'export', format: 'jsonl', path: file, accountId: '1' })).toEqual({ messages: 5 });
  expect(await run<'export'>(path, { kind: 'export', format: 'jsonl', path: file, accountId: '2' })).toEqual({ messages: 0 });
  expect(readFileSync(file, 'utf8')).toBe('{"format":"watchword-history","version":1}\n');
});

test('the page for reading is escaped and has no script', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const file = join(dirname(path), 'all.html');
  expect(await run<'export'>(path, { kind: 'export', format: 'html', path: file })).toEqual({ messages: 5 });
  const page = readFileSync(file, 'utf8');
  expect(page).toContain('<p>&lt;b&gt;Hi&lt;/b&gt; &amp; &quot;bye&quot;\uFFFD</p>');
  expect(page).toContain('not sent: Busy');
  expect(page.match(/<h2>/gu)).toHaveLength(2);
  expect(page).not.toContain('<script');
  expect(page).toContain('prefers-color-scheme:dark');
});

test('a file that cannot be written or read, or is of a newer version, is said', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const nowhere = join(dirname(path), 'no-folder', 'x');
  await expect(run(path, { kind: 'export', format: 'html', path: nowhere })).rejects.toMatchObject({ name: 'JobFailure', kind: 'file' });
  await expect(run(path, { kind: 'export', format: 'html', path })).rejects.toMatchObject({ kind: 'file' });
  await expect(run(path, { kind: 'import', path: nowhere })).rejects.toMatchObject({ kind: 'file' });
  const newer = join(dirname(path), 'newer.jsonl');
  writeFileSync(newer, '{"format":"watchword-history","version":2}\n');
  await expect(run(path, { kind: 'import', path: newer })).rejects.toMatchObject({ kind: 'file' });
});

test('lines that are no messages are counted and passed over', async () => {
  const path = newDatabasePath();
  const store = await filledAt(path);
  const good = { account: 'sip:ada@example.org', address: 'sip:x@y', direction: 'in', state: 'read', text: 'good', sentAtMs: 5 };
  const file = join(dirname(path), 'mixed.jsonl');
  const lines = [
    '',
    'no json',
    '{}',
    '[]',
    'null',
    JSON.stringify({ ...good, sentAtMs: -1 }),
    JSON.stringify({ ...good, state: 'queued' }),
  ];
  writeFileSync(
    file,
    `${lines.join('\n')}\n${JSON.stringify(good)}\n${'x'.repeat(3 * 1024 * 1024)}\n${JSON.stringify({ ...good, text: 'end' })}`,
  );
  expect(await importInto(store, path, file)).toEqual({ added: 2, known: 0, foreign: 0, messages: 2, unreadable: 7 });
});

test.each<[string, string | Uint8Array, string]>([
  ['nothing', '', 'This file is empty. Choose a file that was exported as JSON Lines.'],
  ['empty lines', '\n \r\n', 'This file is empty. Choose a file that was exported as JSON Lines.'],
  [
    'a picture',
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'This file is no text, so it is no exported history. Choose a file that was exported as JSON Lines.',
  ],
  ['zeros', '{\0}', 'This file is no text, so it is no exported history. Choose a file that was exported as JSON Lines.'],
  [
    'the page for reading',
    ' <!doctype html>\n<html>',
    'This is a page for reading, which cannot be imported. Export again as JSON Lines and choose that file.',
  ],
  [
    'JSON of something else',
    '\n{"name": "package"}\n',
    'Line 2 of this file is JSON, but no message of a history. Choose a file that was exported as JSON Lines.',
  ],
  [
    'JSON over many lines',
    '{\n  "name": "package"\n}\n',
    'Line 1 of this file is no message: it is not JSON. Choose a file that was exported as JSON Lines.',
  ],
  [
    'letters',
    'Dear Bob,\n'.repeat(20_000),
    'Line 1 of this file is no message: it is not JSON. Choose a file that was exported as JSON Lines.',
  ],
  [
    'an export whose messages are broken',
    '{"format":"watchword-history","version":1}\n{"account":"sip:a@b"}\n',
    'Line 2 of this file is JSON, but no message of a history. Choose a file that was exported as JSON Lines.',
  ],
])('a file with %s is no history, which is said with the line and the way out', async (_what, content, reason) => {
  const path = newDatabasePath();
  const store = await filledAt(path);
  const file = join(dirname(path), 'strange');
  writeFileSync(file, content);
  await expect(importInto(store, path, file)).rejects.toEqual(new JobFailure('file', reason));
  expect(texts(store).flat()).toHaveLength(5);
});

test('of a file that is broken in part, what can be read is taken, and the first line that cannot is named', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const file = join(dirname(path), 'part.jsonl');
  const line = printRecordLine(RECORD);
  writeFileSync(file, `\uFEFF{"format":"watchword-history","version":1}\n${line}\n${line.slice(0, 40)}\n${line}{"cut off`);
  expect(await run<'import'>(path, { kind: 'import', path: file }, () => Promise.resolve())).toEqual({
    messages: 2,
    unreadable: 2,
    firstUnreadable: 4,
  });
  writeFileSync(file, '{"format":"watchword-history","version":1}\n');
  expect(await run<'import'>(path, { kind: 'import', path: file })).toEqual({ messages: 0, unreadable: 0, firstUnreadable: 0 });
});

test('what the system says of a file is said in words', async () => {
  const path = newDatabasePath();
  await filledAt(path);
  const failed = async (job: HistoryJob): Promise<string> => run(path, job).then(String, (error: unknown) => (error as Error).message);
  expect([
    await failed({ kind: 'import', path: join(dirname(path), 'none') }),
    await failed({ kind: 'import', path: dirname(path) }),
    await failed({ kind: 'export', format: 'html', path: join(path, 'x') }),
    systemWords('EMFILE'),
  ]).toEqual([
    'There is no such file or folder.',
    'This is a folder. Choose a file.',
    'There is no such file or folder.',
    'The system cannot read or write this file (EMFILE).',
  ]);
});

test('a copy made while the database is written is whole, and of one moment', async () => {
  const path = newDatabasePath();
  const store = await filledAt(path);
  const copyPath = join(dirname(path), 'copy.db');
  const copied = run<'backup'>(path, { kind: 'backup', path: copyPath });
  for (let index = 0; index < 50; index += 1) {
    await store.commit((db) => addIncomingMessage(db, incoming({ text: `during ${index}`, dedupeKey: `d${index}` })));
  }
  expect((await copied).bytes).toBeGreaterThan(0);
  expect(statSync(copyPath).mode & 0o777).toBe(0o600);
  const copy = openAt(copyPath);
  expect(copy.read((db) => db.all('PRAGMA integrity_check'))).toEqual([{ integrity_check: 'ok' }]);
  const count = copy.read((db) => db.get<{ count: number }>('SELECT count(*) AS count FROM message'))?.count ?? 0;
  expect(texts(copy).flat().slice(0, 4)).toEqual(texts(store).flat().slice(0, 4));
  expect(count).toBeGreaterThanOrEqual(5);
});

test('a job that is cancelled says so, and leaves nothing', async () => {
  const path = newDatabasePath();
  const store = await filledAt(path);
  const file = join(dirname(path), 'all.jsonl');
  writeFileSync(file, printRecordLine({ ...RECORD, account: 'sip:ada@example.org' }).repeat(1000));
  const thread = createHistoryThread(path);
  onTestFinished(() => thread.end());
  const running = thread.run<'import'>(
    { kind: 'import', path: file },
    {
      onBatch: async () => {
        running.cancel();
        await store.commit(() => undefined);
      },
    },
  );
  await expect(running.result).rejects.toEqual(new JobFailure('cancelled', ''));
  expect(await thread.run<'check'>({ kind: 'check' }).result).toEqual({ problem: null, isIndexOnly: false });
});

const RECORD: HistoryRecord = {
  account: 'sip:a@b',
  address: 'sip:c@d',
  displayName: '',
  direction: 'in',
  state: 'read',
  contentType: 'text/plain',
  text: 'x',
  sentAtMs: 1,
  storedAtMs: 2,
};

test('every record survives being printed and read', () => {
  const record = fc.record({
    account: fc.string({ maxLength: 50 }),
    address: fc.string({ minLength: 1, maxLength: 50 }),
    displayName: fc.string({ unit: 'binary', maxLength: 50 }),
    direction: fc.constant<'out'>('out'),
    state: fc.constantFrom('queued' as const, 'failed' as const, 'displayed' as const),
    contentType: fc.constant('text/plain'),
    text: fc.string({ unit: 'binary', maxLength: 200 }),
    sentAtMs: fc.nat(),
    storedAtMs: fc.nat(),
  });
  fc.assert(
    fc.property(record, (one) => {
      const line = printRecordLine(one);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(readRecordLine(line)).toEqual(one);
    }),
  );
});

test('no text brings a tag or an attribute into the page', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '\u0000', '\u2028', 'script') }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/u);
      const html = printRecordHtml({ ...RECORD, text, displayName: text, address: text, failure: { code: 0, reason: text } });
      expect(html.match(/<[a-z]+/gu)).toEqual(['<article', '<header', '<time', '<span', '<p']);
    }),
  );
});

test('equal messages are numbered', () => {
  const occurrenceOf = createOccurrences();
  expect([RECORD, RECORD, { ...RECORD, text: 'y' }, RECORD].map(occurrenceOf)).toEqual([1, 2, 1, 3]);
});
