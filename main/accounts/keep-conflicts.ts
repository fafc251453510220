// Trigger: an edit of the rules met an answer of another device. Result: both answers are kept, the other one stays in force, and the
// person is asked; their choice is then made like any other decision. RFC 4825 §8.
import type { Change } from '../../app/domain/change.ts';
import type { DecisionKind } from '../../app/domain/watcher.ts';
import type { PresenceDecision, SubHandling } from '../simple/document/presence-rules.ts';
import type { ConflictSide, StoredConflict, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { canonicalAddress } from './address-text.ts';
import type { PolicyConflict } from './policy-edits.ts';
import { storeChoice, storeRemoval } from './store-decision.ts';
import { isWideAddress } from './wide-decisions.ts';

export const KIND_OF_HANDLING: Readonly<Record<SubHandling, DecisionKind | undefined>> = {
  allow: 'allow',
  block: 'block',
  'polite-block': 'politely-block',
  confirm: undefined,
};

const CHOSEN_HERE = 'This computer, of two answers';

/** A decision in the rules, as the store keeps it. */
export function sideOf(decision: PresenceDecision | null): ConflictSide {
  const kind = decision === null ? undefined : KIND_OF_HANDLING[decision.subHandling];
  if (decision === null || kind === undefined) return { ...store.NO_TERMS, decision: 'none' };
  const { untilMs = null, sphere = '', seen = null, except = [] } = decision;
  return { decision: kind, untilMs, sphere, seen, except };
}

/** As our addresses are written; undefined for what is none. */
export function decisionAddress(text: string): string | undefined {
  return isWideAddress(text) ? text.toLowerCase() : canonicalAddress(text);
}

/**
 * In the commit that takes the edits off the queue: those the server has now wait no longer; of those that another device answered
 * differently both answers are kept. Returns what to announce.
 */
export function keepConflicts(
  db: WritableDb,
  world: AccountWorld,
  edited: readonly string[],
  conflicts: readonly PolicyConflict[],
): Change[] {
  const { accountId } = world;
  for (const address of edited) store.updateDecision(db, { accountId, address, isPending: false, failure: null });
  return conflicts.flatMap(({ address, ours, theirs, decidedAtMs }) => {
    const displayName = store.getWatcher(db, { accountId, address })?.displayName ?? '';
    const before = store.findConflict(db, { accountId, address });
    const conflict = store.addConflict(db, {
      ...{ accountId, address, displayName },
      ours: { ...sideOf(ours), decidedAtMs },
      theirs: { ...sideOf(theirs), seenAtMs: world.doors.clock.nowMs() },
    });
    const gone: Change[] = before === null ? [] : [{ type: 'conflict-removed', conflictId: before.conflictId, accountId }];
    const theirsHolds = takeSide(db, world, conflict, 'theirs');
    return [...gone, ...theirsHolds, { type: 'conflict-changed', conflict: store.shownConflict(conflict) }];
  });
}

/** The person chose: that answer holds, on this device and then on the server. */
export function settleConflict(db: WritableDb, world: AccountWorld, conflict: StoredConflict, keep: 'ours' | 'theirs'): Change[] {
  store.removeConflict(db, conflict);
  const removed: Change = { type: 'conflict-removed', conflictId: conflict.conflictId, accountId: world.accountId };
  if (keep === 'theirs') return [removed];
  return [...takeSide(db, world, conflict, 'ours'), removed];
}

function takeSide(db: WritableDb, world: AccountWorld, conflict: StoredConflict, whose: 'ours' | 'theirs'): Change[] {
  const { address } = conflict;
  const { decision, untilMs, sphere, seen, except } = conflict[whose];
  const origin =
    whose === 'theirs'
      ? ({ cause: 'elsewhere', device: ANOTHER_DEVICE, isKnownToServer: true } as const)
      : ({ cause: 'person', device: CHOSEN_HERE } as const);
  if (decision === 'none') return storeRemoval(db, world, address, origin);
  return storeChoice(db, world, { address, decision, terms: { untilMs, sphere, seen, except } }, origin);
}

export const ANOTHER_DEVICE = 'Another device';
