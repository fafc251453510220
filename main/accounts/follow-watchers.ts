// Trigger: the server tells who watches us (NOTIFY for our own presence.winfo).
// Result: the table of our watchers is up to date, gaps are asked for, and what it says is stored (save-watchers.ts), one document after another.
// RFC: 3857 §4, 3858 §4, 6665 §4.1.
import { WATCHER_INFO_CONTENT_TYPE } from '../simple/document/watcher-info.ts';
import type { WatcherInfoResult } from '../simple/document/watcher-info.ts';
import type { WatcherTable } from '../simple/document/watcher-info-merge.ts';
import { EMPTY_WATCHER_TABLE, stepWatcherInfo } from '../simple/document/watcher-info-merge.ts';
import { createSubscriber } from '../simple/event/subscriber.ts';
import type { Notification, Subscription } from '../simple/event/subscription.ts';
import type { Endpoint, SipResponse, Timer } from '../sip/index.ts';
import { headerText } from '../sip/index.ts';
import * as store from '../store/index.ts';
import { OFF, watcherInfoPart } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground, nameOption } from './account-world.ts';
import type { CombinedWatcher } from './combine-watchers.ts';
import { combineWatchers } from './combine-watchers.ts';
import { STORE_AGAIN_MS, saveWatchers } from './save-watchers.ts';
import { kindByName, saveServerKind } from './server-kind.ts';

export interface WatcherFollow {
  /** Asks the server for everything anew: INTEROP(Kamailio) tells nothing by itself after the rules changed. */
  refreshNow(): void;
  retryNow(): void;
  stop(): Promise<void>;
}

export interface WatcherEvents {
  /** Somebody watches us, or asks to, who did not before. By canonical address. */
  newWatcher(address: string): void;
  /** Somebody was answered by a wider decision: the rules must be brought to the server. */
  rulesWanted(): void;
  /** The server is of another kind than was known. */
  serverLearned(): void;
}

export function followWatchers(world: AccountWorld, endpoint: Endpoint, events: WatcherEvents): WatcherFollow {
  const { clock, random, log } = world.doors;
  const subscriber = createSubscriber({ endpoint, clock, random, log, address: world.uri, event: 'presence.winfo', ...nameOption(world) });
  let table: WatcherTable = EMPTY_WATCHER_TABLE;
  let last: Promise<void> = Promise.resolve();
  let again: Timer | undefined;
  let hasStopped = false;

  const subscription: Subscription = subscriber.subscribe({
    target: world.uri,
    accept: [WATCHER_INFO_CONTENT_TYPE],
    onNotify: heard,
    onAccepted(response) {
      // WHY: the state may have been shown as unknown meanwhile, and one that comes back the same is not told again.
      if (!hasStopped) world.states.set('watcherInfo', watcherInfoPart(subscription.state));
      inBackground(world, 'learning the server', learnServer(world, response, events));
    },
    onState: (state) => world.states.set('watcherInfo', watcherInfoPart(state)),
  });
  // RFC 3857 §4.1: watchers of watchers are told to nobody; ours are the server's to tell, and only to us.
  const stopRefusing = endpoint.onRequest('SUBSCRIBE', () => ({ status: 403 }), 'presence.winfo');

  /** WHY one after the other: each document is joined to what the ones before it said, and large ones take a while. */
  function heard(notification: Notification): void {
    last = last.then(() => (hasStopped ? undefined : take(notification)));
    inBackground(world, 'storing watchers', last);
    last = last.catch(askAgainLater);
  }

  /** WHY: what could not be stored, a request perhaps, would stay unknown until the next refresh. */
  function askAgainLater(): void {
    again?.cancel();
    if (!hasStopped) again = clock.startTimer(STORE_AGAIN_MS, () => subscription.refreshNow());
  }

  async function take({ isFirst, body }: Notification): Promise<void> {
    if (isFirst) table = EMPTY_WATCHER_TABLE;
    if (body.length === 0) return;
    const parsed = await world.documents.run('watcher-info', { body }, body.length);
    if (parsed.kind === 'failure') {
      log('warn', `${world.address}: watcher information cannot be read (${parsed.reason}, at ${parsed.offset})`);
      return;
    }
    if (hasStopped) return;
    const mentioned = join(parsed);
    if (mentioned === undefined) return;
    const isFull = parsed.document.state === 'full';
    const newWatchers = notKnownYet(world, mentioned);
    if (await saveWatchers(world, mentioned, isFull)) events.rulesWanted();
    for (const address of newWatchers) events.newWatcher(address);
  }

  /** Whom the document is about, each with all their subscriptions; undefined: it is older than what is known. */
  function join({ document }: Extract<WatcherInfoResult, { kind: 'ok' }>): Map<string, CombinedWatcher> | undefined {
    const step = stepWatcherInfo(table, document);
    table = step.state;
    if (step.kind === 'stale') return undefined;
    if (step.kind === 'gap') subscription.refreshNow();
    const nowMs = clock.nowMs();
    // WHY: a partial document names some subscriptions; what counts for their owners is all of theirs.
    const mentioned = document.state === 'full' ? undefined : combineWatchers(document.lists, world.address, nowMs);
    return combineWatchers(table.lists, world.address, nowMs, mentioned);
  }

  return {
    refreshNow: () => subscription.refreshNow(),
    retryNow: () => subscription.retryNow(),
    async stop() {
      hasStopped = true;
      again?.cancel();
      stopRefusing();
      await subscriber.stop();
      world.states.set('watcherInfo', OFF);
    },
  };
}

function notKnownYet(world: AccountWorld, mentioned: ReadonlyMap<string, CombinedWatcher>): string[] {
  const known = new Set(world.storage.read((db) => store.listWatcherAddresses(db, world)));
  return [...mentioned.values()]
    .filter(({ address, state }) => (state === 'pending' || state === 'active') && !known.has(address))
    .map(({ address }) => address);
}

/** The presence server's name tells how it reads rules. */
async function learnServer(world: AccountWorld, response: SipResponse, events: WatcherEvents): Promise<void> {
  const kind = kindByName(headerText(response, 'Server'));
  if (kind === 'unknown' || kind === world.serverKind()) return;
  const isNew = await world.storage.commit((db) => saveServerKind(db, world, kind));
  if (isNew) events.serverLearned();
}
