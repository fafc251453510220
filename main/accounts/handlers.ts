// What each call of the bridge does: checks what only the core can know, then one flow or one query.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Address } from '../../app/domain/address.ts';
import type { Announce } from './broadcast.ts';
import { readAddress } from './address-text.ts';
import { cleanName, cleanText } from './clean-text.ts';
import type { AccountRegistry } from './account-registry.ts';
import type { History } from './history.ts';
import { createHistoryCalls } from './history-calls.ts';
import type { OpenAccount } from './open-account.ts';
import { notYetCalls } from './not-yet.ts';
import { saveOwnPresence } from './publish-presence.ts';
import { resendMessage, sendMessage } from './send-message.ts';
import type { Storage } from './storage.ts';
import * as store from '../store/index.ts';

export interface HandlerParts {
  readonly accounts: AccountRegistry;
  readonly storage: Storage;
  readonly history: History;
  readonly announce: Announce;
  readonly nowMs: () => number;
}

export function createHandlers(parts: HandlerParts): CallHandlers {
  return {
    ...notYetCalls,
    ...accountCalls(parts),
    ...contactCalls(parts),
    ...watcherCalls(parts),
    ...messageCalls(parts),
    ...conversationCalls(parts),
    ...createHistoryCalls(parts),
  };
}

function accountCalls({ accounts }: HandlerParts) {
  return {
    addAccount: async (input) => ({ accountId: await accounts.add(input) }),
    updateAccount: async ({ accountId, ...given }) => {
      await accounts.change(accountId, given);
      return {};
    },
    listAccounts: () => ({ accounts: accounts.list() }),
    removeAccount: async ({ accountId }) => {
      await accounts.remove(accountId);
      return {};
    },
    retryAccount: ({ accountId }) => {
      accounts.get(accountId).retry();
      return {};
    },
    setOwnPresence: async ({ accountId, availability, note, activity }) => {
      const account = accounts.get(accountId);
      const cleanNote = note === undefined ? undefined : cleanText(note).trim();
      await saveOwnPresence(account.world, {
        availability,
        note: cleanNote,
        activity: activity === undefined ? undefined : cleanName(activity),
      });
      account.presenceChanged();
      return {};
    },
  } satisfies Partial<CallHandlers>;
}

function contactCalls({ accounts }: HandlerParts) {
  return {
    addContact: async ({ accountId, address, name }) => {
      const account = accounts.get(accountId);
      const reachable = addressInput(address);
      if (reachable.address === account.world.address) throw invalid('address', 'This is your own address.');
      const contact = await account.contactList.add(reachable.address, cleanName(name ?? reachable.display));
      if (contact === null)
        throw new CallFailure({ kind: 'already-exists', field: 'address', reason: 'This person is in your contacts already.' });
      return { contactId: contact.contactId };
    },
    renameContact: async ({ contactId, name }) => {
      await accountOfContact(accounts, contactId).contactList.rename(contactId, cleanName(name));
      return {};
    },
    removeContact: async ({ contactId }) => {
      await accountOfContact(accounts, contactId).contactList.remove(contactId);
      return {};
    },
    listContacts: ({ accountId }) => ({ contacts: accounts.get(accountId).book.list() }),
  } satisfies Partial<CallHandlers>;
}

function watcherCalls({ accounts, storage, nowMs }: HandlerParts) {
  const checkEnd = (untilMs: number | undefined): void => {
    if (untilMs !== undefined && untilMs <= nowMs()) throw invalid('untilMs', 'This time is over already. Choose a later one.');
  };
  return {
    listRequests: ({ accountId }) => ({ requests: storage.read((db) => store.listRequests(db, accounts.get(accountId).world)) }),
    decideRequest: async ({ requestId, decision, untilMs }) => {
      const request = storage.read((db) => store.getRequest(db, { requestId }));
      if (request === null) throw notFound('requestId', 'This request is answered already.');
      checkEnd(untilMs);
      await accounts.get(request.accountId).decisions.decide(request.address, decision, untilMs);
      return {};
    },
    decideWatcher: async ({ accountId, address, decision, untilMs }) => {
      const account = accounts.get(accountId);
      checkEnd(untilMs);
      await account.decisions.decide(addressInput(address).address, decision, untilMs);
      return {};
    },
    listWatchers: ({ accountId }) => ({ watchers: storage.read((db) => store.listWatchers(db, accounts.get(accountId).world)) }),
  } satisfies Partial<CallHandlers>;
}

function messageCalls({ accounts, storage }: HandlerParts) {
  return {
    sendMessage: async ({ accountId, address, text }) => {
      const account = accounts.get(accountId);
      const message = await sendMessage(account.world, account.outbox, addressInput(address).address, text);
      return { messageId: message.messageId };
    },
    resendMessage: async ({ messageId }) => {
      const message = storage.read((db) => store.getMessage(db, { messageId }));
      if (message === null) throw notFound('messageId', 'There is no such message.');
      const account = accounts.get(message.accountId);
      await resendMessage(account.world, account.outbox, messageId);
      return {};
    },
    listMessages: ({ conversationId, before, limit }) => {
      requireConversation(storage, conversationId);
      return {
        messages: storage.read((db) => store.listMessages(db, { conversationId, limit, ...(before === undefined ? {} : { before }) })),
      };
    },
  } satisfies Partial<CallHandlers>;
}

function conversationCalls({ accounts, storage, announce }: HandlerParts) {
  return {
    openConversation: async ({ accountId, address }) => {
      const { world } = accounts.get(accountId);
      const reachable = addressInput(address);
      const conversation = await storage.commit((db) =>
        store.openConversation(db, { accountId: world.accountId, address: reachable.address }),
      );
      announce({ type: 'conversation-changed', conversation });
      return { conversation };
    },
    listConversations: ({ accountId }) => ({
      conversations: storage.read((db) =>
        store.listConversations(db, accountId === undefined ? {} : { accountId: accounts.get(accountId).world.accountId }),
      ),
    }),
    markRead: async ({ conversationId }) => {
      requireConversation(storage, conversationId);
      const read = await storage.commit((db) => store.markRead(db, { conversationId }));
      if (read === null || read.messages.length === 0) return {};
      for (const message of read.messages) announce({ type: 'message-changed', message });
      announce({ type: 'conversation-changed', conversation: read.conversation });
      return {};
    },
    saveDraft: async ({ conversationId, text }) => {
      const conversation = await storage.commit((db) => store.saveDraft(db, { conversationId, text }));
      if (conversation === null) throw notFound('conversationId', 'There is no such conversation.');
      announce({ type: 'conversation-changed', conversation });
      return {};
    },
  } satisfies Partial<CallHandlers>;
}

function addressInput(text: string): { address: Address; display?: string } {
  const reachable = readAddress(text);
  if (reachable.kind === 'failure') throw invalid('address', reachable.reason);
  return reachable;
}

function accountOfContact(accounts: AccountRegistry, contactId: string): OpenAccount {
  const account = accounts.all().find(({ book }) => book.get(contactId) !== undefined);
  if (account === undefined) throw notFound('contactId', 'There is no such contact.');
  return account;
}

function requireConversation(storage: Storage, conversationId: string): void {
  const conversation = storage.read((db) => store.getConversation(db, { conversationId }));
  if (conversation === null) throw notFound('conversationId', 'There is no such conversation.');
}

function invalid(field: string, reason: string): CallFailure {
  return new CallFailure({ kind: 'invalid-input', field, reason });
}

function notFound(field: string, reason: string): CallFailure {
  return new CallFailure({ kind: 'not-found', field, reason });
}
