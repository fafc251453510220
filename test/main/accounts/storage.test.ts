// What is remembered of the store: until anything but an incoming message is committed, and never longer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createStorage } from '../../../main/accounts/storage.ts';
import type { Storage } from '../../../main/accounts/storage.ts';
import { createTroubles } from '../../../main/accounts/troubles.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openStore } from '../../../main/store/index.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function open(): Storage {
  const folder = mkdtempSync(join(tmpdir(), 'storage-'));
  const opened = openStore(join(folder, 'history.db'), { defer: (callback) => void setImmediate(callback) });
  if (opened.kind === 'failure') throw new Error(opened.text);
  ends.push(() => {
    opened.store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return createStorage(
    opened.store,
    createTroubles(() => undefined),
    createFakeClock(),
  );
}

test('an answer is asked for once, and again after a commit; an incoming message does not count as one', async () => {
  const storage = open();
  let asked = 0;
  const recall = (): number => storage.recall('how often', () => (asked += 1));
  const answers = [recall(), recall()];
  await storage.commitMessage(() => undefined);
  answers.push(recall());
  await storage.commit(() => undefined);
  answers.push(recall(), recall());
  expect(answers).toEqual([1, 1, 1, 2, 2]);
});

test('a commit that fails forgets what was read while it ran', async () => {
  const storage = open();
  let asked = 0;
  const recall = (): number => storage.recall('how often', () => (asked += 1));
  const failing = storage.commit(() => {
    recall();
    throw new Error('this work fails');
  });
  await expect(failing).rejects.toThrow('this work fails');
  expect([recall(), asked]).toEqual([2, 2]);
});

test('each question has its own answer, false and null included', () => {
  const storage = open();
  const answers = [
    storage.recall('a', () => false),
    storage.recall('a', () => true),
    storage.recall<string | null>('b', () => null),
    storage.recall<string | null>('b', () => 'other'),
  ];
  expect(answers).toEqual([false, false, null, null]);
});
