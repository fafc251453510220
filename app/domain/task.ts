// Long work that goes on beside everything else: what it is, how far it is, how it ended.
import * as v from 'valibot';

export const taskKindSchema = v.picklist([
  'export',
  'import',
  'backup',
  'delete-conversation',
  'remove-account',
  /** Deletes what is older than messages are to be kept. */
  'retention',
  /** Takes what was deleted out of the indexes and gives the space back. */
  'purge',
  'index',
  'check',
  /** The message database was damaged and what could be read was put into a new one. */
  'salvage',
]);
export type TaskKind = v.InferOutput<typeof taskKindSchema>;

export const taskSchema = v.object({
  taskId: v.string(),
  kind: taskKindSchema,
  state: v.picklist(['working', 'done', 'failed', 'cancelled']),
  /** In messages, pages or bytes: for a share only. `total` 0: not known. */
  done: v.number(),
  total: v.number(),
  /** A sentence for a person: why it failed, or what came of it. */
  reason: v.exactOptional(v.string()),
  /** What it is about. */
  conversationId: v.exactOptional(v.string()),
  accountId: v.exactOptional(v.string()),
  path: v.exactOptional(v.string()),
});
export type Task = v.InferOutput<typeof taskSchema>;
