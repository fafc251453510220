// The accounts signed in, their states, and the person's own presence.
import type { Account, PartState } from '../../app/domain/account.ts';
import type { OwnPresence } from '../../app/domain/presence.ts';
import type { PageCallInput } from '../../app/bridge/shell-contract.ts';
import type { AppClient, Reply } from '../app-client.ts';
import type { Clock } from '../clock.ts';

function presenceInput(accountId: string, said: OwnPresence): PageCallInput<'setOwnPresence'> {
  const { availability, note, activity, mood, place, sphere } = said;
  return {
    accountId,
    availability,
    note,
    activity,
    ...(mood === undefined ? {} : { mood }),
    ...(place === undefined ? {} : { place }),
    ...(sphere === undefined ? {} : { sphere: spheres.find((known) => known === sphere) ?? '' }),
  };
}

/** Where one is in life (RFC 4480 §3.9), as far as rules can ask for it. */
export const spheres = ['', 'work', 'home'] as const;

export class AccountsState {
  list = $state.raw<readonly Account[]>([]);
  isLoaded = $state(false);
  /** Why the list could not be read; '' when it could. */
  failureReason = $state('');
  /** The first account: its presence stands at the top of the side bar. */
  readonly first = $derived(this.list[0]);
  /** The account without a server; the window offers one. */
  readonly nearby = $derived(this.list.find((account) => account.kind === 'nearby'));
  /** Words about a server mean nothing where there is none. */
  readonly hasServer: boolean = $derived(this.list.some((account) => account.kind === 'sip'));
  readonly #client: AppClient;
  readonly #watching = new Set<() => void>();

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(): Promise<void> {
    const reply = await this.#client.call('listAccounts', {});
    if (reply.kind === 'ok') this.list = reply.output.accounts;
    this.failureReason = reply.kind === 'ok' ? '' : reply.failure.reason;
    this.isLoaded = true;
  }

  byId(accountId: string): Account | undefined {
    return this.list.find((account) => account.accountId === accountId);
  }

  isNearby(accountId: string): boolean {
    return this.byId(accountId)?.kind === 'nearby';
  }

  applyAccount(account: Account): void {
    const isKnown = this.list.some((other) => other.accountId === account.accountId);
    this.list = isKnown ? this.list.map((other) => (other.accountId === account.accountId ? account : other)) : [...this.list, account];
    for (const look of this.#watching) look();
  }

  /** Whether an account signs in: waits until its registration is `ok` or `failed`, at most `limitMs`; undefined when that is not known by then. */
  verdict(accountId: string, clock: Clock, limitMs: number): Promise<PartState | undefined> {
    return new Promise((resolve) => {
      const end = (state: PartState | undefined): void => {
        stop();
        this.#watching.delete(look);
        resolve(state);
      };
      const look = (): void => {
        const state = this.byId(accountId)?.registration;
        if (state?.state === 'ok' || state?.state === 'failed') end(state);
      };
      const stop = clock.after(limitMs, () => end(undefined));
      this.#watching.add(look);
      look();
    });
  }

  /** What was said of the sign-in before is not said of the one that begins now. */
  forgetVerdict(accountId: string): void {
    const account = this.byId(accountId);
    if (account !== undefined) this.applyAccount({ ...account, registration: { state: 'working' } });
  }

  applyRemoved(accountId: string): void {
    this.list = this.list.filter((account) => account.accountId !== accountId);
  }

  applyOwnPresence(accountId: string, ownPresence: OwnPresence): void {
    const account = this.byId(accountId);
    if (account !== undefined) this.applyAccount({ ...account, ownPresence });
  }

  /** Says the same of the person on every account. Shown at once; the account's publication says when the server has it. */
  async setPresence(patch: Partial<OwnPresence>): Promise<Reply<'setOwnPresence'> | undefined> {
    let failed: Reply<'setOwnPresence'> | undefined;
    for (const account of this.list) {
      const before = account.ownPresence;
      this.applyOwnPresence(account.accountId, { ...before, ...patch });
      const reply = await this.#client.call('setOwnPresence', presenceInput(account.accountId, { ...before, ...patch }));
      if (reply.kind === 'ok') continue;
      this.applyOwnPresence(account.accountId, before);
      failed = reply;
    }
    return failed;
  }

  retry(accountId: string): Promise<Reply<'retryAccount'>> {
    return this.#client.call('retryAccount', { accountId });
  }

  async remove(accountId: string): Promise<Reply<'removeAccount'>> {
    const reply = await this.#client.call('removeAccount', { accountId });
    if (reply.kind === 'ok') this.applyRemoved(accountId);
    return reply;
  }
}
