// Steps of long work: what counts is what was committed, though a step may have to run twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inSteps } from '../../../main/accounts/history-world.ts';
import { createStorage } from '../../../main/accounts/storage.ts';
import { createTroubles } from '../../../main/accounts/troubles.ts';
import * as store from '../../../main/store/index.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const defer = (callback: () => void): void => void setImmediate(callback);

function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'steps-'));
  const opened = store.openStore(join(folder, 'history.db'), { defer });
  if (opened.kind === 'failure') throw new Error(opened.text);
  onTestFinished(() => {
    opened.store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const troubles = createTroubles(() => undefined);
  return { doors: { defer }, storage: createStorage(opened.store, troubles, createFakeClock()) };
}

test('a deletion counts each message once when another work of its transaction fails', async () => {
  const world = openWorld();
  const account = { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 } as const;
  const identity = { callId: 'c', cseq: 1, fromTag: 't', imdnId: null };
  const message = { accountId: '1', address: 'sip:bob@example.org', text: 'Hello', contentType: 'text/plain', identity };
  const deletion = await world.storage.commit((db) => {
    store.addAccount(db, account);
    for (let each = 0; each < 250; each += 1) store.addOutgoingMessage(db, { ...message, sentAtMs: each, storedAtMs: each });
    return store.beginDeletingConversation(db, { conversationId: '1' });
  });
  const counts = { ran: 0, deleted: 0 };
  const step = (db: store.WritableDb): store.DeletionStep => {
    counts.ran += 1;
    return store.deletionStep(db, { deletionId: deletion?.deletionId ?? '' });
  };
  const deleting = inSteps(world, { isCancelled: () => false }, step, ({ deleted, isDone }) => {
    counts.deleted += deleted;
    return !isDone;
  });
  const failing = world.storage.commit(() => {
    throw new RangeError('mine');
  });
  await expect(failing).rejects.toThrow('mine');
  await deleting;
  expect(counts).toEqual({ ran: 5, deleted: 250 });
});
