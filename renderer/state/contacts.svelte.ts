// The contacts of all accounts. Bursts of presence changes are gathered, so that a sign-in with thousands of contacts stays smooth.
import { SvelteMap } from 'svelte/reactivity';
import type { Contact } from '../../app/domain/contact.ts';
import type { AppClient, Reply } from '../app-client.ts';
import type { Clock } from '../clock.ts';
import { Gathered } from './delayed.ts';
import { personName, typedAddress } from './naming.ts';

/** How long changes are gathered before they are shown; short enough to feel immediate. */
const GATHER_MS = 40;

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

export class ContactsState {
  readonly byId = new SvelteMap<string, Contact>();
  /** Ids in the order of names. Changes only when somebody comes, goes or is renamed. */
  order = $state.raw<readonly string[]>([]);
  isLoaded = $state(false);
  /** Why the list could not be read; '' when it could. */
  failureReason = $state('');
  readonly #byAddress = new SvelteMap<string, string>();
  readonly #client: AppClient;
  readonly #gathered: Gathered<Contact>;

  constructor(client: AppClient, clock: Clock) {
    this.#client = client;
    this.#gathered = new Gathered(clock, GATHER_MS, (contacts) => this.#take(contacts));
  }

  async load(accountId: string): Promise<void> {
    const reply = await this.#client.call('listContacts', { accountId });
    if (reply.kind === 'ok') {
      for (const contact of reply.output.contacts) this.#put(contact);
      this.#sort();
    }
    this.failureReason = reply.kind === 'ok' ? '' : reply.failure.reason;
    this.isLoaded = true;
  }

  find(accountId: string, address: string): Contact | undefined {
    const id = this.#byAddress.get(`${accountId} ${address}`);
    return id === undefined ? undefined : this.byId.get(id);
  }

  applyContact(contact: Contact): void {
    this.#gathered.put(contact.contactId, contact);
  }

  applyRemoved(contactId: string): void {
    this.#gathered.drop(contactId);
    const contact = this.byId.get(contactId);
    if (contact === undefined) return;
    this.byId.delete(contactId);
    this.#byAddress.delete(`${contact.accountId} ${contact.address}`);
    this.order = this.order.filter((id) => id !== contactId);
  }

  applyAccountRemoved(accountId: string): void {
    for (const contact of [...this.byId.values()]) if (contact.accountId === accountId) this.applyRemoved(contact.contactId);
  }

  add(accountId: string, address: string, name: string): Promise<Reply<'addContact'>> {
    return this.#client.call('addContact', {
      accountId,
      address: typedAddress(address),
      ...(name.trim() === '' ? {} : { name: name.trim() }),
    });
  }

  rename(contactId: string, name: string): Promise<Reply<'renameContact'>> {
    return this.#client.call('renameContact', { contactId, name: name.trim() });
  }

  /** Asks somebody again who refused. */
  askAgain(contactId: string): Promise<Reply<'askAgain'>> {
    return this.#client.call('askAgain', { contactId });
  }

  async remove(contactId: string): Promise<Reply<'removeContact'>> {
    const reply = await this.#client.call('removeContact', { contactId });
    if (reply.kind === 'ok') this.applyRemoved(contactId);
    return reply;
  }

  #take(contacts: readonly Contact[]): void {
    let hasNewOrder = false;
    for (const contact of contacts) {
      const before = this.byId.get(contact.contactId);
      if (before === undefined || before.name !== contact.name || before.address !== contact.address) hasNewOrder = true;
      this.#put(contact);
    }
    if (hasNewOrder) this.#sort();
  }

  #put(contact: Contact): void {
    this.byId.set(contact.contactId, contact);
    this.#byAddress.set(`${contact.accountId} ${contact.address}`, contact.contactId);
  }

  #sort(): void {
    const named = [...this.byId.values()].map((contact) => ({ id: contact.contactId, name: personName(contact.address, contact.name) }));
    named.sort((a, b) => collator.compare(a.name, b.name));
    this.order = named.map((entry) => entry.id);
  }
}
