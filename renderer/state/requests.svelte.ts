// Who asks to see our presence, and how they are answered.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { DecisionKind, Request } from '../../app/domain/watcher.ts';
import type { AppClient, Reply } from '../app-client.ts';
import type { DecisionTerms } from './decisions.svelte.ts';

function newestFirst(a: Request, b: Request): number {
  return b.lastSeenAtMs - a.lastSeenAtMs;
}

export class RequestsState {
  readonly byId = new SvelteMap<string, Request>();
  isLoaded = $state(false);
  /** Why the list could not be read; '' when it could. */
  failureReason = $state('');
  /** Answered here a moment ago: out of the list before the core has said so. */
  readonly #answered = new SvelteSet<string>();
  readonly waiting: readonly Request[] = $derived(this.#those(false));
  readonly postponed: readonly Request[] = $derived(this.#those(true));
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(accountId: string): Promise<void> {
    const reply = await this.#client.call('listRequests', { accountId });
    if (reply.kind === 'ok') for (const request of reply.output.requests) this.byId.set(request.requestId, request);
    this.failureReason = reply.kind === 'ok' ? '' : reply.failure.reason;
    this.isLoaded = true;
  }

  applyRequest(request: Request): void {
    this.#answered.delete(request.requestId);
    this.byId.set(request.requestId, request);
  }

  applyRemoved(requestId: string): void {
    this.#answered.delete(requestId);
    this.byId.delete(requestId);
  }

  applyAccountRemoved(accountId: string): void {
    for (const [id, request] of [...this.byId]) if (request.accountId === accountId) this.byId.delete(id);
  }

  /** The request that stands where `requestId` stood once that one is gone. */
  after(requestId: string): Request | undefined {
    const at = this.waiting.findIndex((request) => request.requestId === requestId);
    return this.waiting[at + 1] ?? this.waiting[at - 1];
  }

  /** Out of the list at once; back in it when the answer was not taken. */
  async decide(requestId: string, decision: DecisionKind, terms: DecisionTerms = {}): Promise<Reply<'decideRequest'>> {
    const isPostponing = decision === 'later';
    if (!isPostponing) this.#answered.add(requestId);
    const reply = await this.#client.call('decideRequest', { requestId, decision, ...terms });
    if (reply.kind === 'failure') this.#answered.delete(requestId);
    return reply;
  }

  /** The same answer for many: out of the list at once; back in it when the answer was not taken. */
  async decideMany(requestIds: readonly string[], decision: DecisionKind, terms: DecisionTerms = {}): Promise<Reply<'decideRequests'>> {
    if (decision !== 'later') for (const id of requestIds) this.#answered.add(id);
    const reply = await this.#client.call('decideRequests', { requestIds: [...requestIds], decision, ...terms });
    if (reply.kind === 'failure') for (const id of requestIds) this.#answered.delete(id);
    return reply;
  }

  #those(isPostponed: boolean): Request[] {
    const those = [...this.byId.values()].filter(
      (request) => request.isPostponed === isPostponed && !this.#answered.has(request.requestId),
    );
    return those.sort(newestFirst);
  }
}
