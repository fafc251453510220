// Joining full and partial watcher information into the one table of watchers (RFC 3858 §4).
import type { WatcherInfoDocument, WatcherList } from './watcher-info.ts';

/** What one winfo subscription knows. A new subscription starts from `EMPTY_WATCHER_TABLE`. */
export interface WatcherTable {
  /** undefined: no document seen yet in this subscription. */
  readonly version: number | undefined;
  readonly lists: readonly WatcherList[];
}

export const EMPTY_WATCHER_TABLE: WatcherTable = { version: undefined, lists: [] };

/**
 * `applied`: joined. `gap`: joined, but documents are missing: refresh the subscription for full state.
 * `stale`: older than what is known, nothing changed.
 */
export interface WatcherInfoStep {
  readonly kind: 'applied' | 'gap' | 'stale';
  readonly state: WatcherTable;
}

/**
 * Full state replaces; partial state adds and changes rows by watcher id (RFC 3858 §4). Watchers that the newest document
 * says are terminated are in the resulting table once, and gone with the next document.
 */
export function stepWatcherInfo(state: WatcherTable, document: WatcherInfoDocument): WatcherInfoStep {
  const known = state.version;
  const isFull = document.state === 'full';
  // WHY: an equal version is the same document again; only full state can then be taken without harm.
  if (known !== undefined && (document.version < known || (document.version === known && !isFull))) return { kind: 'stale', state };
  if (isFull) return { kind: 'applied', state: { version: document.version, lists: joinLists([], document.lists) } };
  const isNext = known !== undefined && document.version === known + 1;
  return { kind: isNext ? 'applied' : 'gap', state: { version: document.version, lists: joinLists(state.lists, document.lists) } };
}

/** One document may name a list twice, and a watcher too: later rows win. */
function joinLists(lists: readonly WatcherList[], news: readonly WatcherList[]): readonly WatcherList[] {
  const living = lists.map((list) => ({ ...list, watchers: list.watchers.filter((watcher) => watcher.status !== 'terminated') }));
  const joined = new Map(living.map((list) => [listKey(list), list]));
  for (const list of news) {
    const key = listKey(list);
    const before = joined.get(key)?.watchers ?? [];
    const rows = new Map([...before, ...list.watchers].map((watcher) => [watcher.id, watcher]));
    joined.set(key, { ...list, watchers: [...rows.values()] });
  }
  return [...joined.values()];
}

/** RFC 3858 §4: one table for each resource and package. */
function listKey(list: WatcherList): string {
  return `${list.package} ${list.resource}`;
}
