// A watcher as people see it: with why they see us, which only the policy document tells.
import type { Watcher } from '../../app/domain/watcher.ts';
import type { AccountWorld } from './account-world.ts';

/**
 * `decision`: our own answer to them. `rule`: a wider one of ours, or one that another program wrote. `everybody`: nothing lets them in,
 * so the server does.
 */
export function shownWatcher(world: Pick<AccountWorld, 'policy'>, watcher: Watcher): Watcher {
  if (watcher.state !== 'active' || watcher.byRule !== '') return watcher;
  const verdict = world.policy.verdictOn(watcher.address);
  return verdict === undefined ? watcher : { ...watcher, byRule: verdict === 'confirm' || verdict === 'block' ? 'everybody' : 'rule' };
}
