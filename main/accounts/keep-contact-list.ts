// Trigger: the person adds, renames or removes a contact; the account is online; the list changed on the server.
// Result: the contact is stored here at once and in the server's list as soon as that is reachable; changes of other devices appear here.
// RFC: 4826 §3, 4825 §8.
import type { Contact } from '../../app/domain/contact.ts';
import type { ListEntry } from '../simple/document/resource-lists.ts';
import { RESOURCE_LISTS_CONTENT_TYPE, allEntries, parseResourceLists, putEntry, removeEntry } from '../simple/document/resource-lists.ts';
import type { XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { canonicalAddress } from './address-text.ts';
import { cleanName } from './clean-text.ts';
import type { ContactBook } from './contact-book.ts';
import type { Applied, KeptDocument } from './kept-document.ts';
import { keepDocument } from './kept-document.ts';

export interface ContactList {
  /** null: there already. */
  add(address: string, name: string): Promise<Contact | null>;
  rename(contactId: string, name: string): Promise<void>;
  remove(contactId: string): Promise<void>;
  /** Connected and disconnected with the account. */
  readonly document: KeptDocument;
}

/** Who is told of contacts that come and go, to watch them. */
export interface ContactEvents {
  added(contact: Contact): void;
  removed(contactId: string): void;
  /** The server has the list as it is here. */
  stored(): void;
}

export const LIST_DOCUMENT: XcapDocument = { auid: 'resource-lists', contentType: RESOURCE_LISTS_CONTENT_TYPE };

type ListChange = { readonly kind: 'put'; readonly uri: string; readonly name: string } | { readonly kind: 'remove'; readonly uri: string };

/** More contacts than a list of people has; what a server's list holds beyond is left there. */
const CONTACT_LIMIT = 5_000;

export function keepContactList(world: AccountWorld, book: ContactBook, events: ContactEvents): ContactList {
  const document = keepDocument(world, {
    part: 'contactList',
    document: LIST_DOCUMENT,
    apply: applyListChanges,
    onStored: () => [],
    onInStep: (text, previous) => takeOver(world, book, events, { text, previous, sync: () => document.sync() }),
    onFailed: () => undefined,
  });

  return {
    document,
    async add(address, name) {
      const stored = await world.storage.commit((db) => {
        const contact = store.addContact(db, { accountId: world.accountId, address, name, createdAtMs: world.doors.clock.nowMs() });
        if (contact !== null) queue(db, world, { kind: 'put', uri: address, name });
        return contact;
      });
      if (stored === null) return null;
      const contact = book.keep(stored);
      events.added(contact);
      document.sync();
      return contact;
    },
    async rename(contactId, name) {
      const stored = await world.storage.commit((db) => {
        const contact = store.renameContact(db, { contactId, name });
        if (contact !== null) queue(db, world, { kind: 'put', uri: contact.address, name });
        return contact;
      });
      if (stored !== null) book.keep(stored);
      document.sync();
    },
    async remove(contactId) {
      await world.storage.commit((db) => {
        const contact = store.getContact(db, { contactId });
        if (contact !== null) queue(db, world, { kind: 'remove', uri: contact.address });
        store.removeContact(db, { contactId });
      });
      events.removed(contactId);
      book.drop(contactId);
      document.sync();
    },
  };
}

function queue(db: WritableDb, world: AccountWorld, change: ListChange): void {
  const { accountId, doors } = world;
  store.addDocumentEdit(db, { accountId, auid: LIST_DOCUMENT.auid, edit: JSON.stringify(change), createdAtMs: doors.clock.nowMs() });
}

/** Pure. */
export function applyListChanges(text: string | undefined, edits: readonly string[]): Applied {
  let current = text;
  for (const editText of edits) {
    const change = JSON.parse(editText) as ListChange;
    if (change.kind === 'remove' && current === undefined) continue;
    const edited =
      change.kind === 'put' ? putEntry(current, { uri: change.uri, displayName: change.name }) : removeEntry(current ?? '', change.uri);
    if (edited.kind === 'failure') return { kind: 'failure', reason: `${edited.reason} (at ${edited.offset})` };
    current = edited.text;
  }
  return { kind: 'ok', text: current };
}

export interface ListDifference {
  readonly toAdd: readonly { readonly address: string; readonly name: string }[];
  readonly toRename: readonly { readonly contactId: string; readonly name: string }[];
  readonly toRemove: readonly string[];
  /** Here and not there: the server is to get them. */
  readonly toUpload: readonly Contact[];
}

/**
 * What another device did, found by comparing the server's list with how it was before (three ways, pure): gone there and known there
 * before means removed there; gone there and never known there means new here.
 */
export function compareLists(
  local: readonly Contact[],
  server: ReadonlyMap<string, string>,
  previous: ReadonlyMap<string, string> | undefined,
): ListDifference {
  const here = new Map(local.map((contact) => [contact.address, contact]));
  return {
    toAdd: [...server].filter(([address]) => !here.has(address)).map(([address, name]) => ({ address, name })),
    toRename: [...server].flatMap(([address, name]) => {
      const contact = here.get(address);
      const isNewThere = previous !== undefined && previous.get(address) !== name;
      const isWanted = contact !== undefined && contact.name !== name && name !== '' && (isNewThere || contact.name === '');
      return isWanted ? [{ contactId: contact.contactId, name }] : [];
    }),
    toRemove: local.filter(({ address }) => !server.has(address) && previous?.has(address) === true).map(({ contactId }) => contactId),
    toUpload: local.filter(({ address }) => !server.has(address) && previous?.has(address) !== true),
  };
}

/** By canonical address; undefined: no such document. Other entries (telephone numbers, lists) stay where they are, unseen. */
function entriesOf(text: string | undefined, ownAddress: string): Map<string, string> | undefined {
  if (text === undefined) return undefined;
  const parsed = parseResourceLists(text);
  if (parsed.kind === 'failure') return undefined;
  return new Map(
    allEntries(parsed.document)
      .flatMap((entry: ListEntry) => {
        const address = canonicalAddress(entry.uri);
        return address === undefined || address === ownAddress ? [] : [[address, cleanName(entry.displayName)] as const];
      })
      .slice(0, CONTACT_LIMIT),
  );
}

interface InStep {
  readonly text: string | undefined;
  readonly previous: string | undefined;
  readonly sync: () => void;
}

async function takeOver(world: AccountWorld, book: ContactBook, events: ContactEvents, { text, previous, sync }: InStep): Promise<void> {
  const server = entriesOf(text, world.address);
  // WHY: a list that vanished, or cannot be read, is no order to remove everybody here.
  if (server === undefined && text !== undefined) return;
  const waiting = world.storage.read((db) => store.listDocumentEdits(db, { accountId: world.accountId, auid: LIST_DOCUMENT.auid }));
  // What the person changed meanwhile comes first; the next round compares.
  if (waiting.length > 0) return sync();
  const difference = compareLists(book.list(), server ?? new Map(), server === undefined ? undefined : entriesOf(previous, world.address));
  const nowMs = world.doors.clock.nowMs();
  const { added, renamed } = await world.storage.commit((db) => {
    for (const contact of difference.toUpload) queue(db, world, { kind: 'put', uri: contact.address, name: contact.name });
    for (const contactId of difference.toRemove) store.removeContact(db, { contactId });
    return {
      added: difference.toAdd.map(({ address, name }) =>
        store.addContact(db, { accountId: world.accountId, address, name, createdAtMs: nowMs }),
      ),
      renamed: difference.toRename.map((to) => store.renameContact(db, to)),
    };
  });
  for (const contactId of difference.toRemove) {
    events.removed(contactId);
    book.drop(contactId);
  }
  for (const stored of added) if (stored !== null) events.added(book.keep(stored));
  for (const stored of renamed) if (stored !== null) book.keep(stored);
  if (difference.toUpload.length > 0) sync();
  else if (text !== undefined) events.stored();
}
