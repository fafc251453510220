// One XCAP document kept in step with the server (RFC 4825 §8): own edits wait in the store and are replayed, in order, on what the server has.
import type { ProtocolFailure } from '../simple/outcome.ts';
import { retryDelayMs } from '../simple/retry.ts';
import type { XcapClient, XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { XcapEditResult, XcapFailure, XcapGetResult } from '../simple/xcap/xcap-result.ts';
import type { Timer } from '../sip/index.ts';
import type { DocumentEdit, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import { OFF, WORKING, failedState } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { xcapFailureDetail, xcapFailureWords } from './words.ts';

export type Applied = { readonly kind: 'ok'; readonly text: string | undefined } | { readonly kind: 'failure'; readonly reason: string };

export interface KeptDocumentOptions {
  readonly part: 'policy' | 'contactList';
  readonly document: XcapDocument;
  /** Pure: the document with the edits in it. undefined: there is none. */
  readonly apply: (text: string | undefined, edits: readonly string[]) => Applied;
  /** In the commit that takes the edits off the queue. */
  readonly onStored: (db: WritableDb, edits: readonly DocumentEdit[]) => void;
  /** The document is as the server has it. `previous`: as it was known before; undefined: there was none, or it was never seen. */
  readonly onInStep: (text: string | undefined, previous: string | undefined, edits: readonly DocumentEdit[]) => void | Promise<void>;
  /** The edits could not be brought to the server; `reason` is for a person. */
  readonly onFailed: (reason: string, isFinal: boolean) => void | Promise<void>;
}

export interface KeptDocument {
  /** Brings edits to the server and learns what changed there; what is asked for meanwhile happens afterwards. */
  sync(): void;
  connect(client: XcapClient): void;
  disconnect(): void;
}

/** Changes made by other devices are seen at the latest after this time. */
const POLL_MS = 5 * 60_000;

const SERVER_DOCUMENT_BROKEN = {
  policy: 'The permission rules on the server are damaged and cannot be changed from here. Nothing was overwritten.',
  contactList: 'The contact list on the server is damaged and cannot be changed from here. Nothing was overwritten.',
} as const;

type SyncResult = XcapEditResult | XcapGetResult | { readonly kind: 'broken'; readonly reason: string };

export function keepDocument(world: AccountWorld, options: KeptDocumentOptions): KeptDocument {
  const { part, document } = options;
  let client: XcapClient | undefined;
  let isRunning = false;
  let isAskedAgain = false;
  let failuresInRow = 0;
  let timer: Timer | undefined;

  function sync(): void {
    if (client === undefined) return;
    if (isRunning) {
      isAskedAgain = true;
      return;
    }
    isRunning = true;
    timer?.cancel();
    inBackground(
      world,
      `keeping ${document.auid}`,
      run(client).finally(() => {
        isRunning = false;
        if (isAskedAgain) {
          isAskedAgain = false;
          sync();
        }
      }),
    );
  }

  async function run(on: XcapClient): Promise<void> {
    if (world.states.all()[part].state !== 'ok') world.states.set(part, WORKING);
    const edits = world.storage.read((db) => store.listDocumentEdits(db, { accountId: world.accountId, auid: document.auid }));
    const url = on.urlOf(document);
    const known = world.storage.read((db) => store.getDocument(db, { accountId: world.accountId, url }));
    const result = await ask(on, edits, known);
    if (client !== on) return;
    if (result.kind === 'failed') return failed(result.failure);
    if (result.kind === 'broken') return broken(result.reason);
    const previous = known?.text;
    const text = result.kind === 'missing' ? undefined : 'text' in result ? result.text : previous;
    const etag = 'etag' in result ? (result.etag ?? null) : (known?.etag ?? null);
    await world.storage.commit((db) => {
      const base = { accountId: world.accountId, url };
      if (text === undefined) store.removeDocument(db, base);
      else store.saveDocument(db, { ...base, auid: document.auid, etag, text, fetchedAtMs: world.doors.clock.nowMs() });
      store.removeDocumentEdits(db, { editIds: edits.map(({ editId }) => editId) });
      options.onStored(db, edits);
    });
    failuresInRow = 0;
    const nextMs = world.doors.clock.nowMs() + POLL_MS;
    world.states.set(part, { state: 'ok', untilMs: nextMs });
    again(POLL_MS);
    await options.onInStep(text, previous, edits);
  }

  async function ask(on: XcapClient, edits: readonly DocumentEdit[], known: store.StoredDocument | null): Promise<SyncResult> {
    if (edits.length === 0) return on.get(document, known?.etag ?? undefined);
    let brokenReason: string | undefined;
    const edit = (text: string | undefined): string | undefined => {
      const applied = options.apply(
        text,
        edits.map((each) => each.edit),
      );
      brokenReason = applied.kind === 'failure' ? applied.reason : undefined;
      return applied.kind === 'failure' ? undefined : applied.text;
    };
    const base = known?.etag == null ? undefined : { text: known.text, etag: known.etag };
    const result = await on.editDocument(document, edit, base);
    return brokenReason === undefined ? result : { kind: 'broken', reason: brokenReason };
  }

  async function failed(failure: XcapFailure): Promise<void> {
    if (failure.kind === 'http' && failure.failure.cause === 'cancelled') return;
    failuresInRow++;
    const kept = asProtocolFailure(failure);
    const delayMs = kept === undefined ? undefined : retryDelayMs(kept, failuresInRow, world.doors.random.fraction());
    const reason = xcapFailureWords(part, failure);
    const retryAtMs = delayMs === undefined ? undefined : world.doors.clock.nowMs() + delayMs;
    world.states.set(part, failedState(reason, xcapFailureDetail(failure), retryAtMs));
    if (delayMs !== undefined) again(delayMs);
    await options.onFailed(reason, delayMs === undefined);
  }

  async function broken(reason: string): Promise<void> {
    world.states.set(part, failedState(SERVER_DOCUMENT_BROKEN[part], reason));
    again(POLL_MS);
    await options.onFailed(SERVER_DOCUMENT_BROKEN[part], true);
  }

  function again(delayMs: number): void {
    timer?.cancel();
    timer = world.doors.clock.startTimer(delayMs, sync);
  }

  return {
    sync,
    connect(next) {
      client = next;
      sync();
    },
    disconnect() {
      client = undefined;
      timer?.cancel();
      failuresInRow = 0;
      world.states.set(part, OFF);
    },
  };
}

/** XCAP's failures in the terms of the retry tables; undefined: only a person can mend it. */
function asProtocolFailure(failure: XcapFailure): ProtocolFailure | undefined {
  switch (failure.kind) {
    case 'status':
      return failure;
    case 'http':
      return failure.failure.cause === 'bad-url' ? undefined : { kind: 'timeout' };
    case 'changed-elsewhere':
      return { kind: 'timeout' };
    case 'unauthenticated':
    case 'refused-document':
      return undefined;
  }
}
