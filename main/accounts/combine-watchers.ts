// Watcher information lists subscriptions; a person sees people: one watcher per address out of all its subscriptions (RFC 3857 §4.7.1).
import type { WatcherEntry, WatcherList } from '../simple/document/watcher-info.ts';
import type { ServerWatcher } from '../store/index.ts';
import { canonicalAddress } from './address-text.ts';
import { cleanName } from './clean-text.ts';

/** Of several subscriptions the one that sees or asks most counts. */
const MOST_FIRST: readonly WatcherEntry['status'][] = ['active', 'pending', 'waiting', 'terminated'];

/** By canonical address, ourselves and what is no SIP address left out. */
export function combineWatchers(lists: readonly WatcherList[], ownAddress: string): Map<string, ServerWatcher> {
  const combined = new Map<string, ServerWatcher>();
  for (const list of lists) {
    if (list.package !== 'presence') continue;
    for (const entry of list.watchers) {
      const address = canonicalAddress(entry.uri);
      if (address === undefined || address === ownAddress) continue;
      const known = combined.get(address);
      const watcher = asWatcher(entry, address);
      combined.set(address, known === undefined ? watcher : stronger(known, watcher));
    }
  }
  return combined;
}

function asWatcher(entry: WatcherEntry, address: string): ServerWatcher {
  return { address, displayName: cleanName(entry.displayName), state: entry.status, event: cleanName(entry.event) };
}

/** Of equal ones the later in the document: it is the newer. */
function stronger(one: ServerWatcher, other: ServerWatcher): ServerWatcher {
  const winner = MOST_FIRST.indexOf(other.state) <= MOST_FIRST.indexOf(one.state) ? other : one;
  return { ...winner, displayName: winner.displayName === '' ? one.displayName || other.displayName : winner.displayName };
}
