// What a decision, or taking one back, does to the database, in one commit; what to announce is returned.
import type { Change } from '../../app/domain/change.ts';
import type { DecisionKind } from '../../app/domain/watcher.ts';
import type { DecisionCause, DecisionTerms, ReadableDb, StoredDecision, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import type { PolicyEdit } from './policy-edits.ts';
import { inRules } from './policy-edits.ts';
import { shownWatcher } from './shown-watcher.ts';
import { covers, isWideAddress } from './wide-decisions.ts';

/** Edits of the rules wait under this name, whatever document the server keeps them in. */
export const POLICY_QUEUE = 'pres-rules';

export interface NewChoice {
  readonly address: string;
  readonly decision: DecisionKind;
  readonly terms: DecisionTerms;
}

/** How it came to be; `isKnownToServer`: the rules say so already, so nothing is sent. */
export interface ChoiceOrigin {
  readonly cause: DecisionCause;
  readonly device: string;
  readonly fromScope?: string;
  readonly isKnownToServer?: boolean;
  /** What the rules are taken to say now, where that is not this device's own last decision. */
  readonly before?: StoredDecision | null;
}

export function storeChoice(db: WritableDb, world: AccountWorld, choice: NewChoice, origin: ChoiceOrigin): Change[] {
  const { accountId } = world;
  const { address, decision, terms } = choice;
  const decidedAtMs = world.doors.clock.nowMs();
  const before = store.getDecision(db, { accountId, address });
  const { cause, device, fromScope = '' } = origin;
  const displayName = nameOf(db, accountId, address);
  const added = store.addDecision(db, { accountId, address, decision, ...terms, decidedAtMs, fromScope, displayName, device, cause });
  const edit = origin.isKnownToServer === true ? undefined : editFor(added, before);
  if (edit === undefined) store.updateDecision(db, { accountId, address, isPending: false });
  else queueEdit(db, world, edit);
  const changes = [...recordChanges(db, accountId, address), ...requestAfter(db, world, choice)];
  if (isWideAddress(address)) return [...changes, ...applyWide(db, world, added)];
  return [...watcherChange(db, world, address), ...changes];
}

/** The decision is no more; who asked is asked about again. `edit`: whether the rules are to forget it too. */
export function storeRemoval(db: WritableDb, world: AccountWorld, address: string, origin: Omit<ChoiceOrigin, 'fromScope'>): Change[] {
  const { accountId } = world;
  const before = store.getDecision(db, { accountId, address });
  if (before === null) return [];
  const endedAtMs = world.doors.clock.nowMs();
  const { cause, device } = origin;
  store.endDecision(db, { accountId, address, endedAtMs, displayName: nameOf(db, accountId, address), device, cause });
  const rules = inRules(before);
  if (rules !== null && origin.isKnownToServer !== true) {
    const isQuiet = cause === 'time' || cause === 'scope';
    queueEdit(db, world, { kind: 'withdraw', address, before: rules, decidedAtMs: endedAtMs, ...(isQuiet ? { isQuiet } : {}) });
  }
  const derived = isWideAddress(address) ? store.listDecisionsFrom(db, { accountId, fromScope: address }) : [];
  return [
    ...derived.flatMap((decision) => storeRemoval(db, world, decision.address, { ...origin, cause: 'scope' })),
    ...recordChanges(db, accountId, address),
    ...reopen(db, world, address, before),
    ...(isWideAddress(address) ? [] : watcherChange(db, world, address)),
  ];
}

/** `later` leaves the watcher pending: rules need a change only where an earlier answer is in them. */
function editFor(decision: StoredDecision, before: StoredDecision | null): PolicyEdit | undefined {
  const wanted = inRules(decision);
  const known = before === null ? null : inRules(before);
  const { address, decidedAtMs, fromScope } = decision;
  const believed = { before: known, decidedAtMs, ...(fromScope === '' ? {} : { isQuiet: true }) };
  if (wanted !== null) return { kind: 'decide', ...wanted, ...believed };
  return known === null ? undefined : { kind: 'withdraw', address, ...believed };
}

export function queueEdit(db: WritableDb, world: AccountWorld, edit: PolicyEdit): void {
  const createdAtMs = world.doors.clock.nowMs();
  store.addDocumentEdit(db, { accountId: world.accountId, auid: POLICY_QUEUE, edit: JSON.stringify(edit), createdAtMs });
}

function nameOf(db: ReadableDb, accountId: string, address: string): string {
  return store.findRequest(db, { accountId, address })?.displayName || (store.getWatcher(db, { accountId, address })?.displayName ?? '');
}

/** The new line of the log, and the one that it replaces as the current one. */
function recordChanges(db: ReadableDb, accountId: string, address: string): Change[] {
  const added = store.findDecisionRecord(db, { accountId, address });
  if (added === null) return [];
  const before = store.findDecisionRecord(db, { accountId, address, before: added.decisionId });
  return [
    ...(before === null ? [] : [{ type: 'decision-changed', decision: store.shownRecord(before) } as const]),
    { type: 'decision-added', decision: store.shownRecord(added) },
  ];
}

/** The question is answered, or put off. */
function requestAfter(db: WritableDb, world: AccountWorld, { address, decision, terms }: NewChoice): Change[] {
  const { accountId } = world;
  const request = store.findRequest(db, { accountId, address });
  if (request === null) return [];
  const { requestId } = request;
  if (decision !== 'later') return answered(db, world, requestId);
  const postponed = store.setRequestPostponed(db, { requestId, isPostponed: true, remindAtMs: terms.untilMs });
  return postponed === null ? [] : [{ type: 'request-changed', request: postponed }];
}

export function answered(db: WritableDb, { accountId, doors }: AccountWorld, requestId: string): Change[] {
  store.answerRequest(db, { requestId, answeredAtMs: doors.clock.nowMs() });
  return [{ type: 'request-removed', requestId, accountId }];
}

/** A request put off is asked again; one that was answered comes back with its history. */
function reopen(db: WritableDb, { accountId }: AccountWorld, address: string, before: StoredDecision): Change[] {
  if (before.decision !== 'later') {
    const request = store.reopenRequest(db, { accountId, address });
    return request === null ? [] : [{ type: 'request-added', request }];
  }
  const request = store.findRequest(db, { accountId, address });
  if (request === null || !request.isPostponed) return [];
  const changed = store.setRequestPostponed(db, { requestId: request.requestId, isPostponed: false });
  return changed === null ? [] : [{ type: 'request-changed', request: changed }];
}

/** Who is covered and has no decision of their own is answered at once; who asks later, when they ask (follow-watchers.ts). */
function applyWide(db: WritableDb, world: AccountWorld, wide: StoredDecision): Change[] {
  const { accountId } = world;
  const derived = store.listDecisionsFrom(db, { accountId, fromScope: wide.address });
  const asking = store.listRequests(db, { accountId }).map(({ address }) => address);
  const gone = derived.filter(({ address }) => !covers(wide, address)).map(({ address }) => address);
  const affected = [...derived.map(({ address }) => address), ...asking].filter((address) => covers(wide, address));
  return [
    ...gone.flatMap((address) => storeRemoval(db, world, address, { cause: 'scope', device: scopeWords(wide.address) })),
    ...[...new Set(affected)].flatMap((address) => deriveChoice(db, world, address, wide)),
  ];
}

/** The answer that a wider decision gives for one watcher; nothing where they have one of their own. */
export function deriveChoice(db: WritableDb, world: AccountWorld, address: string, wide: StoredDecision): Change[] {
  const known = store.getDecision(db, { accountId: world.accountId, address });
  if (known !== null && known.fromScope !== wide.address) return [];
  if (wide.decision === 'later') return [];
  const { untilMs, sphere, seen } = wide;
  const terms = { untilMs, sphere, seen, except: [] };
  const device = scopeWords(wide.address);
  return storeChoice(db, world, { address, decision: wide.decision, terms }, { cause: 'scope', device, fromScope: wide.address });
}

/** Who decided, in the log. */
export function scopeWords(wideAddress: string): string {
  return wideAddress === '*' ? 'Your answer for everybody' : `Your answer for everybody at ${wideAddress.slice(2)}`;
}

/** Who is known only by a decision that ended is told one last time, so that it can be taken off the screen. */
export function watcherChange(db: ReadableDb, world: AccountWorld, address: string): Change[] {
  const { accountId } = world;
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
    byRule: '',
  };
  return [{ type: 'watcher-changed', watcher: shownWatcher(world, watcher) }];
}
