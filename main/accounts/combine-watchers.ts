// Watcher information lists subscriptions; a person sees people: one watcher per address out of all its subscriptions (RFC 3857 §4.7.1).
import type { WatcherEntry, WatcherList } from '../simple/document/watcher-info.ts';
import type { ServerWatcher } from '../store/index.ts';
import { canonicalAddress } from './address-text.ts';
import { cleanName } from './clean-text.ts';

/** One watcher with the subscriptions it is made of. */
export interface CombinedWatcher extends ServerWatcher {
  /** Of those in the state that counts. */
  readonly subscriptionIds: readonly string[];
  /** Every subscription of theirs is over, or was for one look only (RFC 6665 §4.4.3). */
  readonly isOneTime: boolean;
}

/** Of several subscriptions the one that sees or asks most counts. */
const MOST_FIRST: readonly WatcherEntry['status'][] = ['active', 'pending', 'waiting', 'terminated'];

/** By canonical address, ourselves and what is no SIP address left out. `nowMs`: for durations. `among`: only these. */
export function combineWatchers(
  lists: readonly WatcherList[],
  ownAddress: string,
  nowMs: number,
  among?: ReadonlyMap<string, unknown>,
): Map<string, CombinedWatcher> {
  const combined = new Map<string, CombinedWatcher>();
  for (const list of lists) {
    if (list.package !== 'presence') continue;
    for (const entry of list.watchers) {
      const address = canonicalAddress(entry.uri);
      if (address === undefined || address === ownAddress || among?.has(address) === false) continue;
      const known = combined.get(address);
      const watcher = asWatcher(entry, address, nowMs);
      combined.set(address, known === undefined ? watcher : stronger(known, watcher));
    }
  }
  return combined;
}

function asWatcher(entry: WatcherEntry, address: string, nowMs: number): CombinedWatcher {
  const { status, durationSubscribedSeconds, expirationSeconds } = entry;
  return {
    address,
    displayName: cleanName(entry.displayName),
    state: status,
    event: cleanName(entry.event),
    subscriptionIds: [entry.id],
    isOneTime: status === 'terminated' || status === 'waiting' || expirationSeconds === 0,
    ...(durationSubscribedSeconds === undefined ? {} : { sinceMs: nowMs - durationSubscribedSeconds * 1000 }),
  };
}

/** Of equal ones the later in the document: it is the newer. */
function stronger(one: CombinedWatcher, other: CombinedWatcher): CombinedWatcher {
  const difference = MOST_FIRST.indexOf(other.state) - MOST_FIRST.indexOf(one.state);
  const winner = difference <= 0 ? other : one;
  const sinceMs = one.sinceMs !== undefined && (other.sinceMs ?? Infinity) > one.sinceMs ? one.sinceMs : other.sinceMs;
  const { sinceMs: _since, ...rest } = winner;
  return {
    ...rest,
    ...(difference === 0 && sinceMs !== undefined ? { sinceMs } : winner.sinceMs === undefined ? {} : { sinceMs: winner.sinceMs }),
    subscriptionIds: difference === 0 ? [...one.subscriptionIds, ...other.subscriptionIds] : winner.subscriptionIds,
    isOneTime: one.isOneTime && other.isOneTime,
    displayName: winner.displayName === '' ? one.displayName || other.displayName : winner.displayName,
  };
}
