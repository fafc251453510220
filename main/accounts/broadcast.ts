// The one stream of changes: told once, in order, to everybody who listens.
import type { Change } from '../../app/domain/change.ts';
import type { Log } from '../sip/index.ts';

/**
 * `soon`: when this turn of the event loop is done, so that what waits for an answer gets it first. Of the changes of one conversation
 * that wait, the last is told. Nothing overtakes: whatever is announced at once lets those that wait go before it.
 */
export type Announce = (change: Change, when?: 'soon') => void;

export interface Broadcast {
  readonly announce: Announce;
  /** Returns how to stop listening. */
  onChange(listener: (change: Change) => void): () => void;
}

interface Doors {
  readonly log: Log;
  /** Runs its callback when this turn of the event loop is done. */
  readonly defer: (callback: () => void) => void;
}

/** Changes in the order they came, without those that a later one makes old. */
function createQueue(): { add(change: Change): number; take(): Change[] } {
  let waiting: (Change | undefined)[] = [];
  const places = new Map<string, number>();

  /** Where a change goes. WHY a stranger's conversation keeps its place: whoever notifies must know of it before its messages. */
  function placeOf(change: Change): number {
    if (change.type !== 'conversation-changed') return waiting.length;
    const { conversationId, isUnknown } = change.conversation;
    const known = places.get(conversationId);
    if (known !== undefined && isUnknown === true) return known;
    if (known !== undefined) waiting[known] = undefined;
    places.set(conversationId, waiting.length);
    return waiting.length;
  }

  return {
    add(change) {
      waiting[placeOf(change)] = change;
      return waiting.length;
    },
    take() {
      const taken = waiting.filter((change) => change !== undefined);
      waiting = [];
      places.clear();
      return taken;
    },
  };
}

/** A listener that throws is logged and harms nobody else. */
export function createBroadcast({ log, defer }: Doors): Broadcast {
  const listeners = new Set<(change: Change) => void>();
  const queue = createQueue();

  function tell(change: Change): void {
    for (const listener of [...listeners]) {
      try {
        listener(change);
      } catch (error) {
        log('error', `a listener failed at ${change.type}: ${String(error)}`);
      }
    }
  }
  const tellWaiting = (): void => queue.take().forEach(tell);

  return {
    announce(change, when) {
      if (when === 'soon') {
        if (queue.add(change) === 1) defer(tellWaiting);
        return;
      }
      tellWaiting();
      tell(change);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
