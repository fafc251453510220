// A message of a conversation, and the states it goes through.
import * as v from 'valibot';

export const outgoingStateSchema = v.picklist(['queued', 'sending', 'accepted', 'delivered', 'displayed', 'failed']);
export const incomingStateSchema = v.picklist(['received', 'read']);
export const messageStateSchema = v.picklist([...outgoingStateSchema.options, ...incomingStateSchema.options]);
export type MessageState = v.InferOutput<typeof messageStateSchema>;

/** `code`: the SIP status, or 0 where nobody answered. `reason`: a sentence for a person. `by`: who said it, as far as can be told. */
export const messageFailureSchema = v.object({
  code: v.number(),
  reason: v.string(),
  by: v.exactOptional(v.picklist(['here', 'server', 'peer'])),
});
export type MessageFailure = v.InferOutput<typeof messageFailureSchema>;

/** Content that a message refers to instead of holding it (RFC 4483). `size` in bytes, 0 when not said. */
export const contentReferenceSchema = v.object({
  name: v.string(),
  size: v.number(),
  type: v.string(),
  state: v.picklist(['offered', 'fetching', 'fetched', 'failed', 'expired']),
  /** A sentence: why it could not be fetched. */
  reason: v.exactOptional(v.string()),
  /** Where it is: the sender's claim, like name, size and type. */
  url: v.exactOptional(v.string()),
  expiresAtMs: v.exactOptional(v.number()),
  /** It failed only because it would have gone to an address of a private network. */
  isPrivate: v.exactOptional(v.boolean()),
  /** What was fetched: a text, or an image as a `data:` URL. */
  text: v.exactOptional(v.string()),
  dataUrl: v.exactOptional(v.string()),
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
  /** When it was stored here, or for one that a server kept, its place among the others; messages are ordered by this and their row. */
  storedAtMs: v.number(),
  state: messageStateSchema,
  failure: v.exactOptional(messageFailureSchema),
  /** Kept by a server while we were away. */
  wasStored: v.exactOptional(v.boolean()),
  reference: v.exactOptional(contentReferenceSchema),
  subject: v.exactOptional(v.string()),
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
  /** The headers of its own wrapper (RFC 3862) as they were: From, To, DateTime, Subject, and those that nobody here knows. */
  envelope: v.array(v.object({ name: v.string(), namespace: v.string(), value: v.string() })),
  /** Kept by a server while we were away, with the sender's time. */
  wasStored: v.boolean(),
});
export type MessageDetails = v.InferOutput<typeof messageDetailsSchema>;
