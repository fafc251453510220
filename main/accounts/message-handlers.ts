// What the calls about messages and conversations do: checks what only the core can know, then one flow or one query.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import * as store from '../store/index.ts';
import type { AccountRegistry } from './account-registry.ts';
import { blockAddress } from './block-address.ts';
import type { Announce } from './broadcast.ts';
import { addressInput, notFound, requireConversation, requireMessage } from './call-input.ts';
import { readMessageDetails } from './message-details.ts';
import type { PeerTyping } from './peer-typing.ts';
import { resendMessage, sendMessage } from './send-message.ts';
import { promiseDisplayReports } from './send-reports.ts';
import { sendToMany } from './send-to-many.ts';
import type { Storage } from './storage.ts';
import { whoIsMeant } from './who-is-meant.ts';

export interface MessageCallParts {
  readonly accounts: AccountRegistry;
  readonly storage: Storage;
  readonly announce: Announce;
  readonly typing: PeerTyping;
}

export function createMessageCalls(parts: MessageCallParts) {
  return { ...messageCalls(parts), ...conversationCalls(parts), ...peopleCalls(parts) };
}

function messageCalls({ accounts, storage }: MessageCallParts) {
  return {
    sendMessage: async ({ accountId, address, text }) => {
      const account = accounts.get(accountId);
      const message = await sendMessage(account.world, account, (await whoIsMeant(account, address)).address, text);
      return { messageId: message.messageId };
    },
    sendToMany: async ({ accountId, addresses, text }) => {
      const account = accounts.get(accountId);
      const meant = await Promise.all(addresses.map((address) => whoIsMeant(account, address, 'addresses')));
      const targets = meant.map(({ address }) => address);
      const messages = await sendToMany(account.world, account, targets, text);
      return { messageIds: messages.map(({ messageId }) => messageId) };
    },
    resendMessage: async ({ messageId }) => {
      const account = accounts.get(requireMessage(storage, messageId).accountId);
      await resendMessage(account.world, account.outbox, messageId);
      return {};
    },
    listMessages: ({ conversationId, limit, before, after, around }) => {
      requireConversation(storage, conversationId);
      const from = {
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
        ...(around !== undefined && { around }),
      };
      return { messages: storage.read((db) => store.listMessages(db, { conversationId, limit, ...from })) };
    },
    getMessageDetails: ({ messageId }) => {
      const details = storage.read((db) => readMessageDetails(db, messageId));
      if (details === null) throw notFound('messageId', 'There is no such message.');
      return { details };
    },
    fetchContent: async ({ messageId, mayGoPrivate }) => {
      const message = requireMessage(storage, messageId);
      if (message.reference === undefined) throw notFound('messageId', 'This message refers to nothing.');
      await accounts.get(message.accountId).content.fetch(message, mayGoPrivate);
      return {};
    },
  } satisfies Partial<CallHandlers>;
}

function conversationCalls({ accounts, storage, announce, typing }: MessageCallParts) {
  return {
    openConversation: async ({ accountId, address }) => {
      const account = accounts.get(accountId);
      const { world } = account;
      const reachable = await whoIsMeant(account, address);
      const conversation = await storage.commit((db) =>
        store.openConversation(db, { accountId: world.accountId, address: reachable.address }),
      );
      announce({ type: 'conversation-changed', conversation });
      return { conversation: typing.mark(conversation) };
    },
    listConversations: ({ accountId }) => ({
      conversations: storage
        .read((db) => store.listConversations(db, accountId === undefined ? {} : { accountId: accounts.get(accountId).world.accountId }))
        .map((conversation) => typing.mark(conversation)),
    }),
    markRead: async ({ conversationId }) => {
      const { accountId, address, isUnknown } = requireConversation(storage, conversationId);
      const account = accounts.get(accountId);
      const read = await storage.commit((db) => {
        const marked = store.markRead(db, { conversationId });
        // Strangers learn nothing of our reading them.
        if (marked !== null && isUnknown !== true) promiseDisplayReports(db, account.world, marked.messages);
        return marked;
      });
      if (read === null || read.messages.length === 0) return {};
      for (const message of read.messages) announce({ type: 'message-changed', message });
      announce({ type: 'conversation-changed', conversation: read.conversation });
      account.reports.flushSoon(address);
      return {};
    },
    saveDraft: async ({ conversationId, text }) => {
      const conversation = await storage.commit((db) => store.saveDraft(db, { conversationId, text }));
      if (conversation === null) throw notFound('conversationId', 'There is no such conversation.');
      announce({ type: 'conversation-changed', conversation });
      return {};
    },
    noteTyping: ({ conversationId, isTyping }) => {
      const conversation = requireConversation(storage, conversationId);
      accounts.get(conversation.accountId).ownTyping.note(conversation, isTyping);
      return {};
    },
    acceptConversation: async ({ conversationId }) => {
      requireConversation(storage, conversationId);
      const conversation = await storage.commit((db) => store.acceptConversation(db, { conversationId }));
      if (conversation !== null) announce({ type: 'conversation-changed', conversation });
      return {};
    },
  } satisfies Partial<CallHandlers>;
}

function peopleCalls({ accounts, storage }: MessageCallParts) {
  return {
    blockAddress: async ({ accountId, address, isSilent }) => {
      await blockAddress(accounts.get(accountId).world, addressInput(address).address, isSilent);
      return {};
    },
    unblockAddress: async ({ accountId, address }) => {
      const of = { accountId: accounts.get(accountId).world.accountId, address: addressInput(address).address };
      const wasBlocked = await storage.commit((db) => store.removeBlocked(db, of));
      if (!wasBlocked) throw notFound('address', 'This address is not blocked.');
      return {};
    },
    listBlocked: ({ accountId }) => {
      const { doors } = accounts.get(accountId).world;
      return { blocked: storage.read((db) => store.listBlocked(db, { accountId, nowMs: doors.clock.nowMs() })) };
    },
    setReporting: async ({ accountId, address, ...given }) => {
      const of = { accountId: accounts.get(accountId).world.accountId, address: addressOrAll(address) };
      await storage.commit((db) => {
        const { delivery, display, typing } = store.getReporting(db, of);
        const reporting = {
          delivery: given.delivery === undefined ? delivery : given.delivery,
          display: given.display === undefined ? display : given.display,
          typing: given.typing === undefined ? typing : given.typing,
        };
        store.saveReporting(db, { ...of, reporting });
      });
      return {};
    },
    getReporting: ({ accountId, address }) => {
      const of = { accountId: accounts.get(accountId).world.accountId, address: addressOrAll(address) };
      return storage.read((db) => store.getReporting(db, of));
    },
  } satisfies Partial<CallHandlers>;
}

function addressOrAll(address: string | undefined): string {
  return address === undefined || address === '' ? '' : addressInput(address).address;
}
