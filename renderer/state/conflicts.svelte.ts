// Where two devices of one person decided differently about the same watcher: both answers, until one is chosen.
import { SvelteMap } from 'svelte/reactivity';
import type { Conflict } from '../../app/domain/watcher.ts';
import type { AppClient } from '../app-client.ts';

export class ConflictsState {
  readonly byId = new SvelteMap<string, Conflict>();
  readonly list: readonly Conflict[] = $derived([...this.byId.values()]);
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(accountId: string): Promise<void> {
    const reply = await this.#client.call('listConflicts', { accountId });
    if (reply.kind === 'ok') for (const conflict of reply.output.conflicts) this.applyConflict(conflict);
  }

  applyConflict(conflict: Conflict): void {
    this.byId.set(conflict.conflictId, conflict);
  }

  applyRemoved(conflictId: string): void {
    this.byId.delete(conflictId);
  }

  applyAccountRemoved(accountId: string): void {
    for (const [id, conflict] of [...this.byId]) if (conflict.accountId === accountId) this.byId.delete(id);
  }

  /** Gone at once; back when it was not taken. Returns why not, or undefined. */
  async resolve(conflict: Conflict, keep: 'ours' | 'theirs'): Promise<string | undefined> {
    this.byId.delete(conflict.conflictId);
    const reply = await this.#client.call('resolveConflict', { conflictId: conflict.conflictId, keep });
    if (reply.kind === 'ok') return undefined;
    this.applyConflict(conflict);
    return reply.failure.reason;
  }
}
