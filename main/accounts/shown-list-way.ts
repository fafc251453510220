// How an account's contacts are watched, as its connection shows it.
import type { ListWay } from '../simple/event/list/choose-list-way.ts';

export interface ShownListWay {
  /** undefined: not known yet. */
  get(): ListWay | undefined;
  set(way: ListWay): void;
}

/** `onChanged` is called for each call that changed something. */
export function createShownListWay(onChanged: () => void): ShownListWay {
  let current: ListWay | undefined;
  return {
    get: () => current,
    set(way) {
      if (way === current) return;
      current = way;
      onChanged();
    },
  };
}
