// A process that commits messages to the database named on its command line, and writes each one's text once its commit resolved.
import { writeSync } from 'node:fs';
import { addIncomingMessage, openStore } from '../../../../main/store/index.ts';

const [, , path = '', prefix = ''] = process.argv;
const opened = openStore(path, { defer: (callback) => setImmediate(callback) });
if (opened.kind === 'failure') throw new Error(opened.text);
const { store } = opened;
const identity = { callId: 'c', cseq: 1, fromTag: 't', imdnId: null };
const rest = { displayName: '', contentType: 'text/plain', sentAtMs: 1, storedAtMs: 1, identity, dedupeSinceMs: 0 };

async function commitAll(lane: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const text = `${prefix}n${lane}x${count}`;
    await store.commit((db) =>
      addIncomingMessage(db, { accountId: '1', address: `sip:p${lane}@example.org`, text, dedupeKey: text, ...rest }),
    );
    // WHY sync: what is written here must be out before the process can be killed after it.
    writeSync(1, `${text}\n`);
  }
}
await Promise.all([0, 1, 2, 3, 4].map(commitAll));
