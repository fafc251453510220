// Watchers of our presence, their requests, and what the person decided.
import * as v from 'valibot';

export const decisionKindSchema = v.picklist(['allow', 'block', 'politely-block', 'later']);
export type DecisionKind = v.InferOutput<typeof decisionKindSchema>;

/** What a watcher may see beside whether we are there (RFC 5025 §3.3). */
export const seenPartsSchema = v.object({ notes: v.boolean(), activities: v.boolean(), place: v.boolean(), devices: v.boolean() });
export type SeenParts = v.InferOutput<typeof seenPartsSchema>;

/** A watcher in state pending or waiting (RFC 3857), as the inbox shows it. Outlives the server's memory. */
export const requestSchema = v.object({
  requestId: v.string(),
  accountId: v.string(),
  address: v.string(),
  /** As the watcher calls themself; '' when not given. A claim. */
  displayName: v.string(),
  state: v.picklist(['pending', 'waiting']),
  firstSeenAtMs: v.number(),
  lastSeenAtMs: v.number(),
  /** Answered `later`: kept, but out of the way. */
  isPostponed: v.boolean(),
  /** How often they asked so far. */
  askedCount: v.exactOptional(v.number()),
  /** They asked for one look (RFC 6665 §4.4.3), not to follow us. */
  isOneTime: v.exactOptional(v.boolean()),
  /** Answered `later` with a time: when it is asked again. */
  remindAtMs: v.exactOptional(v.nullable(v.number())),
});
export type Request = v.InferOutput<typeof requestSchema>;

/** One watcher by address: what the server says of it, and what the person decided. Two truths. */
export const watcherSchema = v.object({
  accountId: v.string(),
  address: v.string(),
  displayName: v.string(),
  /** By watcher information (RFC 3858); `none` when the server does not mention it. */
  state: v.picklist(['pending', 'waiting', 'active', 'terminated', 'none']),
  /** The event that led there, '' when unknown. */
  event: v.string(),
  decision: v.nullable(decisionKindSchema),
  decidedAtMs: v.nullable(v.number()),
  /** When the decision ends; null: it does not. */
  untilMs: v.nullable(v.number()),
  /** The server's watcher information agrees with the decision. */
  isConfirmed: v.boolean(),
  confirmedAtMs: v.nullable(v.number()),
  /** Why the decision could not be brought to the server; a sentence. */
  failure: v.exactOptional(v.string()),
  /** Since when the server says so. */
  sinceMs: v.exactOptional(v.number()),
  /** Why they see us: our decision, another rule of the policy, a server that lets everybody; '' when not known. */
  byRule: v.exactOptional(v.picklist(['decision', 'rule', 'everybody', ''])),
  /** The decision's sphere, '' for always, and what it shows; null: everything. */
  sphere: v.exactOptional(v.string()),
  seen: v.exactOptional(v.nullable(seenPartsSchema)),
});
export type Watcher = v.InferOutput<typeof watcherSchema>;

/** One line of the log of decisions. */
export const decisionRecordSchema = v.object({
  decisionId: v.string(),
  accountId: v.string(),
  /** The watcher's address; `*@domain` or `*` for a wider decision. */
  address: v.string(),
  displayName: v.string(),
  /** `none`: the decision was taken back. */
  decision: v.picklist([...decisionKindSchema.options, 'none']),
  decidedAtMs: v.number(),
  untilMs: v.nullable(v.number()),
  sphere: v.string(),
  seen: v.nullable(seenPartsSchema),
  /** The device it was decided on, in words. */
  device: v.string(),
  confirmedAtMs: v.nullable(v.number()),
  /** What the server confirmed, in words of the protocol: `active`, `pending`, `rejected`…; '' when nothing yet. */
  confirmedState: v.string(),
  failure: v.exactOptional(v.string()),
  /** It is the one that holds now. */
  isCurrent: v.boolean(),
  canUndo: v.boolean(),
});
export type DecisionRecord = v.InferOutput<typeof decisionRecordSchema>;

/** Two devices decided differently about the same watcher, and the person has to choose. */
export const conflictSchema = v.object({
  conflictId: v.string(),
  accountId: v.string(),
  address: v.string(),
  displayName: v.string(),
  ours: v.object({ decision: decisionKindSchema, untilMs: v.nullable(v.number()), decidedAtMs: v.number() }),
  theirs: v.object({ decision: decisionKindSchema, untilMs: v.nullable(v.number()), seenAtMs: v.number() }),
});
export type Conflict = v.InferOutput<typeof conflictSchema>;

/** A rule of the policy document as a person may read it. */
export const policyRuleSchema = v.object({
  ruleId: v.string(),
  isOurs: v.boolean(),
  /** Whom it is about, in words: addresses, `@domain`, `everybody`. */
  subject: v.string(),
  decision: v.picklist(['allow', 'block', 'politely-block', 'confirm', 'unknown']),
  untilMs: v.nullable(v.number()),
  sphere: v.string(),
  /** The rule as it stands in the document. */
  text: v.string(),
});
export type PolicyRule = v.InferOutput<typeof policyRuleSchema>;
