// Trigger: the person exports a conversation, an account or everything, or makes a backup copy.
// Result: a whole file at the path, or none; one state of the history, whatever arrives meanwhile.
// RFC: none.
import type { CallInput } from '../../app/bridge/contract.ts';
import type { HistoryWorld } from './history-world.ts';
import { inThread } from './history-world.ts';

export function exportHistory(world: HistoryWorld, { path, format, conversationId, accountId }: CallInput<'exportHistory'>): string {
  const of = { ...(conversationId !== undefined && { conversationId }), ...(accountId !== undefined && { accountId }) };
  return world.tasks.start('export', { path, ...of }, async (control) => {
    const { messages } = await inThread<'export'>(world, control, { kind: 'export', path, format, ...of });
    return `Exported ${messages} messages.`;
  });
}

export function backupHistory(world: HistoryWorld, { path }: CallInput<'backupHistory'>): string {
  return world.tasks.start('backup', { path }, async (control) => {
    await inThread<'backup'>(world, control, { kind: 'backup', path });
    return 'The copy is complete.';
  });
}
