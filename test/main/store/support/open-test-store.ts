// A store on a database file in a new folder, with one account, and works that can be awaited at once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { addAccount, openStore } from '../../../../main/store/index.ts';
import type { IncomingMessage, OutgoingMessage, Store } from '../../../../main/store/index.ts';

export const IDENTITY = { callId: 'c1@192.0.2.1', cseq: 7, fromTag: 't1', imdnId: null };

/** A path for a database in a folder that goes when the test is done. */
export function newDatabasePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-store-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'store.db');
}

export function openAt(path: string): Store {
  const opened = openStore(path, { defer: (callback) => setImmediate(callback), busyTimeoutMs: 0 });
  if (opened.kind === 'failure') throw new Error(opened.text);
  onTestFinished(() => {
    opened.store.close();
  });
  return opened.store;
}

/** With account '1', `sip:ada@example.org`. */
export async function openTestStore(): Promise<Store> {
  const store = openAt(newDatabasePath());
  await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  return store;
}

export function incoming(over: Partial<IncomingMessage> = {}): IncomingMessage {
  return { ...outgoing(), displayName: 'Bob', dedupeKey: over.text ?? 'k1', dedupeSinceMs: 0, ...over };
}

export function outgoing(over: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    accountId: '1',
    address: 'sip:bob@example.org',
    text: 'Hello',
    contentType: 'text/plain',
    sentAtMs: 100,
    storedAtMs: 200,
    identity: IDENTITY,
    ...over,
  };
}
