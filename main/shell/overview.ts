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

/** With these entries; undefined takes one out. The same map where that changes nothing: thousands of names are not copied in vain. */
function withEntries<T>(
  map: ReadonlyMap<string, T>,
  entries: readonly (readonly [key: string, value: T | undefined])[],
  isSame: (one: T, other: T) => boolean,
): ReadonlyMap<string, T> {
  let next: Map<string, T> | undefined;
  for (const [key, value] of entries) {
    const known = map.get(key);
    if (known === undefined || value === undefined ? known === value : isSame(known, value)) continue;
    next ??= new Map(map);
    if (value === undefined) next.delete(key);
    else next.set(key, value);
  }
  return next ?? map;
}

function withUnknown(unknown: Overview['unknown'], conversations: readonly Conversation[]): Overview['unknown'] {
  const turned = conversations.filter(({ conversationId, isUnknown = false }) => isUnknown !== unknown.has(conversationId));
  return turned.length === 0 ? unknown : unknown.symmetricDifference(new Set(turned.map(({ conversationId }) => conversationId)));
}

function withNames(names: Overview['names'], contacts: readonly Contact[], conversations: readonly Conversation[]): Overview['names'] {
  const isSame = (one: string, other: string): boolean => one === other;
  const keyOf = ({ accountId, address }: Contact | Conversation): string => nameKey(accountId, address);
  const named = contacts.filter(({ name }) => name !== '').map((contact) => [keyOf(contact), contact.name] as const);
  const given = withEntries(names, named, isSame);
  const claimed = conversations.filter((conversation) => conversation.displayName !== '' && !given.has(keyOf(conversation)));
  return withEntries(
    given,
    claimed.map((conversation) => [keyOf(conversation), conversation.displayName] as const),
    isSame,
  );
}

/** What is told at once, e.g. all there is at the start. */
export interface Told {
  readonly contacts?: readonly Contact[];
  readonly conversations?: readonly Conversation[];
  readonly requests?: readonly Request[];
}

/** The overview with all of it; the same object where nothing in it is new. */
export function overviewWith(overview: Overview, { contacts = [], conversations = [], requests = [] }: Told): Overview {
  const unread = conversations.map(
    ({ conversationId, accountId, unreadCount: count, isUnknown = false }) =>
      [conversationId, count > 0 && !isUnknown ? { accountId, count } : undefined] as const,
  );
  const open = requests.map(({ requestId, accountId, isPostponed }) => [requestId, isPostponed ? undefined : { accountId }] as const);
  const next: Overview = {
    unread: withEntries(overview.unread, unread, (one, other) => one.count === other.count),
    unknown: withUnknown(overview.unknown, conversations),
    requests: withEntries(overview.requests, open, () => true),
    names: withNames(overview.names, contacts, conversations),
  };
  const keys = Object.keys(next) as (keyof Overview)[];
  return keys.every((key) => next[key] === overview[key]) ? overview : next;
}

const withoutAccount = <T extends { accountId: string }>(map: ReadonlyMap<string, T>, accountId: string): ReadonlyMap<string, T> =>
  new Map([...map].filter(([, value]) => value.accountId !== accountId));

/** The overview after `change`; the same object when the change does not concern it. */
export function overviewAfter(overview: Overview, change: Change): Overview {
  switch (change.type) {
    case 'conversation-changed':
      return overviewWith(overview, { conversations: [change.conversation] });
    case 'contact-changed':
      return overviewWith(overview, { contacts: [change.contact] });
    case 'request-added':
    case 'request-changed':
      return overviewWith(overview, { requests: [change.request] });
    case 'request-removed':
      return { ...overview, requests: withEntries(overview.requests, [[change.requestId, undefined]], () => true) };
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
