// Everybody who watches us or was answered: what the person decided, and what the server says of it. Two truths.
import { SvelteMap } from 'svelte/reactivity';
import type { DecisionKind, Watcher } from '../../app/domain/watcher.ts';
import type { AppClient, Reply } from '../app-client.ts';
import type { DecisionTerms } from './decisions.svelte.ts';

export type DecisionProgress = 'none' | 'working' | 'confirmed' | 'refused' | 'ended';

/** How far a decision has come, in this order of truth: it ended, the server refused it, confirmed it, or has yet to speak. */
export function progress(watcher: Watcher, nowMs: number): DecisionProgress {
  if (watcher.decision === null || watcher.decision === 'later') return 'none';
  if (watcher.untilMs !== null && watcher.untilMs <= nowMs) return 'ended';
  if (watcher.failure !== undefined) return 'refused';
  return watcher.isConfirmed ? 'confirmed' : 'working';
}

export function watcherKey(watcher: { readonly accountId: string; readonly address: string }): string {
  return `${watcher.accountId} ${watcher.address}`;
}

export class WatchersState {
  readonly byKey = new SvelteMap<string, Watcher>();
  isLoaded = $state(false);
  /** The log: everybody with an answer, the latest first. */
  readonly answered: readonly Watcher[] = $derived.by(() => {
    const those = [...this.byKey.values()].filter((watcher) => watcher.decision !== null && watcher.decision !== 'later');
    return those.sort((a, b) => (b.decidedAtMs ?? 0) - (a.decidedAtMs ?? 0));
  });
  readonly watching: readonly Watcher[] = $derived([...this.byKey.values()].filter((watcher) => watcher.state === 'active'));
  /** Everybody the server speaks of, those who see us first. */
  readonly mentioned: readonly Watcher[] = $derived.by(() => {
    const those = [...this.byKey.values()].filter((watcher) => watcher.state !== 'none');
    return those.sort((a, b) => Number(b.state === 'active') - Number(a.state === 'active'));
  });
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(accountId: string): Promise<void> {
    const reply = await this.#client.call('listWatchers', { accountId });
    if (reply.kind === 'ok') for (const watcher of reply.output.watchers) this.applyWatcher(watcher);
    this.isLoaded = true;
  }

  find(accountId: string, address: string): Watcher | undefined {
    return this.byKey.get(watcherKey({ accountId, address }));
  }

  applyWatcher(watcher: Watcher): void {
    this.byKey.set(watcherKey(watcher), watcher);
  }

  applyAccountRemoved(accountId: string): void {
    for (const [key, watcher] of [...this.byKey]) if (watcher.accountId === accountId) this.byKey.delete(key);
  }

  /** Answers somebody who is not in the inbox (any more), or answers anew. */
  decide(accountId: string, address: string, decision: DecisionKind, terms: DecisionTerms = {}): Promise<Reply<'decideWatcher'>> {
    return this.#client.call('decideWatcher', { accountId, address, decision, ...terms });
  }
}
