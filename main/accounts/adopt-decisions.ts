// Trigger: the rules on the server are not as this device last knew them: another device of the person decided something.
// Result: its decisions are ours too, and what it withdrew is withdrawn here; the request it answered leaves the inbox.
// RFC: 5025, 4825 §8.
import type { Change } from '../../app/domain/change.ts';
import type { DecisionKind } from '../../app/domain/watcher.ts';
import type { PresenceDecision, SubHandling } from '../simple/document/presence-rules.ts';
import { readDecisions } from '../simple/document/presence-rules.ts';
import type { StoredDecision, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { canonicalAddress } from './address-text.ts';

const KIND: Readonly<Record<SubHandling, DecisionKind | undefined>> = {
  allow: 'allow',
  block: 'block',
  'polite-block': 'politely-block',
  confirm: undefined,
};

/** Ends this close together are the same: documents count in seconds, and allow for clocks that are off. */
const SAME_END_MS = 60_000;

/** Returns what to announce. Own edits that still wait come first: then nothing is taken over. */
export async function adoptDecisions(
  world: AccountWorld,
  auid: string,
  text: string | undefined,
  previous: string | undefined,
): Promise<Change[]> {
  if (text === previous) return [];
  const { accountId } = world;
  const nowMs = world.doors.clock.nowMs();
  const there = decisionsIn(text, nowMs);
  const before = decisionsIn(previous, nowMs);
  return world.storage.commit((db) => {
    if (store.listDocumentEdits(db, { accountId, auid }).length > 0) return [];
    const here = new Map(store.listDecisions(db, world).map((decision) => [decision.address, decision]));
    const changes = [...there].flatMap(([address, decision]) =>
      isSame(here.get(address), decision) ? [] : takeOver(db, accountId, { address, decision, nowMs }),
    );
    const withdrawn = [...before.keys()].filter((address) => !there.has(address) && isInRules(here.get(address)));
    for (const address of withdrawn) store.endDecision(db, { accountId, address, endedAtMs: nowMs });
    return [...changes, ...withdrawn.flatMap((address) => shown(db, accountId, address))];
  });
}

/** By canonical address, those that hold now or later. */
function decisionsIn(text: string | undefined, nowMs: number): Map<string, PresenceDecision> {
  const decisions = text === undefined ? [] : readDecisions(text);
  return new Map(
    decisions.flatMap((decision) => {
      const address = canonicalAddress(decision.address);
      const isOver = decision.untilMs !== undefined && decision.untilMs <= nowMs;
      return address === undefined || isOver || KIND[decision.subHandling] === undefined ? [] : [[address, decision] as const];
    }),
  );
}

function isSame(stored: StoredDecision | undefined, decision: PresenceDecision): boolean {
  if (stored === undefined || stored.decision !== KIND[decision.subHandling]) return false;
  if (stored.untilMs === null || decision.untilMs === undefined) return stored.untilMs === null && decision.untilMs === undefined;
  return Math.abs(stored.untilMs - decision.untilMs) < SAME_END_MS;
}

/** `later` was never in the rules, so that it is missing there says nothing. */
function isInRules(stored: StoredDecision | undefined): boolean {
  return stored !== undefined && stored.decision !== 'later';
}

function takeOver(
  db: WritableDb,
  accountId: string,
  { address, decision, nowMs }: { address: string; decision: PresenceDecision; nowMs: number },
): Change[] {
  const kind = KIND[decision.subHandling];
  if (kind === undefined) return [];
  store.addDecision(db, { accountId, address, decision: kind, untilMs: decision.untilMs ?? null, decidedAtMs: nowMs });
  store.updateDecision(db, { accountId, address, isPending: false });
  const request = store.findRequest(db, { accountId, address });
  if (request === null) return shown(db, accountId, address);
  store.removeRequest(db, request);
  return [...shown(db, accountId, address), { type: 'request-removed', requestId: request.requestId, accountId }];
}

function shown(db: store.ReadableDb, accountId: string, address: string): Change[] {
  const watcher = store.getWatcher(db, { accountId, address });
  return watcher === null ? [] : [{ type: 'watcher-changed', watcher }];
}
