// What each call of the bridge does: checks what only the core can know, then one flow or one query.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { SystemInterfaces } from '../simple/discovery/usable-interfaces.ts';
import type { Announce } from './broadcast.ts';
import { invalid, notFound } from './call-input.ts';
import { whoIsMeant } from './who-is-meant.ts';
import { cleanName, cleanText } from './clean-text.ts';
import { createAuthorizationCalls } from './authorization-handlers.ts';
import type { AccountRegistry } from './account-registry.ts';
import type { History } from './history.ts';
import { createHistoryCalls } from './history-calls.ts';
import { createMessageCalls } from './message-handlers.ts';
import { createNearbyCalls } from './nearby-handlers.ts';
import type { OpenAccount } from './open-account.ts';
import { saveOwnPresence } from './publish-presence.ts';
import type { PeerTyping } from './peer-typing.ts';
import type { Storage } from './storage.ts';

export interface HandlerParts {
  readonly accounts: AccountRegistry;
  readonly storage: Storage;
  readonly history: History;
  readonly announce: Announce;
  readonly typing: PeerTyping;
  readonly nowMs: () => number;
  /** The addresses of this computer now. */
  readonly interfaces: () => SystemInterfaces;
}

export function createHandlers(parts: HandlerParts): CallHandlers {
  return {
    ...accountCalls(parts),
    ...contactCalls(parts),
    ...createAuthorizationCalls(parts),
    ...createMessageCalls(parts),
    ...createHistoryCalls(parts),
    ...createNearbyCalls(parts),
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
    retryAccount: async ({ accountId }) => {
      await accounts.retry(accountId);
      return {};
    },
    setOwnPresence: async ({ accountId, availability, note, sphere, ...words }) => {
      const account = accounts.get(accountId);
      const cleanNote = note === undefined ? undefined : cleanText(note).trim();
      const clean = (word: string | undefined): string | undefined => (word === undefined ? undefined : cleanName(word));
      const { isSphereNew } = await saveOwnPresence(account.world, {
        ...{ availability, note: cleanNote, sphere },
        ...{ activity: clean(words.activity), mood: clean(words.mood), place: clean(words.place) },
      });
      account.presenceChanged();
      if (isSphereNew) await account.decisions.rewrite();
      return {};
    },
  } satisfies Partial<CallHandlers>;
}

function contactCalls({ accounts }: HandlerParts) {
  return {
    addContact: async ({ accountId, address, name }) => {
      const account = accounts.get(accountId);
      const reachable = await whoIsMeant(account, address);
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
    askAgain: ({ contactId }) => {
      if (accountOfContact(accounts, contactId).askAgain(contactId)) return {};
      throw new CallFailure({
        kind: 'unavailable',
        reason: 'You are not signed in now. They are asked by themselves at the next sign-in.',
      });
    },
    listContacts: ({ accountId }) => ({ contacts: accounts.get(accountId).book.list() }),
  } satisfies Partial<CallHandlers>;
}

function accountOfContact(accounts: AccountRegistry, contactId: string): OpenAccount {
  const account = accounts.all().find(({ book }) => book.get(contactId) !== undefined);
  if (account === undefined) throw notFound('contactId', 'There is no such contact.');
  return account;
}
