// Search through everything as one types: people at once, messages after a short rest, late answers dropped.
import type { PageCallOutput } from '../../app/bridge/shell-contract.ts';
import type { AppClient } from '../app-client.ts';
import type { Clock } from '../clock.ts';

const REST_MS = 120;
const PAGE = 50;

export type FoundMessage = PageCallOutput<'searchMessages'>['messages'][number];

export class SearchState {
  query = $state('');
  phase = $state<'idle' | 'working' | 'ready' | 'failed'>('idle');
  messages = $state.raw<readonly FoundMessage[]>([]);
  hasMore = $state(false);
  failureReason = $state('');
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
    this.#cancel();
    this.#round += 1;
    if (query.trim() === '') {
      this.phase = 'idle';
      this.messages = [];
      this.hasMore = false;
      return;
    }
    this.phase = 'working';
    const round = this.#round;
    this.#cancel = this.#clock.after(REST_MS, () => void this.#ask(round));
  }

  async more(): Promise<void> {
    if (this.phase === 'ready' && this.hasMore) await this.#ask(this.#round, this.messages.at(-1)?.messageId);
  }

  async #ask(round: number, before?: string): Promise<void> {
    const reply = await this.#client.call('searchMessages', {
      query: this.query.trim(),
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    if (round !== this.#round) return;
    if (reply.kind === 'failure') {
      this.phase = 'failed';
      this.failureReason = reply.failure.reason;
      return;
    }
    this.messages = before === undefined ? reply.output.messages : [...this.messages, ...reply.output.messages];
    this.hasMore = reply.output.messages.length >= PAGE;
    this.phase = 'ready';
  }
}
