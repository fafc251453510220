// The history work of one profile put together: search, tasks, what goes on after a restart. One of it per core.
import { createHistoryThread, createSearchBeside } from '../store/index.ts';
import type { SearchHistory } from './search-history.ts';
import { createSearchHistory } from './search-history.ts';
import type { Store } from '../store/index.ts';
import type { Announce } from './broadcast.ts';
import { checkLater, indexBacklog } from './check-history.ts';
import type { DeleteHistory } from './delete-history.ts';
import { createDeleteHistory } from './delete-history.ts';
import type { CoreDoors } from './doors.ts';
import { createKeepRetention } from './keep-retention.ts';
import type { KeepRetention } from './keep-retention.ts';
import type { HistoryWorld } from './history-world.ts';
import type { Storage } from './storage.ts';
import type { Troubles } from './troubles.ts';
import { createTasks } from './tasks.ts';

export interface History {
  readonly world: HistoryWorld;
  readonly search: SearchHistory;
  readonly deletions: DeleteHistory;
  readonly retention: KeepRetention;
  /** Goes on with what an earlier run left. `salvaged`: what to say when the database was. */
  start(salvaged: string | undefined): void;
  /** Ends tasks and threads, before the database is closed. */
  stop(): Promise<void>;
}

interface HistoryParts {
  readonly doors: CoreDoors;
  readonly store: Store;
  readonly storage: Storage;
  readonly announce: Announce;
  readonly troubles: Troubles;
}

export function createHistory({ doors, store, storage, announce, troubles }: HistoryParts): History {
  const tasks = createTasks({ announce, monotonicMs: () => doors.clock.monotonicMs(), log: doors.log });
  const world: HistoryWorld = { doors, storage, announce, tasks, troubles, sweepLog: () => store.sweepLog() };
  const thread = createHistoryThread(doors.paths.database);
  const deletions = createDeleteHistory(world);
  const retention = createKeepRetention(world);
  let callOffCheck = (): void => undefined;
  return {
    world,
    search: createSearchHistory(world, createSearchBeside(thread)),
    deletions,
    retention,
    start(salvaged) {
      if (salvaged !== undefined) tasks.note({ kind: 'salvage', state: 'done', done: 1, total: 1, reason: salvaged });
      deletions.resume();
      retention.look();
      indexBacklog(world);
      callOffCheck = checkLater(world);
    },
    async stop() {
      callOffCheck();
      deletions.stop();
      retention.stop();
      await tasks.end();
      await thread.end();
    },
  };
}
