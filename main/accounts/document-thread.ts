// Work on documents: small ones at once, large ones in a thread of their own, so that the main process is never held for long.
import { Worker } from 'node:worker_threads';
import type { DocumentJobName, DocumentJobs } from './document-jobs.ts';
import { DOCUMENT_JOBS } from './document-jobs.ts';

export interface DocumentThread {
  /** `size`: of the document, in characters or bytes. Rejects only when the thread itself fails or has ended. */
  run<Name extends DocumentJobName>(name: Name, input: DocumentJobs[Name]['input'], size: number): Promise<DocumentJobs[Name]['output']>;
  end(): Promise<void>;
}

/** Reading so much takes a few milliseconds; handing it to another thread would take as long. */
export const LARGE_DOCUMENT = 65_536;

interface Asked {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
}

/** The source itself, or beside the bundle the file of the same name. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './document-worker.ts' : './document-worker.js', import.meta.url);
}

export function createDocumentThread(): DocumentThread {
  return new Thread();
}

class Thread implements DocumentThread {
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #lastId = 0;
  #hasEnded = false;

  run<Name extends DocumentJobName>(name: Name, input: DocumentJobs[Name]['input'], size: number): Promise<DocumentJobs[Name]['output']> {
    if (size < LARGE_DOCUMENT) return Promise.resolve().then(() => DOCUMENT_JOBS[name](input));
    if (this.#hasEnded) return Promise.reject(new Error('The program ends.'));
    const id = ++this.#lastId;
    return new Promise<DocumentJobs[Name]['output']>((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      const worker = (this.#worker ??= this.#start());
      worker.ref();
      worker.postMessage({ id, name, input });
    });
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#worker?.terminate();
    this.#fail(new Error('The program ends.'));
  }

  #start(): Worker {
    const worker = new Worker(workerFile());
    worker.on('message', (word: { id: number; output?: never; error?: string }) => {
      const asked = this.#asked.get(word.id);
      this.#asked.delete(word.id);
      // WHY: an idle thread must not keep the program from ending.
      if (this.#asked.size === 0) worker.unref();
      if (word.error === undefined) asked?.resolve(word.output as never);
      else asked?.reject(new Error(word.error));
    });
    worker.on('error', (error) => {
      this.#worker = undefined;
      this.#fail(new Error(`The document thread ended: ${String(error)}`));
    });
    return worker;
  }

  #fail(error: Error): void {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
