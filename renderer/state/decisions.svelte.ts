// The log of decisions, newest first, page by page; undo, and what can be taken back.
import type { DecisionKind, DecisionRecord, SeenParts } from '../../app/domain/watcher.ts';
import type { AppClient } from '../app-client.ts';
import type { Clock } from '../clock.ts';
import { Delayed } from './delayed.ts';
import { matches } from './matching.ts';

const PAGE = 100;
/** How long typing rests before the log is asked. */
const REST_MS = 120;
/** How far back the newest decision that can be undone is looked for. */
const UNDO_REACH = 20;
/** The most one call gives (contract.ts). */
const LIMIT = 500;

export type LoggedKind = DecisionRecord['decision'];

/** What else a decision says. Absent: no end, always, everything shown. */
export interface DecisionTerms {
  readonly untilMs?: number;
  readonly sphere?: 'work' | 'home';
  readonly seen?: SeenParts;
}

export type UndoResult =
  { readonly kind: 'undone'; readonly records: readonly DecisionRecord[] } | { readonly kind: 'failed'; readonly reason: string };

export class DecisionsState {
  records = $state.raw<readonly DecisionRecord[]>([]);
  phase = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  failureReason = $state('');
  hasMore = $state(false);
  query = $state('');
  /** '' for all. */
  accountId = $state('');
  kind = $state<LoggedKind | ''>('');
  readonly shown: readonly DecisionRecord[] = $derived(
    this.kind === '' ? this.records : this.records.filter((record) => record.decision === this.kind),
  );
  #round = 0;
  /** So many were answered together last; they are undone together. */
  #lastTogether = 1;
  /** What undoing itself wrote into the log: undoing once more goes further back instead. */
  readonly #madeByUndo = new Set<string>();
  readonly #client: AppClient;
  readonly #typing: Delayed;

  constructor(client: AppClient, clock: Clock) {
    this.#client = client;
    this.#typing = new Delayed(clock, REST_MS);
  }

  async load(): Promise<void> {
    this.#round += 1;
    if (this.records.length === 0) this.phase = 'loading';
    await this.#ask(this.#round);
  }

  async more(): Promise<void> {
    if (this.phase === 'ready' && this.hasMore) await this.#ask(this.#round, this.records.at(-1)?.decisionId);
  }

  search(query: string): void {
    this.query = query;
    this.#typing.plan('search', () => void this.load());
  }

  chooseAccount(accountId: string): void {
    this.accountId = accountId;
    void this.load();
  }

  applyAdded(record: DecisionRecord): void {
    if (this.phase !== 'ready' || !this.#fits(record)) return;
    this.records = [record, ...this.records.filter((other) => other.decisionId !== record.decisionId)];
  }

  applyChanged(record: DecisionRecord): void {
    this.records = this.records.map((other) => (other.decisionId === record.decisionId ? record : other));
  }

  applyAccountRemoved(accountId: string): void {
    this.records = this.records.filter((record) => record.accountId !== accountId);
    if (this.accountId === accountId) this.accountId = '';
  }

  /** `count` answers were given in one go. */
  noteTogether(count: number): void {
    this.#lastTogether = Math.max(1, count);
  }

  async undo(decisionId: string): Promise<UndoResult> {
    const reply = await this.#client.call('undoDecision', { decisionId });
    if (reply.kind === 'failure') return { kind: 'failed', reason: reply.failure.reason };
    if (this.phase === 'ready') await this.load();
    return { kind: 'undone', records: this.records.filter((record) => record.decisionId === decisionId) };
  }

  /** Takes the newest answer back, or all that were given together with it. No records: there was nothing to undo. */
  async undoLast(): Promise<UndoResult> {
    const count = this.#lastTogether;
    this.#lastTogether = 1;
    const limit = Math.min(LIMIT, 2 * Math.max(UNDO_REACH, count));
    const reply = await this.#client.call('listDecisions', { limit });
    if (reply.kind === 'failure') return { kind: 'failed', reason: reply.failure.reason };
    const before = reply.output.decisions;
    const newest = before.filter((record) => record.canUndo && !this.#madeByUndo.has(record.decisionId)).slice(0, count);
    for (const record of newest) {
      const undone = await this.#client.call('undoDecision', { decisionId: record.decisionId });
      if (undone.kind === 'failure') return { kind: 'failed', reason: undone.failure.reason };
    }
    await this.#noteMadeByUndo(before, limit);
    if (this.phase === 'ready') await this.load();
    return { kind: 'undone', records: newest };
  }

  /** They are asked about anew. Returns why not, or undefined. */
  async remove(record: DecisionRecord): Promise<string | undefined> {
    const reply = await this.#client.call('removeDecision', { accountId: record.accountId, address: record.address });
    if (reply.kind === 'failure') return reply.failure.reason;
    await this.load();
    return undefined;
  }

  async #noteMadeByUndo(before: readonly DecisionRecord[], limit: number): Promise<void> {
    const known = new Set(before.map((record) => record.decisionId));
    const newestMs = before[0]?.decidedAtMs ?? 0;
    const reply = await this.#client.call('listDecisions', { limit });
    if (reply.kind === 'failure') return;
    for (const { decisionId, decidedAtMs } of reply.output.decisions) {
      if (!known.has(decisionId) && decidedAtMs >= newestMs) this.#madeByUndo.add(decisionId);
    }
  }

  async #ask(round: number, before?: string): Promise<void> {
    const reply = await this.#client.call('listDecisions', {
      query: this.query.trim(),
      limit: PAGE,
      ...(this.accountId === '' ? {} : { accountId: this.accountId }),
      ...(before === undefined ? {} : { before }),
    });
    if (round !== this.#round) return;
    if (reply.kind === 'failure') {
      this.phase = 'failed';
      this.failureReason = reply.failure.reason;
      return;
    }
    this.records = before === undefined ? reply.output.decisions : [...this.records, ...reply.output.decisions];
    this.hasMore = reply.output.decisions.length >= PAGE;
    this.phase = 'ready';
  }

  #fits(record: DecisionRecord): boolean {
    if (this.accountId !== '' && record.accountId !== this.accountId) return false;
    return matches(`${record.displayName} ${record.address}`, this.query.trim());
  }
}

/** Whether a record is about one watcher, not about a domain or everybody. */
export function isAboutOne(record: { readonly address: string }): boolean {
  return !record.address.startsWith('*');
}

export const decisionKinds: readonly DecisionKind[] = ['allow', 'politely-block', 'block', 'later'];
