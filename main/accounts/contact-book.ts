// The contacts of one account as they are now: stored name and address, presence and subscription in memory.
import type { Contact, SubscriptionState } from '../../app/domain/contact.ts';
import type { ContactPresence } from '../../app/domain/presence.ts';
import type { StoredContact } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { UNKNOWN_PRESENCE } from './merge-presence.ts';
import { createPaced } from './paced.ts';

/**
 * Between two announcements of one contact: below what an eye notices, above what a burst of notifications takes (RFC 6446 is for the wire).
 */
const QUIET_MS = 80;

export interface ContactBook {
  list(): Contact[];
  get(contactId: string): Contact | undefined;
  find(address: string): Contact | undefined;
  /** Takes what was just stored into the book, new or renamed, and announces it. */
  keep(stored: StoredContact): Contact;
  /** Forgets one that was just removed from the store, and announces it. */
  drop(contactId: string): void;
  setPresence(contactId: string, presence: ContactPresence): void;
  setSubscription(contactId: string, subscription: Omit<SubscriptionState, 'sinceMs'>): void;
  /** Tells what waits to be told. */
  stop(): void;
}

export function createContactBook(world: AccountWorld): ContactBook {
  const nowMs = (): number => world.doors.clock.nowMs();
  const contacts = new Map<string, Contact>();
  const asNew = (stored: StoredContact): Contact => ({
    contactId: stored.contactId,
    accountId: stored.accountId,
    address: stored.address,
    name: stored.name,
    presence: UNKNOWN_PRESENCE,
    subscription: { state: 'off', sinceMs: nowMs() },
  });
  /** WHY beside: every message asks for its sender. An address never changes. */
  const idsByAddress = new Map<string, string>();
  for (const stored of world.storage.read((db) => store.listContacts(db, world))) put(asNew(stored));

  const changes = createPaced(world.doors.clock, QUIET_MS, (contactId) => {
    const contact = contacts.get(contactId);
    if (contact !== undefined) world.announce({ type: 'contact-changed', contact });
  });

  function put(contact: Contact): void {
    contacts.set(contact.contactId, contact);
    idsByAddress.set(contact.address, contact.contactId);
  }

  function change(contact: Contact): Contact {
    put(contact);
    changes.ask(contact.contactId);
    return contact;
  }

  return {
    list: () => [...contacts.values()],
    get: (contactId) => contacts.get(contactId),
    find: (address) => contacts.get(idsByAddress.get(address) ?? ''),
    keep: (stored) => change({ ...(contacts.get(stored.contactId) ?? asNew(stored)), name: stored.name }),
    drop(contactId) {
      changes.forget(contactId);
      const address = contacts.get(contactId)?.address ?? '';
      if (idsByAddress.get(address) === contactId) idsByAddress.delete(address);
      if (contacts.delete(contactId)) world.announce({ type: 'contact-removed', contactId, accountId: world.accountId });
    },
    setPresence(contactId, presence) {
      const contact = contacts.get(contactId);
      if (contact === undefined || saysTheSame(contact.presence, presence)) return;
      change({ ...contact, presence });
    },
    setSubscription(contactId, { state, reason, failure }) {
      const contact = contacts.get(contactId);
      if (contact === undefined) return;
      const before = contact.subscription;
      if (before.state === state && before.reason === reason && before.failure === failure) return;
      const words = { ...(reason === undefined ? {} : { reason }), ...(failure === undefined ? {} : { failure }) };
      // WHY: a renewal passes through `working`; what counts for a person is since when it is as it is.
      change({ ...contact, subscription: { state, ...words, sinceMs: before.state === state ? before.sinceMs : nowMs() } });
    },
    stop: () => changes.flush(),
  };
}

/** Two notifications that tell the same: nothing to announce. */
function saysTheSame(one: ContactPresence, other: ContactPresence): boolean {
  return JSON.stringify({ ...one, changedAtMs: 0 }) === JSON.stringify({ ...other, changedAtMs: 0 });
}
