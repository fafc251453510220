// The threads as they are built: each starts from its file beside the main bundle, alone, and does a job.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { DOCUMENT_JOBS } from '../../main/accounts/document-jobs.ts';
import { addAccount, addIncomingMessage, openStore } from '../../main/store/index.ts';
import { incoming } from '../main/store/support/open-test-store.ts';

const BUILT = join(import.meta.dirname, '../../dist/main');

/** The words with which the worker ends its answer; rejects when it fails to start. */
function ask(file: string, workerData: unknown, word: unknown): Promise<unknown> {
  const worker = new Worker(join(BUILT, file), { workerData });
  onTestFinished(async () => {
    await worker.terminate();
  });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`${file} ended with ${code}`));
    });
    worker.once('message', resolve);
    worker.postMessage(word);
  });
}

test('the history thread searches a database', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-workers-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const databasePath = join(folder, 'store.db');
  const opened = openStore(databasePath, { defer: (callback) => setImmediate(callback), busyTimeoutMs: 0 });
  if (opened.kind === 'failure') throw new Error(opened.text);
  onTestFinished(() => {
    opened.store.close();
  });
  await opened.store.commit((db) => {
    addAccount(db, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 });
    addIncomingMessage(db, incoming({ text: 'by the lake' }));
  });
  const start = { databasePath, cancelled: new SharedArrayBuffer(4) };
  const answer = await ask('history-worker.js', start, { id: 1, kind: 'job', job: { kind: 'search', of: { query: 'lake', limit: 5 } } });
  expect(answer).toMatchObject({ id: 1, kind: 'done', value: [{ text: 'by the lake', snippet: 'by the \u0001lake\u0002' }] });
});

test('the document thread reads a document as the main process does', async () => {
  const input = { body: new TextEncoder().encode('<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="1" state="full"/>') };
  const answer = await ask('document-worker.js', undefined, { id: 7, name: 'watcher-info', input });
  const output = DOCUMENT_JOBS['watcher-info'](input);
  expect([answer, output.kind]).toEqual([{ id: 7, output }, 'ok']);
});
