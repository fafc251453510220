// What each call of the bridge does: checks what only the core can know, then one flow or one query.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Announce } from './broadcast.ts';
import { addressInput, invalid, notFound } from './call-input.ts';
import { cleanName, cleanText } from './clean-text.ts';
import type { AccountRegistry } from './account-registry.ts';
import type { History } from './history.ts';
import { createHistoryCalls } from './history-calls.ts';
import { createMessageCalls } from './message-handlers.ts';
import type { OpenAccount } from './open-account.ts';
import { notYetCalls } from './not-yet.ts';
import { saveOwnPresence } from './publish-presence.ts';
import type { PeerTyping } from './peer-typing.ts';
import type { Storage } from './storage.ts';
import * as store from '../store/index.ts';

export interface HandlerParts {
  readonly accounts: AccountRegistry;
  readonly storage: Storage;
  readonly history: History;
  readonly announce: Announce;
  readonly typing: PeerTyping;
  readonly nowMs: () => number;
}

export function createHandlers(parts: HandlerParts): CallHandlers {
  return {
    ...notYetCalls,
    ...accountCalls(parts),
    ...contactCalls(parts),
    ...watcherCalls(parts),
    ...createMessageCalls(parts),
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

function accountOfContact(accounts: AccountRegistry, contactId: string): OpenAccount {
  const account = accounts.all().find(({ book }) => book.get(contactId) !== undefined);
  if (account === undefined) throw notFound('contactId', 'There is no such contact.');
  return account;
}
