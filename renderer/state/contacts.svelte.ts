// The contacts of all accounts. Bursts of presence changes are gathered, so that a sign-in with thousands of contacts stays smooth.
import { SvelteMap } from 'svelte/reactivity';
import type { Contact } from '../../app/domain/contact.ts';
import type { AppClient, Reply } from '../app-client.ts';
import type { Clock } from '../clock.ts';
import { Gathered } from './delayed.ts';
import { mergeNamed, toNamed, type NamedContact } from './contact-order.ts';
import { typedAddress } from './naming.ts';

/** How long changes are gathered before they are shown; short enough to feel immediate. */
const GATHER_MS = 40;

export class ContactsState {
  readonly byId = new SvelteMap<string, Contact>();
  /** In the order of names. Changes only when somebody comes, goes or is renamed. */
  named = $state.raw<readonly NamedContact[]>([]);
  /** The ids of `named`. */
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
      this.#take(reply.output.contacts);
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
    this.#name(this.named.filter((one) => one.contactId !== contactId));
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
    const renamed: NamedContact[] = [];
    for (const contact of contacts) {
      const before = this.byId.get(contact.contactId);
      if (before === undefined || before.name !== contact.name || before.address !== contact.address) renamed.push(toNamed(contact));
      this.#put(contact);
    }
    if (renamed.length > 0) this.#name(mergeNamed(this.named, renamed));
  }

  #name(named: readonly NamedContact[]): void {
    this.named = named;
    this.order = named.map((one) => one.contactId);
  }

  #put(contact: Contact): void {
    this.byId.set(contact.contactId, contact);
    this.#byAddress.set(`${contact.accountId} ${contact.address}`, contact.contactId);
  }
}
