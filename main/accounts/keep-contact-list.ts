// Trigger: the person adds, renames or removes a contact; the account is online; the list changed on the server.
// Result: the contact is stored here at once and in the server's list as soon as that is reachable; changes of other devices appear here.
// RFC: 4826 §3, 4825 §8.
import type { Contact } from '../../app/domain/contact.ts';
import { RESOURCE_LISTS_CONTENT_TYPE } from '../simple/document/resource-lists.ts';
import type { XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import type { ContactBook } from './contact-book.ts';
import type { KeptDocument } from './kept-document.ts';
import { keepDocument } from './kept-document.ts';
import type { ListChange, ListDifference } from './list-edits.ts';
import { compareLists } from './list-edits.ts';

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

/** Contacts taken over in one commit: thousands at once would hold the event loop. */
const CHUNK = 200;

export function keepContactList(world: AccountWorld, book: ContactBook, events: ContactEvents): ContactList {
  const document = keepDocument(world, {
    part: 'contactList',
    document: LIST_DOCUMENT,
    apply: (text, edits) => world.documents.run('apply-list', { text, edits }, (text?.length ?? 0) + edits.join('').length),
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

interface InStep {
  readonly text: string | undefined;
  readonly previous: string | undefined;
  readonly sync: () => void;
}

/** One change in a commit; what comes of it is told afterwards. */
type Step = (db: WritableDb) => () => void;

async function takeOver(world: AccountWorld, book: ContactBook, events: ContactEvents, given: InStep): Promise<void> {
  const { text, previous, sync } = given;
  const server = await namesIn(world, text);
  // WHY: a list that vanished, or cannot be read, is no order to remove everybody here.
  if (server === undefined && text !== undefined) return;
  const before = server === undefined || text === previous ? server : await namesIn(world, previous);
  const difference = compareLists(book.list(), server ?? new Map(), before);
  const steps = stepsOf(world, book, events, difference);
  for (let at = 0; at < steps.length; at += CHUNK) {
    const told = await world.storage.commit((db) =>
      hasEdits(db, world) ? undefined : steps.slice(at, at + CHUNK).map((step) => step(db)),
    );
    // What the person changed meanwhile comes first; the next round compares.
    if (told === undefined) return sync();
    for (const tell of told) tell();
  }
  const { toUpload } = difference;
  for (let at = 0; at < toUpload.length; at += CHUNK) await upload(world, toUpload.slice(at, at + CHUNK));
  if (toUpload.length > 0) sync();
  else if (text !== undefined) events.stored();
}

/** As it is in the document; undefined: there is none, or it cannot be read. */
async function namesIn({ documents, address }: AccountWorld, text: string | undefined): Promise<ReadonlyMap<string, string> | undefined> {
  return text === undefined ? undefined : documents.run('list-names', { text, ownAddress: address }, text.length);
}

/** Removals first: only they need to know how the list was before. */
function stepsOf(world: AccountWorld, book: ContactBook, events: ContactEvents, difference: ListDifference): Step[] {
  const { accountId, doors } = world;
  return [
    ...difference.toRemove.map((contactId): Step => (db) => {
      store.removeContact(db, { contactId });
      return () => {
        events.removed(contactId);
        book.drop(contactId);
      };
    }),
    ...difference.toAdd.map((contact): Step => (db) => {
      const stored = store.addContact(db, { ...contact, accountId, createdAtMs: doors.clock.nowMs() });
      return () => stored !== null && events.added(book.keep(stored));
    }),
    ...difference.toRename.map((to): Step => (db) => {
      const stored = store.renameContact(db, to);
      return () => stored !== null && book.keep(stored);
    }),
  ];
}

function hasEdits(db: WritableDb, { accountId }: AccountWorld): boolean {
  return store.listDocumentEdits(db, { accountId, auid: LIST_DOCUMENT.auid }).length > 0;
}

/** Who was removed meanwhile stays so. */
function upload(world: AccountWorld, contacts: readonly Contact[]): Promise<void> {
  return world.storage.commit((db) => {
    for (const { contactId, address, name } of contacts) {
      if (store.getContact(db, { contactId }) !== null) queue(db, world, { kind: 'put', uri: address, name });
    }
  });
}
