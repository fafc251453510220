// A message of a conversation, and the states it goes through.
import * as v from 'valibot';

export const outgoingStateSchema = v.picklist(['queued', 'sending', 'accepted', 'delivered', 'displayed', 'failed']);
export const incomingStateSchema = v.picklist(['received', 'read']);
export const messageStateSchema = v.picklist([...outgoingStateSchema.options, ...incomingStateSchema.options]);
export type MessageState = v.InferOutput<typeof messageStateSchema>;

/** `code`: the SIP status, or 0 where nobody answered. `reason`: a sentence for a person. */
export const messageFailureSchema = v.object({ code: v.number(), reason: v.string() });
export type MessageFailure = v.InferOutput<typeof messageFailureSchema>;

/** Content that a message refers to instead of holding it (RFC 4483). `size` in bytes, 0 when not said. */
export const contentReferenceSchema = v.object({
  name: v.string(),
  size: v.number(),
  type: v.string(),
  state: v.picklist(['offered', 'fetching', 'fetched', 'failed', 'expired']),
  /** A sentence: why it could not be fetched. */
  reason: v.exactOptional(v.string()),
});
export type ContentReference = v.InferOutput<typeof contentReferenceSchema>;

export const messageSchema = v.object({
  messageId: v.string(),
  conversationId: v.string(),
  accountId: v.string(),
  direction: v.picklist(['in', 'out']),
  /** Who it is from (in) or to (out). */
  address: v.string(),
  text: v.string(),
  contentType: v.string(),
  /** The sender's time where it was given, else when we got it. */
  sentAtMs: v.number(),
  /** When it was stored here; messages are ordered by this and their row. */
  storedAtMs: v.number(),
  state: messageStateSchema,
  failure: v.exactOptional(messageFailureSchema),
  /** Kept by a server while we were away. */
  wasStored: v.exactOptional(v.boolean()),
  reference: v.exactOptional(contentReferenceSchema),
});
export type Message = v.InferOutput<typeof messageSchema>;

/** What is known of one message beside its text. */
export const messageDetailsSchema = v.object({
  messageId: v.string(),
  /** When each state was reached, in order. */
  states: v.array(v.object({ state: messageStateSchema, atMs: v.number() })),
  /** The SIP exchange as a person can read it, without the text: request line, identity, answers. */
  exchange: v.array(v.object({ atMs: v.number(), line: v.string() })),
  callId: v.string(),
  imdnMessageId: v.string(),
  contentType: v.string(),
  isCpim: v.boolean(),
  /** Kept by a server while we were away, with the sender's time. */
  wasStored: v.boolean(),
});
export type MessageDetails = v.InferOutput<typeof messageDetailsSchema>;
