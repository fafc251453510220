// A stand-in for what the preload exposes: the whole bridge in memory, for looking at the window and for its tests.
import type { Failure } from '../../../app/bridge/failure.ts';
import type { PageBridge } from '../../../app/bridge/page.ts';
import type { PageCallName, PageChange, Settings } from '../../../app/bridge/shell-contract.ts';
import type { PartState } from '../../../app/domain/account.ts';
import type { Message } from '../../../app/domain/message.ts';
import type { DecisionKind } from '../../../app/domain/watcher.ts';
import { authorizationHandlers, decider, NotFound, requestAnswerer, type AnyInput } from './fake-authorization.ts';
import { historyHandlers, messageHandlers } from './fake-history.ts';
import { addNearbyAccount, nearbyHandlers, updateNearbyAccount } from './fake-nearby.ts';
import { ACCOUNT_ID, makeAccount, makeConversation, makeMessage, type FakeData } from './fake-people.ts';

type Handlers = { [N in PageCallName]: (input: AnyInput) => object };

export interface FakeWatchword extends PageBridge {
  /** Every call made so far. */
  readonly calls: { name: PageCallName; input: unknown }[];
  readonly data: FakeData;
  announce(change: PageChange): void;
  /** The next call of this name fails. */
  failNext(name: PageCallName, failure: Failure): void;
  /** A message comes in. */
  receive(address: string, text: string): void;
}

interface Options {
  readonly settings?: Partial<Settings>;
  readonly locale?: string;
  /** Called instead of answering at once, e.g. to keep calls waiting. */
  readonly delayMs?: number;
  /** How signing in ends for a new account; default: well. */
  readonly registration?: PartState;
}

