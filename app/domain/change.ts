// The one stream of changes: each carries the whole new object under its own name.
import * as v from 'valibot';
import { accountSchema } from './account.ts';
import { contactSchema } from './contact.ts';
import { conversationSchema } from './conversation.ts';
import { messageSchema } from './message.ts';
import { nearbyPeerSchema } from './nearby.ts';
import { ownPresenceSchema } from './presence.ts';
import { taskSchema } from './task.ts';
import { conflictSchema, decisionRecordSchema, requestSchema, watcherSchema } from './watcher.ts';

/** Something that concerns the whole app, e.g. the disk is full. null: it is over. */
export const troubleSchema = v.object({ kind: v.picklist(['storage', 'secrets']), reason: v.string() });
export type Trouble = v.InferOutput<typeof troubleSchema>;

export const changeSchema = v.variant('type', [
  v.object({ type: v.literal('account-changed'), account: accountSchema }),
  v.object({ type: v.literal('account-removed'), accountId: v.string() }),
  v.object({ type: v.literal('contact-changed'), contact: contactSchema }),
  v.object({ type: v.literal('contact-removed'), contactId: v.string(), accountId: v.string() }),
  v.object({ type: v.literal('request-added'), request: requestSchema }),
  v.object({ type: v.literal('request-changed'), request: requestSchema }),
  v.object({ type: v.literal('request-removed'), requestId: v.string(), accountId: v.string() }),
  v.object({ type: v.literal('watcher-changed'), watcher: watcherSchema }),
  v.object({ type: v.literal('decision-added'), decision: decisionRecordSchema }),
  v.object({ type: v.literal('decision-changed'), decision: decisionRecordSchema }),
  v.object({ type: v.literal('conflict-changed'), conflict: conflictSchema }),
  v.object({ type: v.literal('conflict-removed'), conflictId: v.string(), accountId: v.string() }),
  v.object({ type: v.literal('own-presence-changed'), accountId: v.string(), ownPresence: ownPresenceSchema }),
  v.object({ type: v.literal('message-added'), message: messageSchema }),
  v.object({ type: v.literal('message-changed'), message: messageSchema }),
  v.object({ type: v.literal('message-removed'), messageId: v.string(), conversationId: v.string() }),
  v.object({ type: v.literal('conversation-changed'), conversation: conversationSchema }),
  v.object({ type: v.literal('conversation-removed'), conversationId: v.string() }),
  /** Everybody who is shown now; at most every 100 ms. */
  v.object({ type: v.literal('nearby-changed'), accountId: v.string(), peers: v.array(nearbyPeerSchema) }),
  v.object({ type: v.literal('task-changed'), task: taskSchema }),
  v.object({ type: v.literal('trouble-changed'), trouble: v.nullable(troubleSchema) }),
]);
export type Change = v.InferOutput<typeof changeSchema>;
