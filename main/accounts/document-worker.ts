// The thread for documents that are so large that reading them would hold the main process. One job after the other.
import { parentPort } from 'node:worker_threads';
import type { DocumentJobName } from './document-jobs.ts';
import { DOCUMENT_JOBS } from './document-jobs.ts';

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');

port.on('message', ({ id, name, input }: { id: number; name: DocumentJobName; input: never }) => {
  try {
    port.postMessage({ id, output: (DOCUMENT_JOBS[name] as (input: never) => unknown)(input) });
  } catch (error) {
    port.postMessage({ id, error: String(error) });
  }
});
