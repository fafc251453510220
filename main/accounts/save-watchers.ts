// Trigger: the server told who watches us. Result: watchers and requests are in our database, each request once and for as long as it is not
// answered; decisions the server agrees with are confirmed; wider decisions answer for those they cover. RFC 3857 §4.7.
import type { Change } from '../../app/domain/change.ts';
import type { Watcher } from '../../app/domain/watcher.ts';
import type { StoredDecision, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import type { CombinedWatcher } from './combine-watchers.ts';
import { agreement } from './decision-confirmation.ts';
import { isLetInByNothing, noteOpenServer } from './server-findings.ts';
import { shownWatcher } from './shown-watcher.ts';
import { answered, deriveChoice } from './store-decision.ts';
import { coveringDecision } from './wide-decisions.ts';

/** Watchers stored in one commit: thousands at once would hold the event loop. */
const CHUNK = 200;
/** When they could not be stored: everything is told, and tried, again after this. */
export const STORE_AGAIN_MS = 30_000;

/**
 * Stores what the server said and announces what that changed, some hundred at a time. `isFull`: whoever is not in the map does not watch.
 * Resolves to whether a wider decision answered somebody, so that the rules must be brought to the server.
 */
export async function saveWatchers(world: AccountWorld, watchers: ReadonlyMap<string, CombinedWatcher>, isFull: boolean): Promise<boolean> {
  let hasNewRules = false;
  let isOpen = false;
  const everybody = [...watchers.values()];
  const gone = isFull ? goneWatchers(world, watchers) : [];
  for (let at = 0; at < everybody.length || at < gone.length; at += CHUNK) {
    const chunk = everybody.slice(at, at + CHUNK);
    const goneChunk = gone.slice(at, at + CHUNK);
    const changes = await world.storage.commit((db) => saveChunk(db, world, chunk, goneChunk));
    for (const change of changes) world.announce(change);
    hasNewRules ||= changes.some(({ type }) => type === 'decision-added');
    isOpen ||= isLetInByNothing(
      world,
      chunk.filter(({ state }) => state === 'active').map(({ address }) => address),
    );
    await new Promise<void>((resolve) => void world.doors.defer(resolve));
  }
  noteOpenServer(world, isOpen, isFull);
  return hasNewRules;
}

/** Those the server does not mention any more; also who is only decided about, and not confirmed yet: silence confirms a block. */
function goneWatchers(world: AccountWorld, watchers: ReadonlyMap<string, CombinedWatcher>): string[] {
  const known = world.storage.read((db) => [
    ...store.listWatcherAddresses(db, world),
    ...store
      .listDecisions(db, world)
      .filter(({ confirmedAtMs, isPending }) => confirmedAtMs === null && !isPending)
      .map(({ address }) => address),
  ]);
  return [...new Set(known)].filter((address) => !watchers.has(address) && !address.startsWith('*'));
}

function saveChunk(db: WritableDb, world: AccountWorld, watchers: readonly CombinedWatcher[], gone: readonly string[]): Change[] {
  const { accountId } = world;
  const seenAtMs = world.doors.clock.nowMs();
  const wide = store.listWideDecisions(db, world);
  const goneChanges = gone.flatMap((address) => {
    const before = shown(db, world, address);
    store.forgetWatcher(db, { accountId, address });
    return [...confirm(db, world, address, 'none'), ...watcherChanges(db, world, address, before)];
  });
  const changes = watchers.flatMap((watcher) => {
    const { address, displayName, state, event, sinceMs } = watcher;
    const before = store.getWatcher(db, { accountId, address });
    const beforeText = before === null ? '' : JSON.stringify(shownWatcher(world, before));
    store.saveWatcher(db, { address, displayName, state, event, accountId, seenAtMs, ...(sinceMs === undefined ? {} : { sinceMs }) });
    const requests = requestChanges(db, world, watcher, { before, wide, seenAtMs });
    return [...confirm(db, world, address, state), ...requests, ...watcherChanges(db, world, address, beforeText)];
  });
  return [...goneChanges, ...changes];
}

function shown(db: WritableDb, world: AccountWorld, address: string): string {
  const watcher = store.getWatcher(db, { accountId: world.accountId, address });
  return watcher === null ? '' : JSON.stringify(shownWatcher(world, watcher));
}

/** Renewals change nothing, and so are not told. */
function watcherChanges(db: WritableDb, world: AccountWorld, address: string, before: string): Change[] {
  const watcher = store.getWatcher(db, { accountId: world.accountId, address });
  if (watcher === null) return [];
  const now = shownWatcher(world, watcher);
  return JSON.stringify(now) === before ? [] : [{ type: 'watcher-changed', watcher: now }];
}

/** Only decisions the server's rules have can be confirmed; one that the server contradicts later is no longer. */
function confirm(db: WritableDb, world: AccountWorld, address: string, state: Watcher['state']): Change[] {
  const { accountId } = world;
  const decision = store.getDecision(db, { accountId, address });
  if (decision === null || decision.isPending) return [];
  const said = agreement(decision.decision, state);
  const agrees = said === 'agrees' && decision.confirmedAtMs === null;
  if (!agrees && !(said === 'contradicts' && decision.confirmedAtMs !== null)) return [];
  const confirmedAtMs = agrees ? world.doors.clock.nowMs() : null;
  store.updateDecision(db, { accountId, address, confirmedAtMs, confirmedState: agrees ? (state === 'none' ? 'terminated' : state) : '' });
  const record = store.findDecisionRecord(db, { accountId, address });
  return record === null ? [] : [{ type: 'decision-changed', decision: store.shownRecord(record) }];
}

interface Surroundings {
  readonly before: Watcher | null;
  readonly wide: readonly StoredDecision[];
  readonly seenAtMs: number;
}

/** What one watcher's state does to the inbox: a renewal changes nothing, giving up keeps the question, an answer given elsewhere ends it. */
function requestChanges(db: WritableDb, world: AccountWorld, watcher: CombinedWatcher, { before, wide, seenAtMs }: Surroundings): Change[] {
  const { accountId } = world;
  const { address, state } = watcher;
  const known = store.findRequest(db, { accountId, address });
  const decision = store.getDecision(db, { accountId, address });
  if (isAsking(watcher, before)) {
    // WHY: the answer is given and on its way, or the server does not heed it; asking the person again would help neither.
    if (decision !== null && decision.decision !== 'later') return [];
    const covering = decision === null ? coveringDecision(wide, address) : undefined;
    if (covering !== undefined) return deriveChoice(db, world, address, covering);
    return askChanges(db, world, watcher, seenAtMs);
  }
  const isAnswered = state === 'active' || watcher.event === 'rejected';
  return known !== null && isAnswered ? answered(db, world, known.requestId) : [];
}

/**
 * Pending and waiting ask. So does somebody never heard of whose only subscription is over already: they took one look, or tried to
 * (RFC 3857 §4.7.1); who was let in or sent away did not ask.
 */
function isAsking({ state, event }: CombinedWatcher, before: Watcher | null): boolean {
  if (state === 'pending' || state === 'waiting') return true;
  return state === 'terminated' && (before === null || before.state === 'terminated') && ONE_LOOK.has(event);
}

/** Events that end a subscription nobody decided about. INTEROP(Kamailio): always says `subscribe`. */
const ONE_LOOK: ReadonlySet<string> = new Set(['subscribe', 'timeout', 'giveup']);

function askChanges(db: WritableDb, world: AccountWorld, watcher: CombinedWatcher, seenAtMs: number): Change[] {
  const { accountId } = world;
  const { address, displayName, subscriptionIds, isOneTime } = watcher;
  const known = store.findRequest(db, { accountId, address });
  const state = watcher.state === 'pending' ? 'pending' : 'waiting';
  const seen = { accountId, address, displayName, state, seenAtMs, subscriptionIds, isOneTime } as const;
  const { request, isNew } = store.saveRequest(db, seen);
  if (isNew) return [{ type: 'request-added', request }];
  const isSame = known !== null && JSON.stringify({ ...known, lastSeenAtMs: 0 }) === JSON.stringify({ ...request, lastSeenAtMs: 0 });
  return isSame ? [] : [{ type: 'request-changed', request }];
}
