// Trigger: the program starts, or the person asks for it.
// Result: damage is found and said; at the next start what can be read is put into a new database, and the broken file is kept aside.
// RFC: none.
import { statSync, writeFileSync } from 'node:fs';
import type { OpenResult } from '../store/index.ts';
import * as store from '../store/index.ts';
import { errorText } from './account-world.ts';
import type { CoreDoors } from './doors.ts';
import type { HistoryWorld } from './history-world.ts';
import { inSteps, inThread } from './history-world.ts';

/** The start has better things to do first. */
const CHECK_AFTER_MS = 30_000;
/** Fewer new messages than this are indexed without a word. */
const TOLD_BACKLOG = 5_000;

const DAMAGED =
  'The message database is damaged. Quit and start again: what can be read is put into a new database, and the damaged file is kept.';

export function checkHistory(world: HistoryWorld): string {
  return world.tasks.start('check', {}, async (control) => {
    const { problem, isIndexOnly } = await inThread<'check'>(world, control, { kind: 'check' });
    if (problem === null) return 'The message database is in order.';
    world.doors.log('error', `the message database is damaged: ${problem}`);
    if (isIndexOnly) {
      await world.storage.commit(store.resetIndexes);
      indexBacklog(world);
      return 'The index of words was damaged and is made anew. No message is lost.';
    }
    writeFileSync(store.damageMark(world.doors.paths.database), `${problem}\n`, { mode: 0o600 });
    world.troubles.raise('damaged', DAMAGED);
    return DAMAGED;
  });
}

/** Small files were checked when they were opened. Gives how to call it off. */
export function checkLater(world: HistoryWorld): () => void {
  const { clock, paths } = world.doors;
  if (statSync(paths.database).size <= store.QUICK_CHECK_BYTES) return () => undefined;
  const timer = clock.startTimer(CHECK_AFTER_MS, () => void checkHistory(world));
  return () => {
    timer.cancel();
  };
}

/** Messages that no index knows yet: after an update of the program, or when an index was made anew. */
export function indexBacklog(world: HistoryWorld): void {
  const { indexedTo, newest } = world.storage.read(store.getIndexProgress);
  if (newest - indexedTo < TOLD_BACKLOG) return;
  const total = newest - indexedTo;
  world.tasks.start('index', {}, async (control) => {
    await inSteps(world, control, (db) => {
      const left = store.indexSome(db);
      control.progress(total - left, total);
      return left > 0;
    });
    return undefined;
  });
}

/** When the database was salvaged, what a person is to know of it. */
export interface Opened {
  readonly result: OpenResult;
  readonly salvaged: string | undefined;
}

/** Opens the database; one that is damaged is salvaged first. */
export async function openOrSalvage(doors: CoreDoors): Promise<Opened> {
  const { database } = doors.paths;
  const first = store.openStore(database, { defer: doors.defer });
  if (first.kind === 'ok' || first.reason !== 'corrupt') return { result: first, salvaged: undefined };
  const when = new Date(doors.clock.nowMs()).toISOString().slice(0, 19).replaceAll(':', '-');
  const keptAs = `${database}.damaged-${when}`;
  const thread = store.createHistoryThread(database);
  try {
    const { messages, lostPlaces } = await thread.run<'salvage'>({ kind: 'salvage', keptAs }).result;
    doors.log('error', `the message database was damaged; ${messages} messages saved, ${lostPlaces} places unreadable; kept as ${keptAs}`);
    const salvaged = `The message database was damaged. ${messages} messages could be read and are in a new one; the damaged file is kept as ${keptAs}.`;
    return { result: store.openStore(database, { defer: doors.defer }), salvaged };
  } catch (error) {
    doors.log('error', `the message database could not be salvaged: ${errorText(error)}`);
    return { result: first, salvaged: undefined };
  } finally {
    await thread.end();
  }
}
