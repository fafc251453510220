// Trigger: the person blocks or unblocks an address, or somebody blocked writes. Result: refused with 603 or silently, kept nowhere, counted.
// RFC: 3261 §21.6.2.
import type { MessageVerdict } from '../simple/page-mode/page-message.ts';
import type { ReadableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';

const DECLINED: MessageVerdict = { kind: 'refused', status: 603 };
/** It looks as if it had arrived. */
const SILENT: MessageVerdict = { kind: 'accepted' };

export function isBlocked(world: AccountWorld, address: string): boolean {
  const { accountId, storage, doors } = world;
  const untilMs = storage.recall(`blocked until ${accountId} ${address}`, (db) => blockedUntilMs(db, { accountId, address }));
  return untilMs > doors.clock.nowMs();
}

/** Infinity: for good. -Infinity: not at all. */
function blockedUntilMs(db: ReadableDb, of: { readonly accountId: string; readonly address: string }): number {
  if (store.getBlocked(db, of) !== null) return Infinity;
  const decision = store.getDecision(db, of);
  return decision?.decision === 'block' ? (decision.untilMs ?? Infinity) : -Infinity;
}

/** What becomes of a message of theirs; undefined: they may write. Counts it. */
export function refusalOf(world: AccountWorld, address: string): MessageVerdict | undefined {
  const { accountId } = world;
  if (!isBlocked(world, address)) return undefined;
  inBackground(
    world,
    'counting what was refused',
    world.storage.commit((db) => store.countRefused(db, { accountId, address })),
  );
  const blocked = world.storage.read((db) => store.getBlocked(db, { accountId, address }));
  return blocked?.isSilent === true ? SILENT : DECLINED;
}

/** From now on; reports they still wait for are dropped. */
export async function blockAddress(world: AccountWorld, address: string, isSilent: boolean): Promise<void> {
  const { accountId } = world;
  await world.storage.commit((db) => {
    store.addBlocked(db, { accountId, address, isSilent, sinceMs: world.doors.clock.nowMs() });
    store.removeReports(db, { accountId, address });
  });
}
