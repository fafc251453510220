// A conversation: everything exchanged with one address of one account, in one thread.
import * as v from 'valibot';
import { messageSchema } from './message.ts';

export const conversationSchema = v.object({
  conversationId: v.string(),
  accountId: v.string(),
  address: v.string(),
  /** As the peer called themself last; '' when never. A claim. */
  displayName: v.string(),
  lastMessage: v.nullable(messageSchema),
  unreadCount: v.number(),
  draft: v.string(),
  /** Somebody who is not among the contacts and not accepted yet. */
  isUnknown: v.exactOptional(v.boolean()),
  /** The peer writes at this moment (RFC 3994). */
  isTyping: v.exactOptional(v.boolean()),
});
export type Conversation = v.InferOutput<typeof conversationSchema>;
