// The one stream of changes: told once, in order, to everybody who listens.
import type { Change } from '../../app/domain/change.ts';
import type { Log } from '../sip/index.ts';

export type Announce = (change: Change) => void;

export interface Broadcast {
  readonly announce: Announce;
  /** Returns how to stop listening. */
  onChange(listener: (change: Change) => void): () => void;
}

/** A listener that throws is logged and harms nobody else. */
export function createBroadcast(log: Log): Broadcast {
  const listeners = new Set<(change: Change) => void>();
  return {
    announce(change) {
      for (const listener of [...listeners]) {
        try {
          listener(change);
        } catch (error) {
          log('error', `a listener failed at ${change.type}: ${String(error)}`);
        }
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
