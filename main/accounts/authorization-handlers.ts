// What the calls about who may see us do: decisions of every kind, their log, previews, conflicts, and the policy as a document.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { DecisionKind, SeenParts } from '../../app/domain/watcher.ts';
import { NEW_RULES_DOCUMENT } from '../simple/document/presence-rules.ts';
import type { DecisionTerms } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountRegistry } from './account-registry.ts';
import { addressInput, invalid, notFound } from './call-input.ts';
import { settleConflict } from './keep-conflicts.ts';
import type { PolicyEdit } from './policy-edits.ts';
import { previewWatcher } from './preview-watcher.ts';
import { shownWatcher } from './shown-watcher.ts';
import type { Storage } from './storage.ts';
import { queueEdit } from './store-decision.ts';
import { undoDecision } from './undo-decision.ts';

export interface AuthorizationParts {
  readonly accounts: AccountRegistry;
  readonly storage: Storage;
  readonly nowMs: () => number;
}

interface TermsGiven {
  readonly untilMs?: number | undefined;
  readonly sphere?: string | undefined;
  readonly seen?: SeenParts | undefined;
}

export function createAuthorizationCalls(parts: AuthorizationParts) {
  return { ...requestCalls(parts), ...decisionCalls(parts), ...policyCalls(parts) } satisfies Partial<CallHandlers>;
}

/** Everything shown is the same as nothing said of it. */
function readTerms(
  { nowMs }: AuthorizationParts,
  { untilMs, sphere = '', seen }: TermsGiven,
  except: readonly string[] = [],
): DecisionTerms {
  if (untilMs !== undefined && untilMs <= nowMs()) throw invalid('untilMs', 'This time is over already. Choose a later one.');
  const isAll = seen === undefined || Object.values(seen).every(Boolean);
  return { untilMs: untilMs ?? null, sphere, seen: isAll ? null : seen, except };
}

/** What is shown matters only to who is let in; a question put off has only its time. */
function termsFor(decision: DecisionKind, terms: DecisionTerms): DecisionTerms {
  if (decision === 'later') return { ...store.NO_TERMS, untilMs: terms.untilMs };
  return decision === 'allow' ? terms : { ...terms, seen: null };
}

function requestCalls(parts: AuthorizationParts) {
  const { accounts, storage } = parts;
  return {
    listRequests: ({ accountId }) => ({ requests: storage.read((db) => store.listRequests(db, accounts.get(accountId).world)) }),
    decideRequest: async ({ requestId, decision, ...given }) => {
      const terms = termsFor(decision, readTerms(parts, given));
      const request = storage.read((db) => store.getRequest(db, { requestId }));
      if (request === null) throw notFound('requestId', 'This request is answered already.');
      await accounts.get(request.accountId).decisions.decide([{ address: request.address, decision, terms }]);
      return {};
    },
    decideRequests: async ({ requestIds, decision, ...given }) => {
      const terms = termsFor(decision, readTerms(parts, given));
      const found = storage.read((db) => [...new Set(requestIds)].map((requestId) => store.getRequest(db, { requestId })));
      const requests = found.filter((request) => request !== null);
      for (const accountId of new Set(requests.map((request) => request.accountId))) {
        const own = requests.filter((request) => request.accountId === accountId);
        await accounts.get(accountId).decisions.decide(own.map(({ address }) => ({ address, decision, terms })));
      }
      return { decided: requests.length };
    },
  } satisfies Partial<CallHandlers>;
}

/** `*` or `*@domain`. */
function scopeAddress(domain: string | undefined): string {
  if (domain === undefined) return '*';
  const clean = domain.trim().toLowerCase().replace(/^@/, '');
  if (!/^(\[[\da-f:.]+\]|[\p{L}\p{N}.-]+)$/u.test(clean)) throw invalid('scope', 'This is not a domain, such as example.org.');
  return `*@${clean}`;
}

