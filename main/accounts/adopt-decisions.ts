// Trigger: the rules on the server are not as this device last knew them: another device of the person decided something.
// Result: its decisions are ours too, and what it withdrew is withdrawn here; the request it answered leaves the inbox.
// RFC: 5025, 4825 §8.
import type { Change } from '../../app/domain/change.ts';
import type { PresenceDecision } from '../simple/document/presence-rules.ts';
import type { StoredDecision, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { ANOTHER_DEVICE, KIND_OF_HANDLING, decisionAddress, sideOf } from './keep-conflicts.ts';
import { inRules, saysTheSame } from './policy-edits.ts';
import { storeChoice, storeRemoval } from './store-decision.ts';

/** Decisions taken over in one commit: thousands at once would hold the event loop. */
const CHUNK = 200;

const ORIGIN = { cause: 'elsewhere', device: ANOTHER_DEVICE, isKnownToServer: true } as const;

/** Announces as it goes; resolves to how many decisions changed. Own edits that still wait come first: then nothing is taken over. */
export async function adoptDecisions(
  world: AccountWorld,
  auid: string,
  text: string | undefined,
  previous: string | undefined,
): Promise<number> {
  if (text === previous) return 0;
  const { accountId } = world;
  const nowMs = world.doors.clock.nowMs();
  const there = await decisionsIn(world, text, nowMs);
  const before = await decisionsIn(world, previous, nowMs);
  const here = new Map(world.storage.read((db) => store.listDecisions(db, world)).map((decision) => [decision.address, decision]));
  const taken = [...there].filter(([address, decision]) => {
    const known = here.get(address);
    return known === undefined || !saysTheSame(inRules(known), decision, nowMs);
  });
  const withdrawn = [...before.keys()].filter((address) => !there.has(address) && isInRules(here.get(address)));
  const changed: (readonly [string, PresenceDecision | null])[] = [...taken, ...withdrawn.map((address) => [address, null] as const)];
  for (let at = 0; at < changed.length; at += CHUNK) {
    const chunk = changed.slice(at, at + CHUNK);
    const changes = await world.storage.commit((db) => {
      if (store.listDocumentEdits(db, { accountId, auid }).length > 0) return undefined;
      return chunk.flatMap(([address, decision]) => adopt(db, world, address, decision));
    });
    if (changes === undefined) return at;
    for (const change of changes) world.announce(change);
  }
  return changed.length;
}

function adopt(db: WritableDb, world: AccountWorld, address: string, decision: PresenceDecision | null): Change[] {
  const { decision: kind, untilMs, sphere, seen, except } = sideOf(decision);
  if (kind === 'none') return storeRemoval(db, world, address, ORIGIN);
  return storeChoice(db, world, { address, decision: kind, terms: { untilMs, sphere, seen, except } }, ORIGIN);
}

/** By canonical address, those that hold now or later. */
async function decisionsIn(world: AccountWorld, text: string | undefined, nowMs: number): Promise<Map<string, PresenceDecision>> {
  const decisions = text === undefined ? [] : await world.documents.run('decisions', { text }, text.length);
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
