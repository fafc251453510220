// The stand-in's calls about who may see us: log, undo, previews, conflicts, the policy document.
import type { PageCallName, PageChange } from '../../../app/bridge/shell-contract.ts';
import type { DecisionKind, SeenParts, Watcher } from '../../../app/domain/watcher.ts';
import { makeDecision, makePreview } from './fake-decisions.ts';
import { ACCOUNT_ID, type FakeData } from './fake-people.ts';

export type AnyInput = Record<string, never> & Record<string, unknown>;
export class NotFound extends Error {}
type Handler = (input: AnyInput) => object;

export function decider(data: FakeData, announce: (change: PageChange) => void) {
  return (address: string, decision: DecisionKind, input: AnyInput, displayName: string): void => {
    const untilMs = (input['untilMs'] as number | undefined) ?? null;
    const sphere = (input['sphere'] as string | undefined) ?? '';
    const seen = (input['seen'] as SeenParts | undefined) ?? null;
    const decidedAtMs = Date.now();
    const watcher: Watcher = {
      accountId: ACCOUNT_ID,
      address,
      displayName,
      state: 'pending',
      event: 'subscribe',
      decision,
      decidedAtMs,
      untilMs,
      isConfirmed: false,
      confirmedAtMs: null,
      sphere,
      seen,
    };
    const record = makeDecision(address, decision, decidedAtMs, {
      displayName,
      untilMs,
      sphere,
      seen,
      confirmedAtMs: null,
      confirmedState: '',
    });
    data.watchers = [watcher, ...data.watchers.filter((one) => one.address !== address)];
    data.decisions = [record, ...data.decisions.map((one) => (one.address === address ? { ...one, isCurrent: false } : one))];
    announce({ type: 'decision-added', decision: record });
    announce({ type: 'watcher-changed', watcher });
  };
}

/** Answers one request as the core does: postponed, or out of the inbox. */
export function requestAnswerer(data: FakeData, announce: (change: PageChange) => void) {
  const decide = decider(data, announce);
  return (requestId: string, input: AnyInput): void => {
    const request = data.requests.find((one) => one.requestId === requestId);
    if (request === undefined) throw new NotFound();
    const decision = input['decision'] as unknown as DecisionKind;
    decide(request.address, decision, input, request.displayName);
    if (decision === 'later') {
      const changed = { ...request, isPostponed: true };
      data.requests = data.requests.map((one) => (one === request ? changed : one));
      announce({ type: 'request-changed', request: changed });
      return;
    }
    data.requests = data.requests.filter((one) => one !== request);
    data.answered.set(request.address, request);
    announce({ type: 'request-removed', requestId, accountId: ACCOUNT_ID });
  };
}

export function authorizationHandlers(data: FakeData, announce: (change: PageChange) => void) {
  const answer = requestAnswerer(data, announce);
  const decide = decider(data, announce);
  function takeBack(address: string): void {
    const request = data.answered.get(address);
    if (request === undefined) return;
    data.requests.push(request);
    announce({ type: 'request-added', request });
  }
  return {
    decideRequests(input) {
      const ids = (input['requestIds'] as unknown as string[]).filter((id) => data.requests.some((one) => one.requestId === id));
      for (const id of ids) answer(id, input);
      return { decided: ids.length };
    },
    decideScope(input) {
      const scope = input['scope'] as unknown as { kind: string; domain?: string };
      decide(scope.kind === 'domain' ? `*@${scope.domain ?? ''}` : '*', input['decision'] as unknown as DecisionKind, input, '');
      return {};
    },
    removeDecision(input) {
      const address = String(input['address']);
      data.decisions = data.decisions.map((one) => (one.address === address ? { ...one, isCurrent: false, canUndo: false } : one));
      data.decisions.unshift(makeDecision(address, 'none', Date.now()));
      takeBack(address);
      return {};
    },
    listDecisions(input) {
      const query = String(input['query'] ?? '').toLowerCase();
      const found = data.decisions.filter((one) => `${one.displayName} ${one.address}`.toLowerCase().includes(query));
      const start = input['before'] === undefined ? 0 : found.findIndex((one) => one.decisionId === input['before']) + 1;
      return { decisions: found.slice(start, start + Number(input['limit'] ?? 100)) };
    },
    undoDecision(input) {
      const record = data.decisions.find((one) => one.decisionId === input['decisionId']);
      if (record === undefined) throw new NotFound();
      // As the core does: the log keeps what was undone, and the undoing.
      data.decisions = data.decisions.map((one) => (one === record ? { ...one, isCurrent: false, canUndo: false } : one));
      data.decisions.unshift(makeDecision(record.address, 'none', Date.now()));
      takeBack(record.address);
      return {};
    },
    previewWatcher: (input) =>
      makePreview(input['decision'] as DecisionKind | undefined, input['seen'] as SeenParts | undefined, Date.now()),
    listPolicyRules: () => ({ rules: data.rules }),
    listConflicts: () => ({ conflicts: data.conflicts }),
    resolveConflict(input) {
      data.conflicts = data.conflicts.filter((one) => one.conflictId !== input['conflictId']);
      return {};
    },
    exportPolicy: () => ({ document: '<ruleset/>' }),
    importPolicy: () => ({}),
  } satisfies Partial<Record<PageCallName, Handler>>;
}
