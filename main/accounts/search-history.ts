// Trigger: the person types into a search field.
// Result: what was found, newest first, from a thread of its own; a newer search of the same field ends the older.
// RFC: none.
import type { CallInput } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import * as store from '../store/index.ts';
import type { FoundMessage, SearchBeside, SearchOf } from '../store/index.ts';
import { errorText } from './account-world.ts';
import type { HistoryWorld } from './history-world.ts';

/** Searches without a channel of their own must not end each other. */
let lastUnnamed = 0;

export async function searchHistory(
  world: HistoryWorld,
  search: SearchBeside,
  { channel, ...given }: CallInput<'searchMessages'>,
): Promise<FoundMessage[]> {
  lastUnnamed += 1;
  const name = channel === undefined ? `unnamed ${lastUnnamed}` : `channel ${channel}`;
  const { limit, query, ...filters } = given;
  const set = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
  const of: SearchOf = { query, limit, ...set };
  await indexNewest(world);
  try {
    return [...(await search.search(name, of))];
  } catch (error) {
    if (!isDamage(error)) throw toCallFailure(error);
    await mendIndexes(world);
    return [...(await search.search(name, of).catch((again: unknown) => Promise.reject(toCallFailure(again))))];
  }
}

export function cancelSearch(search: SearchBeside, channel: string): void {
  search.cancel(`channel ${channel}`);
}

/** So that the thread finds the last messages by the index. It reads those that still wait, so a failure here is no failure of the search. */
async function indexNewest({ storage, doors }: HistoryWorld): Promise<void> {
  if (!storage.read(store.isIndexBehind)) return;
  await storage.commit(store.indexSome).catch((error: unknown) => {
    doors.log('warn', `new messages could not be indexed: ${errorText(error)}`);
  });
}

const isDamage = (error: unknown): boolean => error instanceof store.JobFailure && error.kind === 'corrupt';

/** Messages are found without an index meanwhile, more slowly. */
async function mendIndexes({ storage, doors }: HistoryWorld): Promise<void> {
  doors.log('error', 'the index of words is damaged and is made anew');
  await storage.commit(store.resetIndexes).catch((error: unknown) => {
    throw new CallFailure({ kind: 'unavailable', reason: 'The message database is damaged.', detail: errorText(error) });
  });
}

function toCallFailure(error: unknown): unknown {
  if (!(error instanceof store.JobFailure)) return error;
  if (error.kind === 'cancelled') return new CallFailure({ kind: 'cancelled', reason: 'A newer search took the place of this one.' });
  return error.kind === 'internal' ? error : new CallFailure({ kind: 'unavailable', reason: error.message });
}
