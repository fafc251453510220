// What the history worker is asked and what it says: plain values, because they cross between threads.
import type { MessageState } from '../../app/domain/message.ts';
import type { FoundMessage, SearchOf } from './search.ts';
import type { StoreFailureKind } from './store-failure.ts';

export type ExportFormat = 'jsonl' | 'html';

export type HistoryJob =
  | { readonly kind: 'search'; readonly of: SearchOf }
  /** Goes through the whole file. */
  | { readonly kind: 'check' }
  | {
      readonly kind: 'export';
      readonly path: string;
      readonly format: ExportFormat;
      readonly conversationId?: string;
      readonly accountId?: string;
    }
  /** Reads a file of JSON Lines; its messages come in batches, which the asker stores. */
  | { readonly kind: 'import'; readonly path: string }
  | { readonly kind: 'backup'; readonly path: string }
  /** Writes the log back into the file, as far as no reader needs it. */
  | { readonly kind: 'checkpoint' }
  /** Copies what can be read of the database into a new one, and puts that in its place. `keptAs`: where the broken file goes. */
  | { readonly kind: 'salvage'; readonly keptAs: string };

/** A message as an export has it. Times in milliseconds since 1970. */
export interface HistoryRecord {
  readonly account: string;
  readonly address: string;
  readonly displayName: string;
  readonly direction: 'in' | 'out';
  readonly state: MessageState;
  readonly contentType: string;
  readonly text: string;
  readonly sentAtMs: number;
  readonly storedAtMs: number;
  readonly failure?: { readonly code: number; readonly reason: string };
  readonly identity?: { readonly callId: string; readonly cseq: number; readonly fromTag: string; readonly imdnId: string | null };
  /** Which of several that are the same in all of this, from 1; only when read from a file. */
  readonly occurrence?: number;
}

export interface JobResult {
  readonly search: readonly FoundMessage[];
  readonly check: { readonly problem: string | null; readonly isIndexOnly: boolean };
  readonly export: { readonly messages: number };
  /** `unreadable`: lines that are no messages; `firstUnreadable`: the number of the first, from 1, 0 when there is none. */
  readonly import: { readonly messages: number; readonly unreadable: number; readonly firstUnreadable: number };
  readonly backup: { readonly bytes: number };
  /** Pages in the log, and how many of them are in the file too. */
  readonly checkpoint: { readonly log: number; readonly checkpointed: number };
  /** Whether anything could be read at all is seen from the counts. */
  readonly salvage: { readonly messages: number; readonly lostPlaces: number };
}

export type JobFailureKind = StoreFailureKind | 'cancelled' | 'file' | 'internal';

/** From the worker. `file`: the file that was named cannot be read, written or imported; `text` is a sentence that says why. */
export type WorkerWord =
  | { readonly id: number; readonly kind: 'done'; readonly value: JobResult[keyof JobResult] }
  | { readonly id: number; readonly kind: 'progress'; readonly done: number; readonly total: number }
  /** The next batch comes when this one was answered. */
  | { readonly id: number; readonly kind: 'batch'; readonly records: readonly HistoryRecord[] }
  | { readonly id: number; readonly kind: 'failed'; readonly failure: JobFailureKind; readonly text: string };

/** To the worker. */
export type AskerWord =
  { readonly id: number; readonly kind: 'job'; readonly job: HistoryJob } | { readonly id: number; readonly kind: 'next' };

export interface WorkerStart {
  readonly databasePath: string;
  /** One Int32: the id of the job to give up. */
  readonly cancelled: SharedArrayBuffer;
}

/** What a job works with. */
export interface JobContext {
  readonly databasePath: string;
  readonly isCancelled: () => boolean;
  readonly progress: (done: number, total: number) => void;
  /** Resolves when the batch was taken. */
  readonly batch: (records: readonly HistoryRecord[]) => Promise<void>;
}

export class JobFailure extends Error {
  readonly kind: JobFailureKind;
  constructor(kind: JobFailureKind, text: string) {
    super(text);
    this.name = 'JobFailure';
    this.kind = kind;
  }
}
