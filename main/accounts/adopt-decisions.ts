// Trigger: the rules on the server are not as this device last knew them: another device of the person decided something.
// Result: its decisions are ours too, and what it withdrew is withdrawn here; the request it answered leaves the inbox.
// RFC: 5025, 4825 §8.
import type { Change } from '../../app/domain/change.ts';
import type { PresenceDecision } from '../simple/document/presence-rules.ts';
import { readDecisions } from '../simple/document/presence-rules.ts';
import type { StoredDecision } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { ANOTHER_DEVICE, KIND_OF_HANDLING, decisionAddress, sideOf } from './keep-conflicts.ts';
import { inRules, saysTheSame } from './policy-edits.ts';
import { storeChoice, storeRemoval } from './store-decision.ts';

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
  const origin = { cause: 'elsewhere', device: ANOTHER_DEVICE, isKnownToServer: true } as const;
  return world.storage.commit((db) => {
    if (store.listDocumentEdits(db, { accountId, auid }).length > 0) return [];
    const here = new Map(store.listDecisions(db, world).map((decision) => [decision.address, decision]));
    const taken = [...there].flatMap(([address, decision]) => {
      const known = here.get(address);
      const { decision: kind, untilMs, sphere, seen, except } = sideOf(decision);
      if (kind === 'none' || (known !== undefined && saysTheSame(inRules(known), decision, nowMs))) return [];
      return storeChoice(db, world, { address, decision: kind, terms: { untilMs, sphere, seen, except } }, origin);
    });
    const withdrawn = [...before.keys()].filter((address) => !there.has(address) && isInRules(here.get(address)));
    return [...taken, ...withdrawn.flatMap((address) => storeRemoval(db, world, address, origin))];
  });
}

/** By canonical address, those that hold now or later. */
function decisionsIn(text: string | undefined, nowMs: number): Map<string, PresenceDecision> {
  const decisions = text === undefined ? [] : readDecisions(text);
  return new Map(
    decisions.flatMap((decision) => {
      const address = decisionAddress(decision.address);
      const isOver = decision.untilMs !== undefined && decision.untilMs <= nowMs;
      if (address === undefined || isOver || KIND_OF_HANDLING[decision.subHandling] === undefined) return [];
      return [[address, { ...decision, address }] as const];
    }),
  );
}

/** `later` was never in the rules, so that it is missing there says nothing. */
function isInRules(stored: StoredDecision | undefined): boolean {
  return stored !== undefined && stored.decision !== 'later';
}
