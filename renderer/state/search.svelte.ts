// Search through everything as one types: people at once, messages after a moment, newest first; filters; late answers dropped.
import type { PageCallInput, PageCallOutput } from '../../app/bridge/shell-contract.ts';
import type { AppClient } from '../app-client.ts';
import type { Clock } from '../clock.ts';
import { startOfDay } from '../text/format.ts';

/** Long enough that a fast typist asks once, too short to be felt. A newer search ends the older one in the core. */
const REST_MS = 40;
const PAGE = 50;
const CHANNEL = 'search';

export type FoundMessage = PageCallOutput<'searchMessages'>['messages'][number];

/** '' stands for no filter; days as an input of type date has them, both included. */
export interface SearchFilters {
  readonly conversationId: string;
  readonly address: string;
  readonly accountId: string;
  readonly direction: '' | 'in' | 'out';
  readonly fromDay: string;
  readonly untilDay: string;
}

const NO_FILTERS: SearchFilters = { conversationId: '', address: '', accountId: '', direction: '', fromDay: '', untilDay: '' };

/** The local midnight at which a day of an input begins, `days` later; undefined when it is empty or odd. */
export function dayStart(day: string, days = 0): number | undefined {
  const ms = new Date(`${day}T00:00`).getTime();
  return Number.isFinite(ms) && ms >= 0 ? startOfDay(ms, days) : undefined;
}

export class SearchState {
  query = $state('');
  /** The filters and results stand in the side bar. */
  isOpen = $state(false);
  filters = $state.raw<SearchFilters>(NO_FILTERS);
  phase = $state<'idle' | 'working' | 'ready' | 'failed'>('idle');
  messages = $state.raw<readonly FoundMessage[]>([]);
  hasMore = $state(false);
  failureReason = $state('');
  readonly filterCount: number = $derived(Object.values(this.filters).filter((value) => value !== '').length);
  #round = 0;
  #cancel: () => void = () => undefined;
  readonly #client: AppClient;
  readonly #clock: Clock;

  constructor(client: AppClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  type(query: string): void {
    this.query = query;
    if (query.trim() !== '') this.isOpen = true;
    this.#plan();
  }

  filter(patch: Partial<SearchFilters>): void {
    this.filters = { ...this.filters, ...patch };
    this.#plan();
  }

  clearFilters(): void {
    this.filter(NO_FILTERS);
  }

  /** Search in one conversation, or ('') everywhere. */
  openFor(conversationId: string): void {
    this.isOpen = true;
    if (this.filters.conversationId !== conversationId) this.filter({ conversationId });
  }

  close(): void {
    this.filters = NO_FILTERS;
    this.type('');
    this.isOpen = false;
  }

  async more(): Promise<void> {
    if (this.phase !== 'ready' || !this.hasMore) return;
    this.hasMore = false;
    await this.#ask(this.#round, this.messages.at(-1)?.messageId);
  }

  #plan(): void {
    this.#cancel();
    this.#round += 1;
    if (this.query.trim() === '') {
      if (this.phase === 'working') void this.#client.call('cancelSearch', { channel: CHANNEL });
      this.phase = 'idle';
      this.messages = [];
      this.hasMore = false;
      return;
    }
    this.phase = 'working';
    const round = this.#round;
    this.#cancel = this.#clock.after(REST_MS, () => void this.#ask(round));
  }

  async #ask(round: number, before?: string): Promise<void> {
    const reply = await this.#client.call('searchMessages', {
      query: this.query.trimStart(),
      limit: PAGE,
      channel: CHANNEL,
      ...filterInput(this.filters),
      ...(before === undefined ? {} : { before }),
    });
    if (round !== this.#round) return;
    if (reply.kind === 'failure') {
      // A newer search takes its place.
      if (reply.failure.kind === 'cancelled') return;
      this.phase = 'failed';
      this.failureReason = reply.failure.reason;
      return;
    }
    this.messages = before === undefined ? reply.output.messages : [...this.messages, ...reply.output.messages];
    this.hasMore = reply.output.messages.length >= PAGE;
    this.phase = 'ready';
  }
}

function filterInput(filters: SearchFilters): Partial<PageCallInput<'searchMessages'>> {
  const { conversationId, address, accountId, direction } = filters;
  const fromMs = dayStart(filters.fromDay);
  const untilMs = dayStart(filters.untilDay, 1);
  return {
    ...(conversationId === '' ? {} : { conversationId }),
    ...(address === '' ? {} : { address }),
    ...(accountId === '' ? {} : { accountId }),
    ...(direction === '' ? {} : { direction }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}
