// Trigger: the person says how long messages are kept; the program starts; some hours went by.
// Result: what is older is deleted step by step. Messages that still wait to be sent stay.
// RFC: none.
import type { Timer } from '../sip/index.ts';
import * as store from '../store/index.ts';
import type { WritableDb } from '../store/index.ts';
import { purge, tellConversation } from './delete-history.ts';
import type { HistoryWorld } from './history-world.ts';
import { inSteps } from './history-world.ts';
import type { TaskControl } from './tasks.ts';

const LOOK_EVERY_MS = 6 * 3_600_000;

export interface KeepRetention {
  /** Looks now, and from time to time while anything is to be kept for a time only. */
  look(): void;
  stop(): void;
}

export function createKeepRetention(world: HistoryWorld): KeepRetention {
  const { storage, tasks, doors } = world;
  let timer: Timer | undefined;
  let isExpiring = false;

  function look(): void {
    timer?.cancel();
    if (tasks.isEnding() || !storage.read(store.hasRetention)) return;
    timer = doors.clock.startTimer(LOOK_EVERY_MS, look);
    if (isExpiring || listExpired(world).length === 0) return;
    isExpiring = true;
    tasks.start('retention', {}, async (control) => {
      try {
        return await expire(world, control);
      } finally {
        isExpiring = false;
      }
    });
  }

  return { look, stop: () => timer?.cancel() };
}

const listExpired = ({ storage, doors }: HistoryWorld): ReturnType<typeof store.listExpired> =>
  storage.read((db) => store.listExpired(db, { nowMs: doors.clock.nowMs() }));

async function expire(world: HistoryWorld, control: TaskControl): Promise<string> {
  let deleted = 0;
  for (const of of listExpired(world)) {
    const step = (db: WritableDb): number => store.expireStep(db, of);
    await inSteps(world, control, step, (count) => {
      deleted += count;
      control.progress(deleted, 0);
      return count > 0;
    });
    tellConversation(world, of.conversationId);
  }
  await purge(world, control);
  return `Deleted ${deleted} messages.`;
}
