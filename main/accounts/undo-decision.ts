// Trigger: the person takes an answer back. Result: what held before that answer holds again, and is brought to the server like any answer.
import type { Change } from '../../app/domain/change.ts';
import type { StoredDecisionRecord, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { THIS_DEVICE } from './decide-watcher.ts';
import { storeChoice, storeRemoval } from './store-decision.ts';

/** Returns what to announce. An earlier answer whose time is over, or that followed from a wider one, is not brought back. */
export function undoDecision(db: WritableDb, world: AccountWorld, record: StoredDecisionRecord): Change[] {
  const { accountId, address, decisionId } = record;
  const before = store.findDecisionRecord(db, { accountId, address, before: decisionId });
  const origin = { cause: 'undo', device: THIS_DEVICE } as const;
  const isOver = before === null || (before.untilMs !== null && before.untilMs <= world.doors.clock.nowMs());
  if (isOver || before.decision === 'none' || before.fromScope !== '') return storeRemoval(db, world, address, origin);
  const { untilMs, sphere, seen, except } = before;
  return storeChoice(db, world, { address, decision: before.decision, terms: { untilMs, sphere, seen, except } }, origin);
}
