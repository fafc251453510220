// Steps of long work: what counts is what was committed, though a step may have to run twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Change } from '../../../app/domain/change.ts';
import type { Task } from '../../../app/domain/task.ts';
import { createDeleteHistory } from '../../../main/accounts/delete-history.ts';
import { inSteps } from '../../../main/accounts/history-world.ts';
import type { HistoryWorld } from '../../../main/accounts/history-world.ts';
import { createStorage } from '../../../main/accounts/storage.ts';
import { createTasks } from '../../../main/accounts/tasks.ts';
import { createTroubles } from '../../../main/accounts/troubles.ts';
import * as store from '../../../main/store/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const defer = (callback: () => void): void => void setImmediate(callback);

interface World extends HistoryWorld {
  readonly changes: Change[];
}

function openWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'steps-'));
  const database = join(folder, 'history.db');
  const opened = store.openStore(database, { defer });
  if (opened.kind === 'failure') throw new Error(opened.text);
  onTestFinished(() => {
    opened.store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const changes: Change[] = [];
  const announce = (change: Change): void => void changes.push(change);
  const troubles = createTroubles(() => undefined);
  const clock = createFakeClock();
  const doors = { defer, clock, log: () => undefined, paths: { database } };
  // Time stands still but for this: so each progress is told.
  let nowMs = 0;
  const tasks = createTasks({ announce, monotonicMs: () => (nowMs += 1_000), log: doors.log });
  return {
    ...{ changes, announce, troubles, doors, tasks },
    storage: createStorage(opened.store, troubles, clock),
    sweepLog: () => opened.store.sweepLog(),
  };
}

/** 250 messages of one conversation. */
async function addMessages({ storage }: World): Promise<void> {
  const account = { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 } as const;
  const identity = { callId: 'c', cseq: 1, fromTag: 't', imdnId: null };
  const message = { accountId: '1', address: 'sip:bob@example.org', text: 'Hello', contentType: 'text/plain', identity };
  await storage.commit((db) => {
    store.addAccount(db, account);
    for (let each = 0; each < 250; each += 1) store.addOutgoingMessage(db, { ...message, sentAtMs: each, storedAtMs: each });
  });
}

async function failOnce({ storage }: World): Promise<void> {
  const failing = storage.commit(() => {
    throw new RangeError('mine');
  });
  await expect(failing).rejects.toThrow('mine');
}

test('steps are counted once each when another work of their transaction fails', async () => {
  const world = openWorld();
  await addMessages(world);
  const deletion = await world.storage.commit((db) => store.beginDeletingConversation(db, { conversationId: '1' }));
  const counts = { ran: 0, deleted: 0 };
  const step = (db: store.WritableDb): store.DeletionStep => {
    counts.ran += 1;
    return store.deletionStep(db, { deletionId: deletion?.deletionId ?? '' });
  };
  const deleting = inSteps(world, { isCancelled: () => false }, step, ({ deleted, isDone }) => {
    counts.deleted += deleted;
    return !isDone;
  });
  await failOnce(world);
  await deleting;
  expect(counts).toEqual({ ran: 5, deleted: 250 });
});

test('a conversation that is deleted counts each message once, in its progress and at the end, though a transaction failed', async () => {
  const world = openWorld();
  await addMessages(world);
  const { tasks, changes } = world;
  const history = createDeleteHistory(world);
  onTestFinished(() => {
    history.stop();
  });
  await history.deleteConversation('1');
  const told = (): Task[] => changes.flatMap((change) => (change.type === 'task-changed' ? [change.task] : []));
  // Its first step is queued as soon as the task has begun.
  await Promise.resolve();
  await failOnce(world);
  while (tasks.list().some(({ state }) => state === 'working')) await new Promise((resolve) => setImmediate(resolve));
  expect(told().map(({ state, done, total }) => [state, done, total])).toEqual([
    ['working', 0, 0],
    ...[100, 200, 250, 250].map((done) => ['working', done, 250]),
    ['done', 250, 250],
  ]);
  expect(tasks.list()).toEqual([
    {
      taskId: '1',
      kind: 'delete-conversation',
      conversationId: '1',
      state: 'done',
      done: 250,
      total: 250,
      reason: 'Deleted 250 messages.',
    },
  ]);
  expect(changes.filter(({ type }) => type !== 'task-changed')).toEqual([{ type: 'conversation-removed', conversationId: '1' }]);
});