function decisionCalls(parts: AuthorizationParts) {
  const { accounts, storage } = parts;
  return {
    decideWatcher: async ({ accountId, address, decision, ...given }) => {
      const account = accounts.get(accountId);
      const terms = termsFor(decision, readTerms(parts, given));
      await account.decisions.decide([{ address: addressInput(address).address, decision, terms }]);
      return {};
    },
    decideScope: async ({ accountId, scope, decision, ...given }) => {
      const account = accounts.get(accountId);
      if (decision === 'later') throw invalid('decision', 'Leave it open by taking the decision back.');
      const address = scopeAddress(scope.kind === 'domain' ? scope.domain : undefined);
      const except = scope.except.map((text) => addressInput(text, 'scope').address);
      await account.decisions.decide([{ address, decision, terms: termsFor(decision, readTerms(parts, given, except)) }]);
      return {};
    },
    removeDecision: async ({ accountId, address }) => {
      const account = accounts.get(accountId);
      const known = address.startsWith('*') ? address.toLowerCase() : addressInput(address).address;
      if (!(await account.decisions.remove(known))) throw notFound('address', 'There is no decision about this address.');
      return {};
    },
    listDecisions: ({ accountId, query, before, limit }) => {
      const of = { query, limit, ...(before === undefined ? {} : { before }) };
      const account = accountId === undefined ? {} : { accountId: accounts.get(accountId).world.accountId };
      return { decisions: storage.read((db) => store.listDecisionRecords(db, { ...of, ...account })).map(store.shownRecord) };
    },
    undoDecision: async ({ decisionId }) => {
      const record = storage.read((db) => store.getDecisionRecord(db, { decisionId }));
      if (record === null) throw notFound('decisionId', 'There is no such decision.');
      const { decisions, world } = accounts.get(record.accountId);
      await decisions.change((db) => undoDecision(db, world, record));
      return {};
    },
    listWatchers: ({ accountId }) => {
      const { world } = accounts.get(accountId);
      const watchers = storage.read((db) => store.listWatchers(db, world));
      return { watchers: watchers.filter(({ address }) => !address.startsWith('*')).map((watcher) => shownWatcher(world, watcher)) };
    },
  } satisfies Partial<CallHandlers>;
}

function policyCalls({ accounts, storage, nowMs }: AuthorizationParts) {
  return {
    previewWatcher: ({ accountId, address, decision, seen }) => {
      const { world, published } = accounts.get(accountId);
      return previewWatcher(world, { address: addressInput(address).address, decision, seen, published: published() });
    },
    listPolicyRules: async ({ accountId }) => {
      const { policy, documents } = accounts.get(accountId).world;
      const { text = NEW_RULES_DOCUMENT } = policy;
      return { rules: [...(await documents.run('policy-rules', { text }, text.length))] };
    },
    listConflicts: ({ accountId }) => {
      const { world } = accounts.get(accountId);
      return { conflicts: storage.read((db) => store.listConflicts(db, world)).map(store.shownConflict) };
    },
    resolveConflict: async ({ conflictId, keep }) => {
      const conflict = storage.read((db) => store.getConflict(db, { conflictId }));
      if (conflict === null) throw notFound('conflictId', 'This was chosen already.');
      const { decisions, world } = accounts.get(conflict.accountId);
      await decisions.change((db) => settleConflict(db, world, conflict, keep));
      return {};
    },
    exportPolicy: ({ accountId }) => ({ document: accounts.get(accountId).world.policy.text ?? NEW_RULES_DOCUMENT }),
    importPolicy: async ({ accountId, document }) => {
      const { decisions, world } = accounts.get(accountId);
      const edit: PolicyEdit = { kind: 'replace', document };
      const context = { nowMs: nowMs(), sphere: '', isExact: true };
      const tried = await world.documents.run('apply-policy', { text: undefined, edits: [JSON.stringify(edit)], context }, document.length);
      if (tried.kind === 'failure') {
        const reason = 'This is not a document with permission rules (RFC 5025). Nothing was changed.';
        throw new CallFailure({ kind: 'invalid-input', field: 'document', reason, detail: tried.reason });
      }
      await decisions.change((db) => {
        queueEdit(db, world, edit);
        return [];
      });
      return {};
    },
  } satisfies Partial<CallHandlers>;
}
