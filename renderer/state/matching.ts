// Finds people by what is typed: every word must be in the name or in the address. Case and accents do not matter.
import type { Contact } from '../../app/domain/contact.ts';
import type { NearbyPeer } from '../../app/domain/nearby.ts';
import type { ContactsState } from './contacts.svelte.ts';
import { folded } from './folded.ts';
import { personName, shownAddress } from './naming.ts';
import type { NearbyState } from './nearby.svelte.ts';

/** The words of what is typed, folded. */
const wordsOf = (query: string): string[] => folded(query).split(/\s+/u);

/** Whether all words of `query` are found in `text`. */
export function matches(text: string, query: string): boolean {
  const within = folded(text);
  return wordsOf(query).every((word) => within.includes(word));
}

/** The first `limit` contacts, in the order of names. */
export function matchingPeople(contacts: ContactsState, query: string, limit: number): Contact[] {
  const found: Contact[] = [];
  if (query.trim() === '') return found;
  const wanted = wordsOf(query.trim());
  for (const { contactId, words } of contacts.named) {
    if (!wanted.every((word) => words.includes(word))) continue;
    const contact = contacts.byId.get(contactId);
    if (contact !== undefined) found.push(contact);
    if (found.length === limit) break;
  }
  return found;
}

/** The first `limit` people nearby who are not contacts, in the order of names; all fit nothing typed. */
export function matchingNearby(nearby: NearbyState, contacts: ContactsState, query: string, limit: number): NearbyPeer[] {
  const found: NearbyPeer[] = [];
  for (const key of nearby.order) {
    const peer = nearby.byKey.get(key);
    if (peer === undefined || !peer.isHere || contacts.find(peer.accountId, peer.address) !== undefined) continue;
    if (matches(`${personName(peer.address, '', peer.displayName)} ${shownAddress(peer.address)}`, query.trim())) found.push(peer);
    if (found.length === limit) break;
  }
  return found;
}
