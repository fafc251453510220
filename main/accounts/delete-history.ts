// Trigger: the person deletes a message or conversation here, or removes an account.
// Result: they are gone step by step, from the file too; what was begun goes on after a restart.
// RFC: none.
import { CallFailure } from '../../app/bridge/failure.ts';
import type { TaskKind } from '../../app/domain/task.ts';
import type { Timer } from '../sip/index.ts';
import * as store from '../store/index.ts';
import type { Deletion, DeletionStep, WritableDb } from '../store/index.ts';
import type { HistoryWorld } from './history-world.ts';
import { committed, inSteps, restOfTurn } from './history-world.ts';
import type { TaskControl } from './tasks.ts';
import { TaskEnd } from './tasks.ts';

/** Single messages are deleted in bursts; the indexes are cleaned once after the last. */
const PURGE_AFTER_MS = 60_000;

export interface DeleteHistory {
  deleteMessage(messageId: string): Promise<void>;
  /** The task's id. */
  deleteConversation(conversationId: string): Promise<string>;
  /** Resolves when the account is gone for everybody; its messages go on going. */
  removeAccount(accountId: string): Promise<void>;
  /** Goes on with what an earlier run began. */
  resume(): void;
  stop(): void;
}

export function createDeleteHistory(world: HistoryWorld): DeleteHistory {
  const { storage, announce, tasks, doors } = world;
  let purgeTimer: Timer | undefined;
  let isStopped = false;

  function purgeSoon(): void {
    purgeTimer?.cancel();
    if (isStopped) return;
    purgeTimer = doors.clock.startTimer(PURGE_AFTER_MS, () => {
      tasks.start('purge', {}, async (control) => {
        await purge(world, control);
        return undefined;
      });
    });
  }

  function startDeletion(kind: TaskKind & ('delete-conversation' | 'remove-account'), deletion: Deletion): string {
    const { conversationId, accountId } = deletion;
    const about = { ...(conversationId !== null && { conversationId }), ...(accountId !== null && { accountId }) };
    return tasks.start(kind, about, async (control) => {
      const deleted = await runDeletion(world, control, deletion);
      if (conversationId !== null) tellConversation(world, conversationId);
      await purge(world, control).catch((error: unknown) => {
        // The messages are gone; the indexes are cleaned another time.
        if (!(error instanceof TaskEnd)) throw error;
        purgeSoon();
      });
      return `Deleted ${deleted} messages.`;
    });
  }

  return {
    async deleteMessage(messageId) {
      const conversation = await storage.commit((db) => store.deleteMessage(db, { messageId }));
      if (conversation === null) throw new CallFailure({ kind: 'not-found', field: 'messageId', reason: 'There is no such message.' });
      announce({ type: 'message-removed', messageId, conversationId: conversation.conversationId });
      announce({ type: 'conversation-changed', conversation });
      purgeSoon();
    },
    async deleteConversation(conversationId) {
      const deletion = await storage.commit((db) => store.beginDeletingConversation(db, { conversationId }));
      if (deletion === null) {
        throw new CallFailure({ kind: 'not-found', field: 'conversationId', reason: 'There is no such conversation.' });
      }
      const known = tasks.list().find((task) => task.state === 'working' && task.conversationId === conversationId);
      return known?.kind === 'delete-conversation' ? known.taskId : startDeletion('delete-conversation', deletion);
    },
    async removeAccount(accountId) {
      const deletion = await storage.commit((db) => store.beginRemovingAccount(db, { accountId }));
      if (deletion !== null) startDeletion('remove-account', deletion);
    },
    resume() {
      for (const deletion of storage.read(store.listDeletions)) {
        startDeletion(deletion.accountId === null ? 'delete-conversation' : 'remove-account', deletion);
      }
      if (storage.read(store.isPurgeWanted)) purgeSoon();
    },
    stop() {
      isStopped = true;
      purgeTimer?.cancel();
    },
  };
}

/** Gives how many messages went. A cancelled deletion of a conversation keeps the rest of it. */
async function runDeletion(world: HistoryWorld, control: TaskControl, deletion: Deletion): Promise<number> {
  const total = world.storage.read((db) => store.countDeletion(db, deletion));
  let deleted = 0;
  try {
    const step = (db: WritableDb): DeletionStep => store.deletionStep(db, deletion);
    await inSteps(world, control, step, (committed) => {
      deleted += committed.deleted;
      control.progress(deleted, total);
      return !committed.isDone;
    });
  } catch (error) {
    if (error instanceof TaskEnd && error.state === 'cancelled' && !world.tasks.isEnding()) {
      await committed(world, (db) => {
        store.cancelDeletion(db, deletion);
      });
      if (deletion.conversationId !== null) tellConversation(world, deletion.conversationId);
    }
    throw error;
  }
  return deleted;
}

/** Takes deleted words out of the indexes, gives the space back and empties the log. */
export async function purge(world: HistoryWorld, control: TaskControl): Promise<void> {
  await inSteps(world, control, store.purgeStep);
  await inSteps(world, control, store.vacuumStep);
  await restOfTurn(world);
  world.sweepLog();
}

export function tellConversation({ storage, announce }: HistoryWorld, conversationId: string): void {
  const conversation = storage.read((db) => store.getConversation(db, { conversationId }));
  if (conversation === null) announce({ type: 'conversation-removed', conversationId });
  else announce({ type: 'conversation-changed', conversation });
}
