// What the desktop shows of everything: how many unread messages, how many requests, what people are called. Pure.
import type { Change } from '../../app/domain/change.ts';
import type { Contact } from '../../app/domain/contact.ts';
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Request } from '../../app/domain/watcher.ts';

export interface Overview {
  /** By conversation. */
  readonly unread: ReadonlyMap<string, { readonly accountId: string; readonly count: number }>;
  /** Conversations with people who are not accepted: they neither count nor notify. */
  readonly unknown: ReadonlySet<string>;
  /** Requests that wait for an answer, by their id. */
  readonly requests: ReadonlyMap<string, { readonly accountId: string }>;
  /** By account and address: as the person calls them, else as they call themselves. */
  readonly names: ReadonlyMap<string, string>;
}

export const emptyOverview: Overview = { unread: new Map(), unknown: new Set(), requests: new Map(), names: new Map() };

const nameKey = (accountId: string, address: string): string => `${accountId} ${address}`;

function withEntry<T>(map: ReadonlyMap<string, T>, key: string, value: T | undefined): ReadonlyMap<string, T> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return set.symmetricDifference(new Set([key]));
}

function withConversation(overview: Overview, conversation: Conversation): Overview {
  const { conversationId, accountId, address, displayName, unreadCount, isUnknown = false } = conversation;
  const key = nameKey(accountId, address);
  const isNamed = overview.names.has(key) || displayName === '';
  return {
    ...overview,
    unread: withEntry(overview.unread, conversationId, unreadCount > 0 && !isUnknown ? { accountId, count: unreadCount } : undefined),
    unknown: isUnknown === overview.unknown.has(conversationId) ? overview.unknown : toggled(overview.unknown, conversationId),
    names: isNamed ? overview.names : withEntry(overview.names, key, displayName),
  };
}

function withContact(overview: Overview, { accountId, address, name }: Contact): Overview {
  return name === '' ? overview : { ...overview, names: withEntry(overview.names, nameKey(accountId, address), name) };
}

function withRequest(overview: Overview, { requestId, accountId, isPostponed }: Request): Overview {
  return { ...overview, requests: withEntry(overview.requests, requestId, isPostponed ? undefined : { accountId }) };
}

const withoutAccount = <T extends { accountId: string }>(map: ReadonlyMap<string, T>, accountId: string): ReadonlyMap<string, T> =>
  new Map([...map].filter(([, value]) => value.accountId !== accountId));

/** The overview after `change`; the same object when the change does not concern it. */
export function overviewAfter(overview: Overview, change: Change): Overview {
  switch (change.type) {
    case 'conversation-changed':
      return withConversation(overview, change.conversation);
    case 'contact-changed':
      return withContact(overview, change.contact);
    case 'request-added':
    case 'request-changed':
      return withRequest(overview, change.request);
    case 'request-removed':
      return { ...overview, requests: withEntry(overview.requests, change.requestId, undefined) };
    case 'account-removed':
      return {
        ...overview,
        unread: withoutAccount(overview.unread, change.accountId),
        requests: withoutAccount(overview.requests, change.accountId),
      };
    default:
      return overview;
  }
}

export const unreadCount = (overview: Overview): number => [...overview.unread.values()].reduce((sum, { count }) => sum + count, 0);

/** What a person is called; their address without the scheme when nobody gave a name. */
export const personName = (overview: Overview, accountId: string, address: string): string =>
  overview.names.get(nameKey(accountId, address)) ?? address.replace(/^sips?:/, '');
