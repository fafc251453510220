// Trigger: the server tells who watches us (NOTIFY for our own presence.winfo).
// Result: watchers and requests are in our database, each request once and for as long as it is not answered; decisions the server agrees with are confirmed.
// RFC: 3857 §4, 3858 §4, 6665 §4.1.
import type { Change } from '../../app/domain/change.ts';
import { WATCHER_INFO_CONTENT_TYPE, parseWatcherInfo } from '../simple/document/watcher-info.ts';
import type { WatcherTable } from '../simple/document/watcher-info-merge.ts';
import { EMPTY_WATCHER_TABLE, stepWatcherInfo } from '../simple/document/watcher-info-merge.ts';
import { createSubscriber } from '../simple/event/subscriber.ts';
import type { Notification, Subscription } from '../simple/event/subscription.ts';
import type { Endpoint } from '../sip/index.ts';
import type { ServerWatcher, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import { OFF, watcherInfoPart } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground, nameOption } from './account-world.ts';
import { combineWatchers } from './combine-watchers.ts';
import { agreement } from './decision-confirmation.ts';

export interface WatcherFollow {
  /** Asks the server for everything anew: INTEROP(Kamailio) tells nothing by itself after the rules changed. */
  refreshNow(): void;
  retryNow(): void;
  stop(): Promise<void>;
}

export function followWatchers(world: AccountWorld, endpoint: Endpoint): WatcherFollow {
  const { clock, random, log } = world.doors;
  const subscriber = createSubscriber({ endpoint, clock, random, log, address: world.uri, event: 'presence.winfo', ...nameOption(world) });
  let table: WatcherTable = EMPTY_WATCHER_TABLE;

  const subscription: Subscription = subscriber.subscribe({
    target: world.uri,
    accept: [WATCHER_INFO_CONTENT_TYPE],
    onNotify: heard,
    onState: (state) => world.states.set('watcherInfo', watcherInfoPart(state)),
  });

  function heard(notification: Notification): void {
    if (notification.isFirst) table = EMPTY_WATCHER_TABLE;
    if (notification.body.length === 0) return;
    const parsed = parseWatcherInfo(notification.body);
    if (parsed.kind === 'failure') {
      log('warn', `${world.address}: watcher information cannot be read (${parsed.reason}, at ${parsed.offset})`);
      return;
    }
    const step = stepWatcherInfo(table, parsed.document);
    table = step.state;
    if (step.kind === 'stale') return;
    if (step.kind === 'gap') subscription.refreshNow();
    const everybody = combineWatchers(table.lists, world.address);
    const isFull = parsed.document.state === 'full';
    const mentioned = isFull ? everybody : only(everybody, combineWatchers(parsed.document.lists, world.address));
    inBackground(world, 'storing watchers', saveWatchers(world, mentioned, isFull));
  }

  return {
    refreshNow: () => subscription.refreshNow(),
    retryNow: () => subscription.retryNow(),
    async stop() {
      await subscriber.stop();
      world.states.set('watcherInfo', OFF);
    },
  };
}

/** A partial document names some subscriptions; what counts for their owners is all of theirs. */
function only(everybody: ReadonlyMap<string, ServerWatcher>, mentioned: ReadonlyMap<string, ServerWatcher>): Map<string, ServerWatcher> {
  return new Map(
    [...mentioned.keys()].flatMap((address) => (everybody.has(address) ? [[address, everybody.get(address) as ServerWatcher]] : [])),
  );
}

/** Stores what the server said and announces what that changed. `isFull`: whoever is not in the map does not watch. */
export async function saveWatchers(world: AccountWorld, watchers: ReadonlyMap<string, ServerWatcher>, isFull: boolean): Promise<void> {
  const { accountId } = world;
  const seenAtMs = world.doors.clock.nowMs();
  const changes = await world.storage.commit((db) => {
    const before = new Map(store.listWatchers(db, world).map((watcher) => [watcher.address, JSON.stringify(watcher)]));
    if (isFull) store.replaceWatchers(db, { accountId, watchers: [...watchers.values()], seenAtMs });
    else for (const watcher of watchers.values()) store.saveWatcher(db, { ...watcher, accountId, seenAtMs });
    confirmDecisions(db, world, isFull ? undefined : watchers);
    const requestChanges = [...watchers.values()].flatMap((watcher) => changeRequest(db, world, watcher, seenAtMs));
    const watcherChanges = store
      .listWatchers(db, world)
      .filter((watcher) => before.get(watcher.address) !== JSON.stringify(watcher))
      .map((watcher): Change => ({ type: 'watcher-changed', watcher }));
    return [...watcherChanges, ...requestChanges];
  });
  for (const change of changes) world.announce(change);
}

/** Only decisions the server's rules have can be confirmed; one that the server contradicts later is no longer. */
function confirmDecisions(db: WritableDb, world: AccountWorld, mentioned: ReadonlyMap<string, ServerWatcher> | undefined): void {
  const { accountId } = world;
  for (const decision of store.listDecisions(db, world)) {
    if (decision.isPending || (mentioned !== undefined && !mentioned.has(decision.address))) continue;
    const state = store.getWatcher(db, decision)?.state ?? 'none';
    const said = agreement(decision.decision, state);
    if (said === 'agrees' && decision.confirmedAtMs === null) {
      store.updateDecision(db, { accountId, address: decision.address, confirmedAtMs: world.doors.clock.nowMs() });
    }
    if (said === 'contradicts' && decision.confirmedAtMs !== null) {
      store.updateDecision(db, { accountId, address: decision.address, confirmedAtMs: null });
    }
  }
}

/** What one watcher's state does to the inbox: a renewal changes nothing, giving up keeps the question, an answer given elsewhere ends it. */
function changeRequest(db: WritableDb, world: AccountWorld, watcher: ServerWatcher, seenAtMs: number): Change[] {
  const { accountId } = world;
  const { address, displayName, state } = watcher;
  const known = store.findRequest(db, { accountId, address });
  if (state === 'pending' || state === 'waiting') {
    const decision = store.getDecision(db, { accountId, address });
    // WHY: the answer is given and on its way, or the server does not heed it; asking the person again would help neither.
    if (decision !== null && decision.decision !== 'later') return [];
    const { request, isNew } = store.saveRequest(db, { accountId, address, displayName, state, seenAtMs });
    if (isNew) return [{ type: 'request-added', request }];
    const isSame = known !== null && known.state === request.state && known.displayName === request.displayName;
    return isSame ? [] : [{ type: 'request-changed', request }];
  }
  const isAnswered = state === 'active' || watcher.event === 'rejected';
  if (known === null || !isAnswered) return [];
  store.removeRequest(db, known);
  return [{ type: 'request-removed', requestId: known.requestId, accountId }];
}
