// How the inbox is looked at: search, filters, order, and which requests are chosen to be answered together.
import { SvelteSet } from 'svelte/reactivity';
import type { Request } from '../../app/domain/watcher.ts';
import { matches } from './matching.ts';
import { personName } from './naming.ts';
import type { RequestsState } from './requests.svelte.ts';

export const inboxStates = ['open', 'pending', 'waiting', 'once', 'later'] as const;
export type InboxStateFilter = (typeof inboxStates)[number];
export const inboxOrders = ['newest', 'oldest', 'name', 'often'] as const;
export type InboxOrder = (typeof inboxOrders)[number];

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

const comparisons: Readonly<Record<InboxOrder, (a: Request, b: Request) => number>> = {
  newest: (a, b) => b.lastSeenAtMs - a.lastSeenAtMs,
  oldest: (a, b) => a.firstSeenAtMs - b.firstSeenAtMs,
  name: (a, b) => collator.compare(personName(a.address, '', a.displayName), personName(b.address, '', b.displayName)),
  often: (a, b) => (b.askedCount ?? 1) - (a.askedCount ?? 1) || b.lastSeenAtMs - a.lastSeenAtMs,
};

function isOfState(request: Request, state: InboxStateFilter): boolean {
  switch (state) {
    case 'open':
      return true;
    case 'pending':
    case 'waiting':
      return request.state === state && !request.isPostponed;
    case 'once':
      return request.isOneTime === true;
    case 'later':
      return request.isPostponed;
  }
}

export class InboxState {
  query = $state('');
  /** '' for all. */
  accountId = $state('');
  state = $state<InboxStateFilter>('open');
  order = $state<InboxOrder>('newest');
  readonly chosen = new SvelteSet<string>();
  readonly #requests: RequestsState;
  #anchor: string | null = null;

  /** Those put off stand at the end. */
  readonly shown: readonly Request[] = $derived.by(() => {
    const query = this.query.trim();
    const found = [...this.#requests.waiting, ...this.#requests.postponed].filter(
      (request) =>
        (this.accountId === '' || request.accountId === this.accountId) &&
        isOfState(request, this.state) &&
        (query === '' || matches(`${request.displayName} ${request.address}`, query)),
    );
    const compare = comparisons[this.order];
    return found.sort((a, b) => Number(a.isPostponed) - Number(b.isPostponed) || compare(a, b));
  });
  readonly ids: readonly string[] = $derived(this.shown.map((request) => request.requestId));
  /** The chosen ones that are still there, in the order of the list. */
  readonly chosenIds: readonly string[] = $derived(this.ids.filter((id) => this.chosen.has(id)));
  readonly isFiltered: boolean = $derived(this.query.trim() !== '' || this.accountId !== '' || this.state !== 'open');

  constructor(requests: RequestsState) {
    this.#requests = requests;
  }

  toggle(id: string): void {
    if (!this.chosen.delete(id)) this.chosen.add(id);
    this.#anchor = id;
  }

  /** Chooses everything from where choosing began to `id`. `fromId`: where the focus was before. */
  extend(fromId: string, id: string): void {
    this.#anchor ??= fromId;
    const from = this.ids.indexOf(this.#anchor);
    const to = this.ids.indexOf(id);
    if (from === -1 || to === -1) return;
    this.chosen.clear();
    for (const one of this.ids.slice(Math.min(from, to), Math.max(from, to) + 1)) this.chosen.add(one);
  }

  chooseAll(): void {
    for (const id of this.ids) this.chosen.add(id);
  }

  clear(): void {
    this.chosen.clear();
    this.#anchor = null;
  }

  showAll(): void {
    this.query = '';
    this.accountId = '';
    this.state = 'open';
  }

  /** The request that stands where `requestId` stood once that one is gone; those put off are no next ones. */
  after(requestId: string): Request | undefined {
    const open = this.shown.filter((request) => !request.isPostponed);
    const at = open.findIndex((request) => request.requestId === requestId);
    return open[at + 1] ?? open[at - 1];
  }
}
