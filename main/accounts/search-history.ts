// Trigger: the person types into a search field.
// Result: what was found, newest first, from a thread of its own; a newer search of the same field ends the older.
// RFC: none.
import type { CallInput } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import * as store from '../store/index.ts';
import type { FoundMessage, SearchBeside, SearchOf } from '../store/index.ts';
import { errorText } from './account-world.ts';
import type { HistoryWorld } from './history-world.ts';

export interface SearchHistory {
  /** Throws CallFailure; kind `cancelled` when a newer search of the same channel came. */
  search(input: CallInput<'searchMessages'>): Promise<FoundMessage[]>;
  cancel(channel: string): void;
}

export function createSearchHistory(world: HistoryWorld, beside: SearchBeside): SearchHistory {
  let lastNumber = 0;
  /** Of searches whose turn has not come: the newest of each channel. */
  const newest = new Map<string, number>();

  async function inTurn(name: string, number: number, of: SearchOf): Promise<FoundMessage[]> {
    newest.set(name, number);
    beside.cancel(name);
    await indexNewest(world);
    if (newest.get(name) !== number) throw new store.JobFailure('cancelled', '');
    newest.delete(name);
    return [...(await beside.search(name, of))];
  }

  return {
    async search({ channel, query, limit, ...filters }) {
      lastNumber += 1;
      // Searches without a channel must not end each other.
      const name = channel === undefined ? `unnamed ${lastNumber}` : `channel ${channel}`;
      const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
      const of: SearchOf = { query, limit, ...given };
      try {
        return await inTurn(name, lastNumber, of).catch(async (error: unknown) => {
          if (!isDamage(error)) throw error;
          await mendIndexes(world);
          return [...(await beside.search(name, of))];
        });
      } catch (error) {
        throw toCallFailure(error);
      }
    },
    cancel(channel) {
      newest.delete(`channel ${channel}`);
      beside.cancel(`channel ${channel}`);
    },
  };
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
