// THE list of calls: what the renderer (through the preload), the headless mode and tests may ask of the core. Changes are in app/domain/change.ts.
import * as v from 'valibot';
import { accountSchema, accountTransportSchema } from '../domain/account.ts';
import { contactSchema } from '../domain/contact.ts';
import { conversationSchema } from '../domain/conversation.ts';
import { messageSchema } from '../domain/message.ts';
import { ownAvailabilitySchema } from '../domain/presence.ts';
import { decisionKindSchema, requestSchema, watcherSchema } from '../domain/watcher.ts';
import { authorizationCalls, decisionTerms } from './authorization-calls.ts';
import { historyCalls } from './history-calls.ts';
import {
  addressInput as address,
  idInput as id,
  limitInput as limit,
  messageTextInput,
  noteInput,
  nothing,
  shortTextInput as shortText,
  timeMsInput,
} from './input.ts';
import { messageCalls } from './message-calls.ts';
import { addNearbyAccount, changedNearbySettings, nearbyCalls } from './nearby-calls.ts';

export { MESSAGE_TEXT_LIMIT } from './input.ts';

export const serverSettingsInput = {
  displayName: v.optional(shortText),
  authUser: v.optional(shortText),
  outboundProxy: v.optional(shortText),
  xcapRoot: v.optional(shortText),
  caFile: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
  transport: v.optional(accountTransportSchema),
};

/** '' clears a setting; for the transport that is: chosen automatically again. */
const changedSettingsInput = {
  ...serverSettingsInput,
  transport: v.optional(v.picklist(['', ...accountTransportSchema.options])),
  ...changedNearbySettings,
};

/** An address on a server, or a name on the networks of this computer. */
const addAccountInput = v.variant('kind', [
  v.object({ kind: v.optional(v.literal('sip')), address, password: shortText, ...serverSettingsInput }),
  addNearbyAccount,
]);

export const contract = {
  addAccount: { input: addAccountInput, output: v.object({ accountId: id }) },
  /** Changes what is given, keeps the rest, and signs in again. */
  updateAccount: { input: v.object({ accountId: id, password: v.optional(shortText), ...changedSettingsInput }), output: nothing },
  listAccounts: { input: nothing, output: v.object({ accounts: v.array(accountSchema) }) },
  removeAccount: { input: v.object({ accountId: id }), output: nothing },
  /** Tries at once whatever waits for its next try. */
  retryAccount: { input: v.object({ accountId: id }), output: nothing },
  setOwnPresence: {
    input: v.object({
      accountId: id,
      availability: ownAvailabilitySchema,
      note: v.optional(noteInput),
      activity: v.optional(shortText),
      /** RPID mood and place (RFC 4480 §3.5, RFC 4589); '' for none. */
      mood: v.optional(shortText),
      place: v.optional(shortText),
      /** RPID sphere (RFC 4480 §3.9); '' for none. */
      sphere: v.optional(v.picklist(['', 'work', 'home'])),
    }),
    output: nothing,
  },
  addContact: { input: v.object({ accountId: id, address, name: v.optional(shortText) }), output: v.object({ contactId: id }) },
  renameContact: { input: v.object({ contactId: id, name: shortText }), output: nothing },
  removeContact: { input: v.object({ contactId: id }), output: nothing },
  /** Asks a contact again who refused to be watched, or whose subscription failed. */
  askAgain: { input: v.object({ contactId: id }), output: nothing },
  listContacts: { input: v.object({ accountId: id }), output: v.object({ contacts: v.array(contactSchema) }) },
  listRequests: { input: v.object({ accountId: id }), output: v.object({ requests: v.array(requestSchema) }) },
  decideRequest: { input: v.object({ requestId: id, decision: decisionKindSchema, ...decisionTerms }), output: nothing },
  /** The same answer for a watcher who is not in the inbox (any more). */
  decideWatcher: {
    input: v.object({ accountId: id, address, decision: decisionKindSchema, ...decisionTerms }),
    output: nothing,
  },
  listWatchers: { input: v.object({ accountId: id }), output: v.object({ watchers: v.array(watcherSchema) }) },
  sendMessage: {
    input: v.object({ accountId: id, address, text: v.pipe(messageTextInput, v.minLength(1)) }),
    output: v.object({ messageId: id }),
  },
  /** Sends a failed message again, as the same message. */
  resendMessage: { input: v.object({ messageId: id }), output: nothing },
  /** The conversation with an address, made when there is none yet. */
  openConversation: { input: v.object({ accountId: id, address }), output: v.object({ conversation: conversationSchema }) },
  listConversations: { input: v.object({ accountId: v.optional(id) }), output: v.object({ conversations: v.array(conversationSchema) }) },
  /**
   * Up to `limit` messages of a thread, newest last: its end, or those before the message `before`, or after the message `after`.
   * `around`, a message's id or a time: half of them stand before it, the rest from it on; fewer where the thread begins or ends.
   */
  listMessages: {
    input: v.object({
      conversationId: id,
      before: v.optional(id),
      after: v.optional(id),
      around: v.optional(v.union([id, timeMsInput])),
      limit: v.optional(limit, 50),
    }),
    output: v.object({ messages: v.array(messageSchema) }),
  },
  ...authorizationCalls,
  ...messageCalls,
  ...historyCalls,
  ...nearbyCalls,
  markRead: { input: v.object({ conversationId: id }), output: nothing },
  saveDraft: { input: v.object({ conversationId: id, text: messageTextInput }), output: nothing },
} as const;

export type Contract = typeof contract;
export type CallName = keyof Contract;
export type CallInput<N extends CallName> = v.InferOutput<Contract[N]['input']>;
export type CallInputGiven<N extends CallName> = v.InferInput<Contract[N]['input']>;
export type CallOutput<N extends CallName> = v.InferOutput<Contract[N]['output']>;

/** What the core implements: a call without a handler does not compile. */
export type CallHandlers = { readonly [N in CallName]: (input: CallInput<N>) => Promise<CallOutput<N>> | CallOutput<N> };

export const PROTOCOL_VERSION = 1;
