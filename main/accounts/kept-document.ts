// One XCAP document kept in step with the server (RFC 4825 §8): own edits wait in the store and are replayed, in order, on what the server has.
import type { Change } from '../../app/domain/change.ts';
import type { ProtocolFailure } from '../simple/outcome.ts';
import { backOffMs, retryDelayMs } from '../simple/retry.ts';
import type { XcapClient, XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { XcapEditResult, XcapFailure, XcapGetResult } from '../simple/xcap/xcap-result.ts';
import type { Timer } from '../sip/index.ts';
import type { DocumentEdit, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import { OFF, WORKING, failedState } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { NOT_KEPT_HERE, xcapFailureDetail, xcapFailureWords } from './words.ts';

/** `outcome`: what the owner learned while applying, e.g. which edits met a contradiction. */
export type Applied<Outcome = undefined> =
  | { readonly kind: 'ok'; readonly text: string | undefined; readonly outcome?: Outcome }
  | { readonly kind: 'failure'; readonly reason: string };

export interface KeptDocumentOptions<Outcome = undefined> {
  readonly part: 'policy' | 'contactList';
  readonly document: XcapDocument;
  /** The name its edits wait under; default: the document's application. */
  readonly queue?: string;
  /** Pure: the document with the edits in it. undefined: there is none. */
  readonly apply: (text: string | undefined, edits: readonly string[]) => Applied<Outcome> | Promise<Applied<Outcome>>;
  /** In the commit that takes the edits off the queue; returns what to announce. */
  readonly onStored: (db: WritableDb, edits: readonly DocumentEdit[], outcome: Outcome | undefined) => readonly Change[];
  /** The document is as the server has it. `previous`: as it was known before; undefined: there was none, or it was never seen. */
  readonly onInStep: (text: string | undefined, previous: string | undefined, edits: readonly DocumentEdit[]) => void | Promise<void>;
  /** The edits could not be brought to the server; `reason` is for a person. */
  readonly onFailed: (reason: string) => void | Promise<void>;
}

export interface KeptDocument {
  /** Brings edits to the server and learns what changed there; what is asked for meanwhile happens afterwards. */
  sync(): void;
  /** `document`: where this server keeps it, if not at the usual place. */
  connect(client: XcapClient, document?: XcapDocument): void;
  disconnect(): void;
  /** Who is told the version each time it is known; undefined: there is no document. One at a time. */
  follow(listener: (etag: string | undefined) => void): void;
}

/** Changes made by other devices are seen at the latest after this time. */
const POLL_MS = 5 * 60_000;

const SERVER_DOCUMENT_BROKEN = {
  policy: 'The permission rules on the server are damaged and cannot be changed from here. Nothing was overwritten.',
  contactList: 'The contact list on the server is damaged and cannot be changed from here. Nothing was overwritten.',
} as const;

type SyncResult = XcapEditResult | XcapGetResult | { readonly kind: 'broken'; readonly reason: string };

export function keepDocument<Outcome = undefined>(world: AccountWorld, options: KeptDocumentOptions<Outcome>): KeptDocument {
  return new DocumentKeeper(world, options);
}

class DocumentKeeper<Outcome> implements KeptDocument {
  readonly #world: AccountWorld;
  readonly #options: KeptDocumentOptions<Outcome>;
  readonly #queue: string;
  #document: XcapDocument;
  #client: XcapClient | undefined;
  #isRunning = false;
  #isAskedAgain = false;
  #failuresInRow = 0;
  #timer: Timer | undefined;
  /** Where the owner failed at what it was told: how the document was before that. */
  #untold: { readonly previous: string | undefined } | undefined;
  #listener: (etag: string | undefined) => void = () => undefined;

  constructor(world: AccountWorld, options: KeptDocumentOptions<Outcome>) {
    this.#world = world;
    this.#options = options;
    this.#queue = options.queue ?? options.document.auid;
    this.#document = options.document;
  }

  connect(client: XcapClient, document: XcapDocument = this.#options.document): void {
    this.#client = client;
    this.#document = document;
    this.sync();
  }

  disconnect(): void {
    this.#client = undefined;
    this.#timer?.cancel();
    this.#failuresInRow = 0;
    this.#world.states.set(this.#options.part, OFF);
  }

  follow(listener: (etag: string | undefined) => void): void {
    this.#listener = listener;
  }

  sync(): void {
    if (this.#client === undefined) return;
    if (this.#isRunning) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isRunning = true;
    this.#timer?.cancel();
    const client = this.#client;
    const running = this.#run(client)
      .catch((error: unknown) => this.#broke(client, error))
      .finally(() => {
        this.#isRunning = false;
        if (!this.#isAskedAgain) return;
        this.#isAskedAgain = false;
        this.sync();
      });
    inBackground(this.#world, `keeping ${this.#document.auid}`, running);
  }

  async #run(client: XcapClient): Promise<void> {
    const { accountId, states, storage } = this.#world;
    const { part, onInStep } = this.#options;
    const document = this.#document;
    if (states.all()[part].state !== 'ok') states.set(part, WORKING);
    const edits = storage.read((db) => store.listDocumentEdits(db, { accountId, auid: this.#queue }));
    const known = storage.read((db) => store.getDocument(db, { accountId, url: client.urlOf(document) }));
    const learned: { outcome: Outcome | undefined } = { outcome: undefined };
    const result = await this.#ask(client, { edits, known, learned });
    if (this.#client !== client) return;
    if (result.kind === 'failed') return this.#failed(result.failure);
    if (result.kind === 'broken') return this.#broken(result.reason);
    const text = textAfter(result, known);
    const etag = 'etag' in result ? result.etag : known?.etag;
    const changes = await this.#store(client.urlOf(document), { text, etag }, edits, learned.outcome);
    this.#listener(text === undefined ? undefined : (etag ?? undefined));
    for (const change of changes) this.#world.announce(change);
    // WHY asked again: the account may have gone offline meanwhile, and what was learned is still learned.
    if (this.#client === client) {
      this.#failuresInRow = 0;
      states.set(part, { state: 'ok', untilMs: this.#world.doors.clock.nowMs() + POLL_MS });
      this.#again(POLL_MS);
    }
    this.#untold ??= { previous: known?.text };
    await onInStep(text, this.#untold.previous, edits);
    this.#untold = undefined;
  }

  #store(
    url: string,
    { text, etag }: { text: string | undefined; etag: string | null | undefined },
    edits: readonly DocumentEdit[],
    outcome: Outcome | undefined,
  ): Promise<readonly Change[]> {
    const { accountId, doors, storage } = this.#world;
    const { auid } = this.#document;
    return storage.commit((db) => {
      if (text === undefined) store.removeDocument(db, { accountId, url });
      else store.saveDocument(db, { accountId, url, auid, etag: etag ?? null, text, fetchedAtMs: doors.clock.nowMs() });
      store.removeDocumentEdits(db, { editIds: edits.map(({ editId }) => editId) });
      return this.#options.onStored(db, edits, outcome);
    });
  }

  async #ask(
    client: XcapClient,
    {
      edits,
      known,
      learned,
    }: { edits: readonly DocumentEdit[]; known: store.StoredDocument | null; learned: { outcome: Outcome | undefined } },
  ): Promise<SyncResult> {
    const document = this.#document;
    const etag = known?.etag ?? undefined;
    if (edits.length === 0) return client.get(document, etag);
    const texts = edits.map((each) => each.edit);
    let brokenReason: string | undefined;
    const edit = async (text: string | undefined): Promise<string | undefined> => {
      const applied = await this.#options.apply(text, texts);
      brokenReason = applied.kind === 'failure' ? applied.reason : undefined;
      if (applied.kind === 'failure') return undefined;
      learned.outcome = applied.outcome;
      return applied.text;
    };
    const base = known === null || etag === undefined ? undefined : { text: known.text, etag };
    const result = await client.editDocument(document, edit, base);
    return brokenReason === undefined ? result : { kind: 'broken', reason: brokenReason };
  }

  async #failed(failure: XcapFailure): Promise<void> {
    if (failure.kind === 'http' && failure.failure.cause === 'cancelled') return;
    const { doors, states } = this.#world;
    const { part } = this.#options;
    this.#failuresInRow++;
    const kept = asProtocolFailure(failure);
    const delayMs = kept === undefined ? undefined : retryDelayMs(kept, this.#failuresInRow, doors.random.fraction());
    const reason = xcapFailureWords(part, failure);
    const retryAtMs = delayMs === undefined ? undefined : doors.clock.nowMs() + delayMs;
    states.set(part, failedState(reason, xcapFailureDetail(failure), retryAtMs));
    if (delayMs !== undefined) this.#again(delayMs);
    await this.#options.onFailed(reason);
  }

  /** Not the server's fault: the store, or the thread that reads documents. The exchange is made again as a whole; the edits still wait. */
  #broke(client: XcapClient, error: unknown): never {
    if (this.#client === client) {
      const { doors, states } = this.#world;
      const delayMs = backOffMs(++this.#failuresInRow, doors.random.fraction());
      states.set(this.#options.part, failedState(NOT_KEPT_HERE, String(error), doors.clock.nowMs() + delayMs));
      this.#again(delayMs);
    }
    throw error;
  }

  async #broken(reason: string): Promise<void> {
    const words = SERVER_DOCUMENT_BROKEN[this.#options.part];
    this.#world.states.set(this.#options.part, failedState(words, reason));
    this.#again(POLL_MS);
    await this.#options.onFailed(words);
  }

  #again(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#world.doors.clock.startTimer(delayMs, () => this.sync());
  }
}

/** The document as the server has it now; undefined: there is none. */
function textAfter(result: Exclude<SyncResult, { kind: 'failed' | 'broken' }>, known: store.StoredDocument | null): string | undefined {
  if (result.kind === 'missing') return undefined;
  return 'text' in result ? result.text : known?.text;
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
