// Trigger: the rules on the server changed. Result: whoever sees us by another rule than before, or by none any more, is announced again.
// RFC: 4745 §10.
import type { Watcher } from '../../app/domain/watcher.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { createPolicyView } from './policy-view.ts';
import { readOwnPresence } from './publish-presence.ts';
import { shownWatcher } from './shown-watcher.ts';

/** Watchers judged in one turn: each is held against every rule, which may be thousands. */
const CHUNK = 10;

/** `previous`: the rules before; undefined for none. */
export async function announceRuleChanges(world: AccountWorld, previous: string | undefined): Promise<void> {
  const { clock, defer } = world.doors;
  const before = createPolicyView({ nowMs: () => clock.nowMs(), sphere: () => readOwnPresence(world).sphere ?? '' });
  before.set(previous);
  const { text } = world.policy;
  const watching = world.storage
    .read((db) => store.listWatchers(db, world))
    .filter(({ state, byRule }) => state === 'active' && byRule === '');
  for (let at = 0; at < watching.length; at += CHUNK) {
    // WHY: the rules changed once more meanwhile, and that change tells for itself.
    if (world.policy.text !== text) return;
    for (const watcher of watching.slice(at, at + CHUNK)) announceOne(world, watcher, shownWatcher({ policy: before }, watcher));
    await new Promise<void>((resolve) => void defer(resolve));
  }
}

function announceOne(world: AccountWorld, watcher: Watcher, wasShown: Watcher): void {
  const shown = shownWatcher(world, watcher);
  if (shown.byRule !== wasShown.byRule) world.announce({ type: 'watcher-changed', watcher: shown });
}
