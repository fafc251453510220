// The part of the contract about who may see us: the log of decisions, undo, wider decisions, previews, conflicts, the policy as a document.
import * as v from 'valibot';
import { contactPresenceSchema } from '../domain/presence.ts';
import { conflictSchema, decisionKindSchema, decisionRecordSchema, policyRuleSchema, seenPartsSchema } from '../domain/watcher.ts';
import { addressInput, idInput, limitInput, nothing, shortTextInput, timeMsInput } from './input.ts';

/** Most requests that one bulk answer takes. */
const BULK_LIMIT = 1_000;
/** Largest policy document read from a file; servers take far less. */
const POLICY_LIMIT = 1_000_000;

/** Whom a wider decision is about. */
const scopeInput = v.variant('kind', [
  v.object({ kind: v.literal('domain'), domain: shortTextInput, except: v.optional(v.array(addressInput), []) }),
  v.object({ kind: v.literal('everybody'), except: v.optional(v.array(addressInput), []) }),
]);

/** What else a decision says: when it ends, in which sphere it holds (RFC 4480 §3.9; absent: always), and what is shown. */
export const decisionTerms = {
  untilMs: v.optional(timeMsInput),
  sphere: v.optional(v.picklist(['work', 'home'])),
  seen: v.optional(seenPartsSchema),
};

export const authorizationCalls = {
  /** The same answer for many; those that are gone by now are passed over. */
  decideRequests: {
    input: v.object({
      requestIds: v.pipe(v.array(idInput), v.minLength(1), v.maxLength(BULK_LIMIT)),
      decision: decisionKindSchema,
      ...decisionTerms,
    }),
    output: v.object({ decided: v.number() }),
  },
  /** For a whole domain, or everybody, with exceptions. */
  decideScope: {
    input: v.object({ accountId: idInput, scope: scopeInput, decision: decisionKindSchema, ...decisionTerms }),
    output: nothing,
  },
  /** Takes the current decision about a watcher back; they are asked about anew. */
  removeDecision: { input: v.object({ accountId: idInput, address: addressInput }), output: nothing },
  /** The log, newest first, before the record `before`; `query` looks in addresses and names. */
  listDecisions: {
    input: v.object({
      accountId: v.optional(idInput),
      query: v.optional(shortTextInput, ''),
      before: v.optional(idInput),
      limit: v.optional(limitInput, 100),
    }),
    output: v.object({ decisions: v.array(decisionRecordSchema) }),
  },
  /** Brings back what held before this record. */
  undoDecision: { input: v.object({ decisionId: idInput }), output: nothing },
  /** What that watcher gets, now or (with `decision`) if it were decided so: as people see it, and as the document on the wire ('' for none). */
  previewWatcher: {
    input: v.object({
      accountId: idInput,
      address: addressInput,
      decision: v.optional(decisionKindSchema),
      seen: v.optional(seenPartsSchema),
    }),
    output: v.object({ presence: contactPresenceSchema, document: v.string() }),
  },
  /** Every rule of the policy document in its order; those of other programs are shown as they are. */
  listPolicyRules: { input: v.object({ accountId: idInput }), output: v.object({ rules: v.array(policyRuleSchema) }) },
  listConflicts: { input: v.object({ accountId: idInput }), output: v.object({ conflicts: v.array(conflictSchema) }) },
  resolveConflict: { input: v.object({ conflictId: idInput, keep: v.picklist(['ours', 'theirs']) }), output: nothing },
  exportPolicy: { input: v.object({ accountId: idInput }), output: v.object({ document: v.string() }) },
  importPolicy: { input: v.object({ accountId: idInput, document: v.pipe(v.string(), v.maxLength(POLICY_LIMIT)) }), output: nothing },
} as const;
