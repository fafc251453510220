// The part of the contract about what people expect of messages: reports, typing, strangers, blocked addresses, content by reference.
import * as v from 'valibot';
import { messageDetailsSchema } from '../domain/message.ts';
import { addressInput, idInput, messageTextInput, nothing, shortTextInput } from './input.ts';

/** Most people that one text goes to. */
const RECIPIENT_LIMIT = 100;

export const messageCalls = {
  /** The person types in (or emptied) the composer; the peer is told by the rules of RFC 3994, or not at all. */
  noteTyping: { input: v.object({ conversationId: idInput, isTyping: v.boolean() }), output: nothing },
  /** One text to several people: as one request where the server offers it (RFC 5365), singly else. */
  sendToMany: {
    input: v.object({
      accountId: idInput,
      addresses: v.pipe(v.array(addressInput), v.minLength(1), v.maxLength(RECIPIENT_LIMIT)),
      text: v.pipe(messageTextInput, v.minLength(1)),
    }),
    output: v.object({ messageIds: v.array(idInput) }),
  },
  /** Times, states and the SIP exchange of one message. */
  getMessageDetails: { input: v.object({ messageId: idInput }), output: v.object({ details: messageDetailsSchema }) },
  /** Somebody unknown is accepted: the conversation moves among the others and notifies from now on. */
  acceptConversation: { input: v.object({ conversationId: idInput }), output: nothing },
  /** Refuses messages of this address: with 603, or silently (they are answered 200 and kept nowhere). */
  blockAddress: {
    input: v.object({ accountId: idInput, address: addressInput, isSilent: v.optional(v.boolean(), false) }),
    output: nothing,
  },
  unblockAddress: { input: v.object({ accountId: idInput, address: addressInput }), output: nothing },
  listBlocked: {
    input: v.object({ accountId: idInput }),
    output: v.object({
      blocked: v.array(
        v.object({
          ...{ address: v.string(), isSilent: v.boolean(), sinceMs: v.number(), refusedCount: v.number() },
          /** By the answer to their request: only another answer lets them in. */
          isByAnswer: v.exactOptional(v.literal(true)),
        }),
      ),
    }),
  },
  /** Fetches what a message refers to (RFC 4483), bounded in size, time and type; the result comes as a changed message. `mayGoPrivate`: also from the person's own network. */
  fetchContent: { input: v.object({ messageId: idInput, mayGoPrivate: v.optional(v.boolean(), false) }), output: nothing },
  /** Per account (without `address`) or per contact: are delivery and display reports and typing notices sent? null: as the account says. */
  setReporting: {
    input: v.object({
      accountId: idInput,
      address: v.optional(addressInput),
      delivery: v.optional(v.nullable(v.boolean())),
      display: v.optional(v.nullable(v.boolean())),
      typing: v.optional(v.nullable(v.boolean())),
    }),
    output: nothing,
  },
  getReporting: {
    input: v.object({ accountId: idInput, address: v.optional(shortTextInput) }),
    output: v.object({
      delivery: v.nullable(v.boolean()),
      display: v.nullable(v.boolean()),
      typing: v.nullable(v.boolean()),
    }),
  },
} as const;