export function makeFakeWatchword(data: FakeData, options: Options = {}): FakeWatchword {
  const listeners = new Set<(change: PageChange) => void>();
  const failures = new Map<PageCallName, Failure>();
  const calls: { name: PageCallName; input: unknown }[] = [];
  let settings: Settings = {
    theme: 'system',
    language: 'en',
    sideBarWidthPx: 300,
    isDetailsOpen: true,
    isDoNotDisturb: false,
    hasNotifications: true,
    awayAfterMinutes: 10,
    ...options.settings,
  };

  function announce(change: PageChange): void {
    for (const listener of listeners) listener(change);
  }

  function conversationOf(address: string): string {
    const known = data.conversations.find((one) => one.address === address);
    if (known !== undefined) return known.conversationId;
    const conversationId = `c-new-${data.conversations.length}`;
    data.messages.set(conversationId, []);
    data.conversations.push(makeConversation(conversationId, address, []));
    return conversationId;
  }

  function changeConversation(conversationId: string, draft?: string): void {
    data.conversations = data.conversations.map((one) =>
      one.conversationId === conversationId
        ? {
            ...one,
            ...makeConversation(conversationId, one.address, data.messages.get(conversationId) ?? [], { draft: draft ?? one.draft }),
            displayName: one.displayName,
          }
        : one,
    );
    const conversation = data.conversations.find((one) => one.conversationId === conversationId);
    if (conversation !== undefined) announce({ type: 'conversation-changed', conversation });
  }

  function addMessage(message: Message): void {
    data.messages.get(message.conversationId)?.push(message);
    announce({ type: 'message-added', message });
    changeConversation(message.conversationId);
  }

  function changeMessage(messageId: string, change: (message: Message) => Message): void {
    for (const [conversationId, messages] of data.messages) {
      const at = messages.findIndex((message) => message.messageId === messageId);
      const found = messages[at];
      if (found === undefined) continue;
      messages[at] = change(found);
      announce({ type: 'message-changed', message: messages[at] });
      changeConversation(conversationId);
    }
  }

  const answer = requestAnswerer(data, announce);
  const decide = decider(data, announce);

  function send(address: string, text: string): Message {
    const message = makeMessage(conversationOf(address), address, Date.now(), { direction: 'out', text, state: 'queued' });
    addMessage(message);
    return message;
  }

  const handlers: Handlers = {
    ...authorizationHandlers(data, announce),
    ...messageHandlers(data, { announce, changeMessage, changeConversation, send }),
    ...historyHandlers(data, announce),
    ...nearbyHandlers(data, announce),
    addAccount(input) {
      if (input['kind'] === 'nearby') return addNearbyAccount(data, announce, input, options.registration);
      const registration = options.registration === undefined ? {} : { registration: options.registration };
      const account = { ...makeAccount(Date.now()), address: String(input['address']), ...registration };
      data.accounts.push(account);
      announce({ type: 'account-changed', account });
      return { accountId: account.accountId };
    },
    updateAccount(input) {
      updateNearbyAccount(data, announce, input);
      return {};
    },
    listAccounts: () => ({ accounts: data.accounts }),
    removeAccount(input) {
      const accountId = String(input['accountId']);
      data.accounts = data.accounts.filter((account) => account.accountId !== accountId);
      announce({ type: 'account-removed', accountId });
      return {};
    },
    retryAccount: () => ({}),
    setOwnPresence(input) {
      const { accountId: _accountId, ...said } = input;
      const ownPresence = { note: '', activity: '', ...said } as never;
      announce({ type: 'own-presence-changed', accountId: ACCOUNT_ID, ownPresence });
      return {};
    },
    addContact(input) {
      const address = String(input['address']);
      const contact = {
        contactId: `contact-${address}`,
        accountId: ACCOUNT_ID,
        address,
        name: String(input['name'] ?? ''),
        presence: { availability: 'unknown' as const, note: '', activities: [], devices: [], changedAtMs: 0 },
        subscription: { state: 'pending' as const, sinceMs: Date.now() },
      };
      data.contacts.push(contact);
      announce({ type: 'contact-changed', contact });
      return { contactId: contact.contactId };
    },
    renameContact(input) {
      const contact = data.contacts.find((one) => one.contactId === input['contactId']);
      if (contact === undefined) throw new NotFound();
      contact.name = String(input['name']);
      announce({ type: 'contact-changed', contact: { ...contact } });
      return {};
    },
    removeContact(input) {
      data.contacts = data.contacts.filter((one) => one.contactId !== input['contactId']);
      announce({ type: 'contact-removed', contactId: String(input['contactId']), accountId: ACCOUNT_ID });
      return {};
    },
    askAgain(input) {
      const contact = data.contacts.find((one) => one.contactId === input['contactId']);
      if (contact === undefined) throw new NotFound();
      contact.subscription = { state: 'working', sinceMs: Date.now() };
      announce({ type: 'contact-changed', contact: { ...contact } });
      return {};
    },
    listContacts: () => ({ contacts: data.contacts }),
    listRequests: () => ({ requests: data.requests }),
    decideRequest(input) {
      answer(String(input['requestId']), input);
      return {};
    },
    decideWatcher(input) {
      decide(String(input['address']), input['decision'] as unknown as DecisionKind, input, '');
      return {};
    },
    listWatchers: () => ({ watchers: data.watchers }),
    sendMessage: (input) => ({ messageId: send(String(input['address']), String(input['text'])).messageId }),
    resendMessage(input) {
      changeMessage(String(input['messageId']), ({ failure: _failure, ...message }) => ({ ...message, state: 'sending' }));
      return {};
    },
    openConversation(input) {
      const conversationId = conversationOf(String(input['address']));
      return { conversation: data.conversations.find((one) => one.conversationId === conversationId) };
    },
    listConversations: () => ({ conversations: data.conversations }),
    listMessages(input) {
      const all = data.messages.get(String(input['conversationId'])) ?? [];
      const [before, after, around] = [input['before'], input['after'], input['around']];
      const limit = Number(input['limit'] ?? 50);
      const indexOf = (id: unknown): number => all.findIndex((message) => message.messageId === id);
      if (after !== undefined) return { messages: all.slice(indexOf(after) + 1, indexOf(after) + 1 + limit) };
      if (around !== undefined) {
        const at = typeof around === 'string' ? indexOf(around) : all.findIndex((message) => message.storedAtMs >= Number(around));
        const from = at === -1 ? all.length : at;
        return { messages: all.slice(Math.max(0, from - Math.floor(limit / 2)), from + limit - Math.floor(limit / 2)) };
      }
      const end = before === undefined ? all.length : indexOf(before);
      return { messages: all.slice(Math.max(0, end - limit), end) };
    },
    searchMessages(input) {
      const query = String(input['query'])
        .replace(/^"(.*)"\*?$/u, '$1')
        .trim()
        .toLowerCase();
      const found: (Message & { snippet: string })[] = [];
      for (const [conversationId, messages] of data.messages) {
        if (input['conversationId'] !== undefined && input['conversationId'] !== conversationId) continue;
        for (const message of messages) {
          const at = message.text.toLowerCase().indexOf(query);
          if (at === -1 || (input['direction'] !== undefined && input['direction'] !== message.direction)) continue;
          if (message.sentAtMs < Number(input['fromMs'] ?? 0) || message.sentAtMs >= Number(input['untilMs'] ?? Infinity)) continue;
          const end = at + query.length;
          const snippet = `${message.text.slice(Math.max(0, at - 30), at)}\u0001${message.text.slice(at, end)}\u0002${message.text.slice(end, end + 60)}`;
          found.push({ ...message, snippet });
        }
      }
      const all = [...data.messages.values()].flat();
      const end = all.find((one) => one.messageId === input['before'])?.storedAtMs ?? Infinity;
      const newestFirst = found.filter((one) => one.storedAtMs < end).sort((a, b) => b.storedAtMs - a.storedAtMs);
      return { messages: newestFirst.slice(0, Number(input['limit'] ?? 50)) };
    },
    markRead(input) {
      const conversationId = String(input['conversationId']);
      const messages = data.messages.get(conversationId) ?? [];
      messages.forEach((message, at) => {
        if (message.state === 'received') messages[at] = { ...message, state: 'read' };
      });
      changeConversation(conversationId);
      return {};
    },
    saveDraft(input) {
      changeConversation(String(input['conversationId']), String(input['text']));
      return {};
    },
    getSettings: () => ({ settings }),
    changeSettings(input) {
      settings = { ...settings, ...(input as Partial<Settings>) };
      announce({ type: 'settings-changed', settings });
      return { settings };
    },
    openExternal: () => ({}),
    copyText: () => ({}),
    readyToQuit: () => ({}),
    getAppInfo: () => ({
      appInfo: { version: '0.1.0', platform: 'linux', locale: options.locale ?? 'en-GB', profile: '/home/ada/.config/Watchword' },
    }),
  };

  async function call(name: PageCallName, input: unknown): Promise<never> {
    calls.push({ name, input });
    if (options.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
    const failure = failures.get(name);
    failures.delete(name);
    if (failure !== undefined) return { failure } as never;
    try {
      // A structured copy, as the real bridge makes one.
      return { output: structuredClone(handlers[name](input as AnyInput)) } as never;
    } catch {
      return { failure: { kind: 'not-found', reason: 'It is not there any more.' } } as never;
    }
  }

  return {
    calls,
    data,
    announce,
    failNext: (name, failure) => void failures.set(name, failure),
    receive: (address, text) => addMessage(makeMessage(conversationOf(address), address, Date.now(), { text, state: 'received' })),
    call,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
