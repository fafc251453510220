// The addresses whose messages are refused.
import { SvelteMap } from 'svelte/reactivity';
import type { PageCallOutput } from '../../app/bridge/shell-contract.ts';
import type { AppClient } from '../app-client.ts';

export type BlockedAddress = PageCallOutput<'listBlocked'>['blocked'][number] & { readonly accountId: string };

function keyOf(accountId: string, address: string): string {
  return `${accountId} ${address}`;
}

export class BlockedState {
  readonly byKey = new SvelteMap<string, BlockedAddress>();
  readonly list: readonly BlockedAddress[] = $derived([...this.byKey.values()].sort((a, b) => b.sinceMs - a.sinceMs));
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(accountId: string): Promise<void> {
    const reply = await this.#client.call('listBlocked', { accountId });
    if (reply.kind === 'failure') return;
    this.applyAccountRemoved(accountId);
    for (const blocked of reply.output.blocked) this.byKey.set(keyOf(accountId, blocked.address), { ...blocked, accountId });
  }

  /** Where the address itself is blocked. */
  find(accountId: string, address: string): BlockedAddress | undefined {
    const blocked = this.byKey.get(keyOf(accountId, address));
    return blocked?.isByAnswer === true ? undefined : blocked;
  }

  /** How many messages were refused, by whatever way. */
  refusedCount(accountId: string, address: string): number {
    return this.byKey.get(keyOf(accountId, address))?.refusedCount ?? 0;
  }

  applyAccountRemoved(accountId: string): void {
    for (const [key, blocked] of [...this.byKey]) if (blocked.accountId === accountId) this.byKey.delete(key);
  }

  /** Returns why not, or undefined. */
  async block(accountId: string, address: string, isSilent: boolean): Promise<string | undefined> {
    const reply = await this.#client.call('blockAddress', { accountId, address, isSilent });
    if (reply.kind === 'failure') return reply.failure.reason;
    await this.load(accountId);
    return undefined;
  }

  async unblock(accountId: string, address: string): Promise<string | undefined> {
    const reply = await this.#client.call('unblockAddress', { accountId, address });
    if (reply.kind === 'failure') return reply.failure.reason;
    await this.load(accountId);
    return undefined;
  }
}
