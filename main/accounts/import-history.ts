// Trigger: the person imports a file that was exported here or elsewhere.
// Result: its messages are in the history, each once however often the file is read; nothing of it is ever sent.
// RFC: none.
import type { CallInput } from '../../app/bridge/contract.ts';
import * as store from '../store/index.ts';
import type { ImportCounts, JobResult } from '../store/index.ts';
import type { HistoryWorld } from './history-world.ts';
import { committed, inThread } from './history-world.ts';

function resultWords({ added, known, foreign }: ImportCounts, { unreadable, firstUnreadable }: JobResult['import']): string {
  const parts = [`Imported ${added} messages.`];
  if (known > 0) parts.push(`${known} were here already.`);
  if (foreign > 0) parts.push(`${foreign} are of accounts that are not on this computer. Import again and choose an account for them.`);
  if (unreadable > 0) parts.push(`${unreadable} lines are no messages.`, `The first of these is line ${firstUnreadable}.`);
  return parts.join(' ');
}

export function importHistory(world: HistoryWorld, { path, accountId }: CallInput<'importHistory'>): string {
  return world.tasks.start('import', { path, ...(accountId !== undefined && { accountId }) }, async (control) => {
    const sum: ImportCounts = { added: 0, known: 0, foreign: 0 };
    try {
      const read = await inThread<'import'>(world, control, { kind: 'import', path }, async (records) => {
        const counts = await committed(world, (db) => store.importMessages(db, records, accountId));
        sum.added += counts.added;
        sum.known += counts.known;
        sum.foreign += counts.foreign;
      });
      return resultWords(sum, read);
    } finally {
      if (sum.added > 0) announceAll(world);
    }
  });
}

function announceAll({ storage, announce }: HistoryWorld): void {
  for (const conversation of storage.read((db) => store.listConversations(db, {}))) {
    announce({ type: 'conversation-changed', conversation });
  }
}
