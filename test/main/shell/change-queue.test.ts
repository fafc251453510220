// Changes wait until the page listens.
import { expect, test } from 'vitest';
import type { PageChange } from '../../../app/bridge/shell-contract.ts';
import { createChangeQueue } from '../../../main/shell/change-queue.ts';

const change = (name: string | number): PageChange => ({ type: 'conversation-chosen', conversationId: String(name) });

test('what comes early waits, in order, and what comes later goes at once', () => {
  const told: PageChange[] = [];
  const queue = createChangeQueue((given) => told.push(given));
  queue.push(change(1));
  queue.push(change(2));
  expect(told).toEqual([]);
  queue.open();
  queue.push(change(3));
  expect(told).toEqual([change(1), change(2), change(3)]);
});

test('a page loaded anew starts with nothing', () => {
  const told: PageChange[] = [];
  const queue = createChangeQueue((given) => told.push(given));
  queue.open();
  queue.reset();
  queue.push(change(1));
  queue.reset();
  queue.push(change(2));
  queue.open();
  expect(told).toEqual([change(2)]);
});

test('a page that never listens holds a thousand, the newest', () => {
  const told: PageChange[] = [];
  const queue = createChangeQueue((given) => told.push(given));
  for (let index = 0; index < 1_005; index++) queue.push(change(index));
  queue.open();
  expect([told.length, told[0], told.at(-1)]).toEqual([1_000, change(5), change(1_004)]);
});
