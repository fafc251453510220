// Trigger: the person answers a request, changes their mind about a watcher, or the time of an answer is over.
// Result: the decision is durable at once and shown as waiting for the server; the rules follow by XCAP, and only watcher information confirms it.
// RFC: 5025 §3.2.1, 4745 §7, 4825 §8.
import type { Change } from '../../app/domain/change.ts';
import { PRESENCE_RULES_CONTENT_TYPE } from '../simple/document/presence-rules.ts';
import type { XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { Timer } from '../sip/index.ts';
import type { WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { adoptDecisions } from './adopt-decisions.ts';
import { announceRuleChanges } from './announce-rule-changes.ts';
import type { KeptDocument } from './kept-document.ts';
import { keepDocument } from './kept-document.ts';
import { keepConflicts } from './keep-conflicts.ts';
import type { PolicyConflict, PolicyContext } from './policy-edits.ts';
import { addressesOf } from './policy-edits.ts';
import { readOwnPresence } from './publish-presence.ts';
import { hasHiddenParts, noteHiding, watchIgnoredRules } from './server-findings.ts';
import type { NewChoice } from './store-decision.ts';
import { POLICY_QUEUE, queueEdit, storeChoice, storeRemoval, watcherChange } from './store-decision.ts';
import { isWideAddress } from './wide-decisions.ts';

export interface Decisions {
  /** All in one commit, brought to the server together. */
  decide(choices: readonly NewChoice[]): Promise<void>;
  /** Takes the decision back. false: there was none. */
  remove(address: string): Promise<boolean>;
  /** Whatever else changes decisions: its work is committed, announced, and brought to the server. */
  change(work: (db: WritableDb) => Change[]): Promise<void>;
  /** The person is in another sphere, or the server turned out to be of another kind: the rules are written for that. */
  rewrite(): Promise<void>;
  /** The rules document; connected and disconnected with the account. */
  readonly policy: KeptDocument;
  /** There is no rules server: decisions wait, those made from now on too, and say so. */
  cannotStore(reason: string): Promise<void>;
  /** There is one, or nobody knows any more: what waits does so without that reason. */
  mayStore(): void;
  stop(): void;
}

export const RULES_DOCUMENT: XcapDocument = { auid: 'pres-rules', contentType: PRESENCE_RULES_CONTENT_TYPE };

export const THIS_DEVICE = 'This computer';
const TIME_IS_OVER = 'Its time was over';

/** Longest single timer: calendars jump, and what is far away is looked at again. */
const LONGEST_TIMER_MS = 3_600_000;
/** When the store could not take an end: again after this, and up to as much more (a disk that is full stays so for a while). */
const STORE_AGAIN_MS = 10_000;
const STORE_AGAIN_SPREAD_MS = 20_000;
/** When to ask for watcher information after the rules changed: servers take a moment to apply them. ms after the PUT. */
const ASK_AGAIN_MS = [0, 3_000, 10_000, 30_000] as const;
/** Asked so often in any case: the first one may have met a request that was just under way. */
const ASKED_ANYWAY = 2;
/** How long the answer to the last question may take, before a rule without effect is called ignored. */
const LAST_ANSWER_MS = 10_000;

export interface DecisionEvents {
  /** Ask the server for watcher information, where the account is online. */
  refreshWatchers(): void;
  /** The server has other rules: INTEROP(Kamailio 5.6) applies what they hide only when presence is published again. */
  publishAgain(): void;
}

export function createDecisions(world: AccountWorld, events: DecisionEvents): Decisions {
  return new DecisionKeeper(world, events);
}

class DecisionKeeper implements Decisions {
  readonly policy: KeptDocument;
  readonly #world: AccountWorld;
  readonly #events: DecisionEvents;
  #endTimer: Timer | undefined;
  #askTimers: Timer[] = [];
  #hasStopped = false;
  /** Why there is nowhere to bring decisions to; undefined: there is, or nobody knows. */
  #noStoreReason: string | undefined;

  constructor(world: AccountWorld, events: DecisionEvents) {
    this.#world = world;
    this.#events = events;
    this.policy = keepDocument<readonly PolicyConflict[]>(world, {
      part: 'policy',
      document: RULES_DOCUMENT,
      queue: POLICY_QUEUE,
      apply: async (text, edits) => {
        const applied = await world.documents.run('apply-policy', { text, edits, context: this.#context() }, text?.length ?? 0);
        return applied.kind === 'ok' ? { ...applied, outcome: applied.conflicts } : applied;
      },
      onStored: (db, edits, conflicts) => keepConflicts(db, world, addressesOf(edits), conflicts ?? []),
      onInStep: (text, previous, edits) => this.#inStep(text, previous, addressesOf(edits)),
      onFailed: (reason) => noteFailure(world, reason),
    });
    this.#watchEnds();
  }

  decide(choices: readonly NewChoice[]): Promise<void> {
    return this.change((db) => choices.flatMap((choice) => storeChoice(db, this.#world, choice, { cause: 'person', device: THIS_DEVICE })));
  }

  async remove(address: string): Promise<boolean> {
    let wasThere = false;
    await this.change((db) => {
      const changes = storeRemoval(db, this.#world, address, { cause: 'person', device: THIS_DEVICE });
      wasThere = changes.length > 0;
      return changes;
    });
    return wasThere;
  }

  async change(work: (db: WritableDb) => Change[]): Promise<void> {
    this.#announce(await this.#world.storage.commit(work));
    this.#watchEnds();
    this.policy.sync();
    if (this.#noStoreReason !== undefined) inBackground(this.#world, 'noting why it waits', noteFailure(this.#world, this.#noStoreReason));
  }

  async rewrite(): Promise<void> {
    await this.#world.storage.commit((db) => queueEdit(db, this.#world, { kind: 'rewrite' }));
    this.policy.sync();
  }

  cannotStore(reason: string): Promise<void> {
    this.#noStoreReason = reason;
    return noteFailure(this.#world, reason);
  }

  mayStore(): void {
    this.#noStoreReason = undefined;
  }

  stop(): void {
    this.#hasStopped = true;
    this.#endTimer?.cancel();
    for (const timer of this.#askTimers) timer.cancel();
  }

  #context(): PolicyContext {
    const { sphere = '' } = readOwnPresence(this.#world);
    const isExact = this.#world.serverKind() === 'exact';
    // WHY: our own clock needs no margin; others' may.
    const margin = this.#world.traits.isExact ? { endMarginMs: 0 } : {};
    return { nowMs: this.#world.doors.clock.nowMs(), sphere, isExact, ...margin };
  }

  async #inStep(text: string | undefined, previous: string | undefined, addresses: readonly string[]): Promise<void> {
    const world = this.#world;
    world.policy.set(text);
    announceWatchers(world, addresses);
    if (text !== previous) inBackground(world, 'telling whom other rules let in', announceRuleChanges(world, previous));
    const adopted = await adoptDecisions(world, POLICY_QUEUE, text, previous);
    if (adopted > 0) this.#watchEnds();
    if (addresses.length > 0 && hasHiddenParts(world)) this.#events.publishAgain();
    noteHiding(world);
    if (addresses.length > 0 || adopted > 0) this.#askWatchers();
  }

  #announce(changes: readonly Change[]): void {
    for (const change of changes) this.#world.announce(change);
  }

  #askWatchers(): void {
    const { clock } = this.#world.doors;
    for (const timer of this.#askTimers) timer.cancel();
    if (this.#hasStopped) return;
    this.#askTimers = ASK_AGAIN_MS.map((delayMs, index) =>
      clock.startTimer(delayMs, () => {
        if (index < ASKED_ANYWAY || hasUnconfirmed(this.#world)) this.#events.refreshWatchers();
      }),
    );
    const lastMs = (ASK_AGAIN_MS.at(-1) ?? 0) + LAST_ANSWER_MS;
    this.#askTimers.push(clock.startTimer(lastMs, () => watchIgnoredRules(this.#world)));
  }

  /** Ends what is over now, and comes back when the next is. */
  #watchEnds(): void {
    const { clock } = this.#world.doors;
    this.#endTimer?.cancel();
    if (this.#hasStopped) return;
    const nextEndMs = this.#world.storage.read((db) => store.nextDecisionEndMs(db, this.#world));
    if (nextEndMs === null) return;
    this.#endAfter(Math.min(Math.max(nextEndMs - clock.nowMs(), 0), LONGEST_TIMER_MS));
  }

  #endAfter(delayMs: number): void {
    this.#endTimer = this.#world.doors.clock.startTimer(delayMs, () => inBackground(this.#world, 'ending decisions', this.#endOver()));
  }

  /** WHY the app withdraws by itself: servers look at `<validity>` only when they read the rules again (INTEROP(Kamailio)). */
  async #endOver(): Promise<void> {
    const world = this.#world;
    const { accountId } = world;
    try {
      const changes = await world.storage.commit((db) =>
        store
          .listEndedDecisions(db, { accountId, atMs: world.doors.clock.nowMs() })
          .flatMap(({ address }) => storeRemoval(db, world, address, { cause: 'time', device: TIME_IS_OVER })),
      );
      this.#announce(changes);
      if (changes.length > 0) this.policy.sync();
    } catch (error) {
      // WHY: what is over stays over; to look at it again at once would be a tight loop.
      const { random } = world.doors;
      if (!this.#hasStopped) this.#endAfter(STORE_AGAIN_MS + random.fraction() * STORE_AGAIN_SPREAD_MS);
      throw error;
    }
    this.#watchEnds();
  }
}

async function noteFailure(world: AccountWorld, reason: string): Promise<void> {
  const { accountId } = world;
  const addresses = await world.storage.commit((db) => {
    const waiting = store.listDecisions(db, world).filter((decision) => decision.isPending && decision.failure !== reason);
    for (const { address } of waiting) store.updateDecision(db, { accountId, address, failure: reason });
    return waiting.map(({ address }) => address);
  });
  announceWatchers(world, addresses);
}

/** Both truths about each: the watcher, and the line of the log. */
function announceWatchers(world: AccountWorld, addresses: readonly string[]): void {
  const { accountId } = world;
  for (const address of addresses) {
    const changes = world.storage.read((db) => {
      const record = store.findDecisionRecord(db, { accountId, address });
      const log: Change[] = record === null ? [] : [{ type: 'decision-changed', decision: store.shownRecord(record) }];
      return isWideAddress(address) ? log : [...watcherChange(db, world, address), ...log];
    });
    for (const change of changes) world.announce(change);
  }
}

function hasUnconfirmed(world: AccountWorld): boolean {
  return world.storage.read((db) => store.listDecisions(db, world)).some((decision) => decision.confirmedAtMs === null);
}
