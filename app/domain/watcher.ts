// Watchers of our presence, their requests, and what the person decided.
import * as v from 'valibot';

export const decisionKindSchema = v.picklist(['allow', 'block', 'politely-block', 'later']);
export type DecisionKind = v.InferOutput<typeof decisionKindSchema>;

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
});
export type Watcher = v.InferOutput<typeof watcherSchema>;
