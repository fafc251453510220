// Trigger: the person answers a request, changes their mind about a watcher, or the time of an answer is over.
// Result: the decision is durable at once and shown as waiting for the server; the rules follow by XCAP, and only watcher information confirms it.
// RFC: 5025 §3.2.1, 4745 §7, 4825 §8.
import type { Change } from '../../app/domain/change.ts';
import type { DecisionKind } from '../../app/domain/watcher.ts';
import type { SubHandling } from '../simple/document/presence-rules.ts';
import { PRESENCE_RULES_CONTENT_TYPE, decide, withdraw } from '../simple/document/presence-rules.ts';
import type { XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { Timer } from '../sip/index.ts';
import type { DocumentEdit, StoredDecision, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { adoptDecisions } from './adopt-decisions.ts';
import type { Applied, KeptDocument } from './kept-document.ts';
import { keepDocument } from './kept-document.ts';

export interface Decisions {
  decide(address: string, decision: DecisionKind, untilMs: number | undefined): Promise<void>;
  /** The rules document; connected and disconnected with the account. */
  readonly policy: KeptDocument;
  /** There is no rules server: decisions wait, and say so. */
  cannotStore(reason: string): Promise<void>;
  stop(): void;
}

export const RULES_DOCUMENT: XcapDocument = { auid: 'pres-rules', contentType: PRESENCE_RULES_CONTENT_TYPE };

/** What waits in the store to be replayed on the server's rules. */
type PolicyEdit =
  | { readonly kind: 'decide'; readonly address: string; readonly subHandling: SubHandling; readonly untilMs?: number }
  | { readonly kind: 'withdraw'; readonly address: string };

const SUB_HANDLING: Readonly<Record<Exclude<DecisionKind, 'later'>, SubHandling>> = {
  allow: 'allow',
  block: 'block',
  'politely-block': 'polite-block',
};

/** Longest single timer: calendars jump, and what is far away is looked at again. */
const LONGEST_TIMER_MS = 3_600_000;
/** When to ask for watcher information after the rules changed: servers take a moment to apply them. ms after the PUT. */
const ASK_AGAIN_MS = [0, 3_000, 10_000, 30_000] as const;
/** Asked so often in any case: the first one may have met a request that was just under way. */
const ASKED_ANYWAY = 2;

/** `refreshWatchers` asks the server for watcher information, where the account is online. */
export function createDecisions(world: AccountWorld, refreshWatchers: () => void): Decisions {
  const { clock } = world.doors;
  let endTimer: Timer | undefined;
  let askTimers: Timer[] = [];

  const policy = keepDocument(world, {
    part: 'policy',
    document: RULES_DOCUMENT,
    apply: (text, edits) => applyPolicyEdits(text, edits, clock.nowMs()),
    onStored: (db, edits) => markStored(db, world, edits),
    onInStep: async (text, previous, edits) => {
      announceWatchers(world, addressesOf(edits));
      const adopted = await adoptDecisions(world, RULES_DOCUMENT.auid, text, previous);
      for (const change of adopted) world.announce(change);
      if (adopted.length > 0) watchEnds();
      if (edits.length > 0 || adopted.length > 0) askWatchers();
    },
    onFailed: (reason) => noteFailure(world, reason),
  });

  function askWatchers(): void {
    for (const timer of askTimers) timer.cancel();
    askTimers = ASK_AGAIN_MS.map((delayMs, index) =>
      clock.startTimer(delayMs, () => {
        if (index < ASKED_ANYWAY || hasUnconfirmed(world)) refreshWatchers();
      }),
    );
  }

  /** Ends what is over now, and comes back when the next is. */
  function watchEnds(): void {
    endTimer?.cancel();
    const nextEndMs = world.storage.read((db) => store.nextDecisionEndMs(db, world));
    if (nextEndMs === null) return;
    const delayMs = Math.min(Math.max(nextEndMs - clock.nowMs(), 0), LONGEST_TIMER_MS);
    endTimer = clock.startTimer(delayMs, () => inBackground(world, 'ending decisions', endOver()));
  }

  async function endOver(): Promise<void> {
    try {
      const changes = await endDecisions(world);
      for (const change of changes) world.announce(change);
      if (changes.length > 0) policy.sync();
    } finally {
      watchEnds();
    }
  }

  watchEnds();
  return {
    policy,
    async decide(address, decision, untilMs) {
      const changes = await storeDecision(world, address, decision, untilMs);
      for (const change of changes) world.announce(change);
      watchEnds();
      policy.sync();
    },
    cannotStore: (reason) => noteFailure(world, reason),
    stop() {
      endTimer?.cancel();
      for (const timer of askTimers) timer.cancel();
    },
  };
}

async function storeDecision(world: AccountWorld, address: string, decision: DecisionKind, untilMs: number | undefined): Promise<Change[]> {
  const { accountId } = world;
  const nowMs = world.doors.clock.nowMs();
  return world.storage.commit((db) => {
    const before = store.getDecision(db, { accountId, address });
    store.addDecision(db, { accountId, address, decision, untilMs: untilMs ?? null, decidedAtMs: nowMs });
    const edit = editFor(address, decision, untilMs, before);
    if (edit === undefined) store.updateDecision(db, { accountId, address, isPending: false });
    else queueEdit(db, world, edit, nowMs);
    const request = store.findRequest(db, { accountId, address });
    const changes = watcherChange(db, accountId, address);
    if (request === null) return changes;
    if (decision === 'later') {
      const postponed = store.setRequestPostponed(db, { requestId: request.requestId, isPostponed: true });
      return postponed === null ? changes : [...changes, { type: 'request-changed', request: postponed }];
    }
    store.removeRequest(db, request);
    return [...changes, { type: 'request-removed', requestId: request.requestId, accountId }];
  });
}

/** `later` leaves the watcher pending: rules need a change only where an earlier answer is in them. */
function editFor(
  address: string,
  decision: DecisionKind,
  untilMs: number | undefined,
  before: StoredDecision | null,
): PolicyEdit | undefined {
  if (decision !== 'later') {
    return { kind: 'decide', address, subHandling: SUB_HANDLING[decision], ...(untilMs === undefined ? {} : { untilMs }) };
  }
  return before === null || before.decision === 'later' ? undefined : { kind: 'withdraw', address };
}

function queueEdit(db: WritableDb, world: AccountWorld, edit: PolicyEdit, nowMs: number): void {
  store.addDocumentEdit(db, { accountId: world.accountId, auid: RULES_DOCUMENT.auid, edit: JSON.stringify(edit), createdAtMs: nowMs });
}

/** WHY the app withdraws by itself: servers look at `<validity>` only when they read the rules again (INTEROP(Kamailio)). */
async function endDecisions(world: AccountWorld): Promise<Change[]> {
  const { accountId } = world;
  const nowMs = world.doors.clock.nowMs();
  return world.storage.commit((db) =>
    store.listEndedDecisions(db, { accountId, atMs: nowMs }).flatMap(({ address, decision }) => {
      store.endDecision(db, { accountId, address, endedAtMs: nowMs });
      if (decision !== 'later') queueEdit(db, world, { kind: 'withdraw', address }, nowMs);
      return [...watcherChange(db, accountId, address), ...bringBack(db, world, address)];
    }),
  );
}

/** A request put off until now is asked again. */
function bringBack(db: WritableDb, { accountId }: AccountWorld, address: string): Change[] {
  const request = store.findRequest(db, { accountId, address });
  if (request === null || !request.isPostponed) return [];
  const changed = store.setRequestPostponed(db, { requestId: request.requestId, isPostponed: false });
  return changed === null ? [] : [{ type: 'request-changed', request: changed }];
}

/** Who is known only by a decision that ended is told one last time, so that it can be taken off the screen. */
function watcherChange(db: store.ReadableDb, accountId: string, address: string): Change[] {
  const watcher = store.getWatcher(db, { accountId, address }) ?? {
    accountId,
    address,
    displayName: '',
    state: 'none',
    event: '',
    decision: null,
    decidedAtMs: null,
    untilMs: null,
    isConfirmed: false,
    confirmedAtMs: null,
  };
  return [{ type: 'watcher-changed', watcher }];
}

function markStored(db: WritableDb, world: AccountWorld, edits: readonly DocumentEdit[]): void {
  for (const address of addressesOf(edits)) {
    store.updateDecision(db, { accountId: world.accountId, address, isPending: false, failure: null });
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

function announceWatchers(world: AccountWorld, addresses: readonly string[]): void {
  for (const address of addresses) {
    for (const change of world.storage.read((db) => watcherChange(db, world.accountId, address))) world.announce(change);
  }
}

function hasUnconfirmed(world: AccountWorld): boolean {
  return world.storage.read((db) => store.listDecisions(db, world)).some((decision) => decision.confirmedAtMs === null);
}

function addressesOf(edits: readonly DocumentEdit[]): string[] {
  return [...new Set(edits.map(({ edit }) => (JSON.parse(edit) as PolicyEdit).address))];
}

/** Pure. Edits that are no longer readable (of a newer version) are left out. */
export function applyPolicyEdits(text: string | undefined, edits: readonly string[], nowMs: number): Applied {
  let current = text;
  for (const editText of edits) {
    const edit = JSON.parse(editText) as PolicyEdit;
    const edited =
      edit.kind === 'decide'
        ? decide(
            current,
            { address: edit.address, subHandling: edit.subHandling, ...(edit.untilMs === undefined ? {} : { untilMs: edit.untilMs }) },
            nowMs,
          )
        : withdraw(current, edit.address, nowMs);
    if (edited.kind === 'failure') return { kind: 'failure', reason: `${edited.reason} (at ${edited.offset})` };
    current = edited.text;
  }
  return { kind: 'ok', text: current };
}
