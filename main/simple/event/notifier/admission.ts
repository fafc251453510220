// SECURITY: who may still ask. Counts what strangers made us keep, so that no flood of SUBSCRIBEs costs more than it may.
import type { Clock } from '../../../sip/index.ts';
import type { NotifierLimits, NotifierWatcher, WatcherIdentity } from './notifier-options.ts';

/** Why somebody has to wait, for the log. */
export type Refusal = 'full' | 'too many of one watcher' | 'too many strangers' | 'too many strangers from there' | 'too fast';

const WINDOW_MS = 60_000;
/** Sources remembered at once; when there are more, the window begins anew for all. */
const MAX_SOURCES = 10_000;

type Present = Pick<NotifierWatcher, 'status' | 'decision' | 'identity'>;

export interface Admission {
  /** Whether this new watcher may come in beside those that are there. */
  check(identity: WatcherIdentity, isStranger: boolean, present: Iterable<Present>): Refusal | undefined;
}

export function createAdmission(clock: Clock, limits: NotifierLimits): Admission {
  const asks = new Map<string, number>();
  let windowStartMs = clock.monotonicMs();

  function countAsk(source: string): number {
    if (clock.monotonicMs() - windowStartMs >= WINDOW_MS || asks.size >= MAX_SOURCES) {
      asks.clear();
      windowStartMs = clock.monotonicMs();
    }
    const count = (asks.get(source) ?? 0) + 1;
    asks.set(source, count);
    return count;
  }

  return {
    check({ uri, source }, isStranger, present) {
      const count = { living: 0, own: 0, strangers: 0, near: 0 };
      for (const { status, decision, identity } of present) {
        if (status !== 'waiting') count.living += 1;
        if (status !== 'waiting' && identity.uri === uri) count.own += 1;
        if (decision === 'confirm') count.strangers += 1;
        if (decision === 'confirm' && identity.source.address === source.address) count.near += 1;
      }
      if (count.living >= limits.subscriptions) return 'full';
      if (count.own >= limits.perWatcher) return 'too many of one watcher';
      if (!isStranger) return undefined;
      if (countAsk(source.address) > limits.asksPerMinute) return 'too fast';
      if (count.strangers >= limits.strangers) return 'too many strangers';
      return count.near >= limits.strangersPerSource ? 'too many strangers from there' : undefined;
    },
  };
}
