// Searching in a thread: it sees what was committed, and a newer search of the same channel ends the older.
import { expect, onTestFinished, test } from 'vitest';
import { addAccount, addIncomingMessage, createHistoryThread, createSearchBeside } from '../../../main/store/index.ts';
import type { SearchBeside, Store } from '../../../main/store/index.ts';
import { incoming, newDatabasePath, openAt } from './support/open-test-store.ts';

async function open(): Promise<{ store: Store; search: SearchBeside; end: () => Promise<void> }> {
  const path = newDatabasePath();
  const store = openAt(path);
  await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  const thread = createHistoryThread(path);
  onTestFinished(() => thread.end());
  return { store, search: createSearchBeside(thread), end: () => thread.end() };
}
const textsOf = (found: readonly { text: string }[]): string[] => found.map(({ text }) => text);

test('what is committed before the search is found', async () => {
  const { store, search } = await open();
  for (const text of ['one lake', 'two lakes']) {
    await store.commit((db) => addIncomingMessage(db, incoming({ text })));
    expect(textsOf(await search.search('a', { query: text, limit: 9 }))).toEqual([text]);
  }
  expect(textsOf(await search.search('a', { query: 'lake', limit: 9 }))).toEqual(['two lakes', 'one lake']);
});

test('a newer search of a channel ends the older ones; other channels go on', async () => {
  const { search, store } = await open();
  await store.commit((db) => addIncomingMessage(db, incoming({ text: 'one lake' })));
  const asked = ['l', 'la', 'lak', 'lake'].map((query) => search.search('field', { query, limit: 9 }));
  const other = search.search('other', { query: 'one', limit: 9 });
  const results = await Promise.allSettled(asked);
  expect(results.slice(0, 3)).toEqual(
    Array.from({ length: 3 }, () => ({ status: 'rejected', reason: expect.objectContaining({ kind: 'cancelled' }) as unknown })),
  );
  expect(results[3]).toMatchObject({ status: 'fulfilled', value: [{ text: 'one lake' }] });
  expect(textsOf(await other)).toEqual(['one lake']);
});

test('a cancelled search says so, and the next one works', async () => {
  const { search } = await open();
  const asked = search.search('field', { query: 'lake', limit: 9 });
  search.cancel('field');
  await expect(asked).rejects.toMatchObject({ name: 'JobFailure', kind: 'cancelled' });
  expect(await search.search('field', { query: 'lake', limit: 9 })).toEqual([]);
});

test('a thread that was ended refuses, and what ran is cancelled', async () => {
  const { search, end } = await open();
  const asked = search.search('field', { query: 'lake', limit: 9 });
  const ended = end();
  await expect(asked).rejects.toMatchObject({ name: 'JobFailure', kind: 'cancelled' });
  await ended;
  await expect(search.search('field', { query: 'lake', limit: 9 })).rejects.toMatchObject({ kind: 'closed' });
});
