// Finds people by what is typed: every word must begin a word of the name or be in the address. Case and accents do not matter.
import type { Contact } from '../../app/domain/contact.ts';
import type { ContactsState } from './contacts.svelte.ts';
import { personName, shownAddress } from './naming.ts';

export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Whether all words of `query` are found in `text`. */
export function matches(text: string, query: string): boolean {
  const within = folded(text);
  return folded(query)
    .split(/\s+/u)
    .every((word) => within.includes(word));
}

/** The first `limit` contacts, in the order of names. */
export function matchingPeople(contacts: ContactsState, query: string, limit: number): Contact[] {
  const found: Contact[] = [];
  if (query.trim() === '') return found;
  for (const id of contacts.order) {
    const contact = contacts.byId.get(id);
    if (contact === undefined) continue;
    if (matches(`${personName(contact.address, contact.name)} ${shownAddress(contact.address)}`, query.trim())) found.push(contact);
    if (found.length === limit) break;
  }
  return found;
}
