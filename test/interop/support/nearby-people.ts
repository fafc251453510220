// People without a server: a headless process each, on the loopback interface unless said otherwise.
import type { Contact } from '../../../app/domain/contact.ts';
import type { Message } from '../../../app/domain/message.ts';
import type { NearbyPeer } from '../../../app/domain/nearby.ts';
import { HeadlessApp, temporaryProfile } from './headless-app.ts';

export interface NearbyPerson {
  readonly name: string;
  readonly accountId: string;
  readonly address: string;
  readonly profile: string;
  readonly command: readonly string[];
  app: HeadlessApp;
}

export interface NearbyChoice {
  /** Default: loopback. Empty: the app's own default. */
  readonly interfaces?: readonly string[];
  readonly listenPort?: number;
  /** What starts the program, e.g. `ip netns exec …`. */
  readonly command?: readonly string[];
}

const LOOPBACK = '127.0.0.1';
const LONG_MS = 60_000;

/** Makes people, and cleans up after them whatever happened in between. */
export class NearbyPeople {
  readonly #apps = new Set<HeadlessApp>();
  readonly #profiles: { remove(): void }[] = [];

  /** Resolves when they listen. */
  async start(name: string, { interfaces = [LOOPBACK], listenPort, command = [] }: NearbyChoice = {}): Promise<NearbyPerson> {
    const profile = temporaryProfile();
    this.#profiles.push(profile);
    const app = await this.#open(profile.path, command);
    const { accountId } = await app.call('addAccount', {
      kind: 'nearby',
      displayName: name,
      ...(interfaces.length === 0 ? {} : { interfaces: [...interfaces] }),
      ...(listenPort === undefined ? {} : { listenPort }),
    });
    await listens(app);
    const { accounts } = await app.call('listAccounts', {});
    const address = accounts.find((account) => account.accountId === accountId)?.address ?? '';
    return { name, accountId, address, profile: profile.path, command, app };
  }

  /** Again on the same profile, after it ended. */
  async launch(person: NearbyPerson): Promise<void> {
    person.app = await this.#open(person.profile, person.command);
    await listens(person.app);
  }

  async end(): Promise<void> {
    await Promise.allSettled([...this.#apps].map((app) => app.stop()));
    for (const profile of this.#profiles) profile.remove();
  }

  async #open(profile: string, command: readonly string[]): Promise<HeadlessApp> {
    const app = new HeadlessApp(profile, [], command);
    this.#apps.add(app);
    return app.ready();
  }
}

async function listens(app: HeadlessApp): Promise<void> {
  await app.change('account-changed', ({ account }) => account.registration.state === 'ok');
}

/** `whom` as `by` sees them; waits until it suits. */
export async function listed(
  by: NearbyPerson,
  whom: Pick<NearbyPerson, 'address'>,
  suits: (peer: NearbyPeer) => boolean,
): Promise<NearbyPeer> {
  const isThem = (peer: NearbyPeer): boolean => peer.address === whom.address && suits(peer);
  const { peers } = await by.app.until('listNearby', { accountId: by.accountId }, (output) => output.peers.some(isThem), LONG_MS);
  return peers.find(isThem)!;
}

/** Waits until `by` sees `whom` no more on the network. */
export async function gone(by: NearbyPerson, whom: Pick<NearbyPerson, 'address'>): Promise<void> {
  const isThere = ({ address, isHere }: NearbyPeer): boolean => address === whom.address && isHere;
  await by.app.until('listNearby', { accountId: by.accountId }, ({ peers }) => !peers.some(isThere), LONG_MS);
}

/** Both see that the other is here. */
export async function meet(one: NearbyPerson, other: NearbyPerson): Promise<void> {
  await Promise.all([listed(one, other, ({ isHere }) => isHere), listed(other, one, ({ isHere }) => isHere)]);
}

/** `watcher` asks, `presentity` allows, and is seen. */
export async function allow(watcher: NearbyPerson, presentity: NearbyPerson): Promise<void> {
  await watcher.app.call('addContact', { accountId: watcher.accountId, address: presentity.address });
  const { accountId } = presentity;
  const isTheirs = ({ address }: { readonly address: string }): boolean => address === watcher.address;
  const { requests } = await presentity.app.until('listRequests', { accountId }, (output) => output.requests.some(isTheirs));
  await presentity.app.call('decideRequest', { requestId: requests.find(isTheirs)!.requestId, decision: 'allow' });
  await shown(watcher, presentity, 'available');
}

/** Waits until `whom` is shown so to `by`. */
export async function shown(by: NearbyPerson, whom: NearbyPerson, availability: Contact['presence']['availability']): Promise<void> {
  const suits = (contact: Contact): boolean => contact.address === whom.address && contact.presence.availability === availability;
  await by.app.until('listContacts', { accountId: by.accountId }, ({ contacts }) => contacts.some(suits), LONG_MS);
}

export async function write(from: NearbyPerson, to: Pick<NearbyPerson, 'address'>, text: string): Promise<string> {
  return (await from.app.call('sendMessage', { accountId: from.accountId, address: to.address, text })).messageId;
}

/** Waits until what was written arrived, and says so. */
export async function arrived(from: NearbyPerson, to: NearbyPerson, text: string): Promise<void> {
  await to.app.change('message-added', ({ message }) => message.text === text && message.address === from.address, LONG_MS);
  const isDelivered = (message: Message): boolean => message.text === text && message.state === 'delivered';
  await from.app.change('message-changed', ({ message }) => message.address === to.address && isDelivered(message), LONG_MS);
}

export async function exchange(from: NearbyPerson, to: NearbyPerson, text: string): Promise<void> {
  await write(from, to, text);
  await arrived(from, to, text);
}

/** Every text of the chat with `whom`, oldest first. */
export async function texts(of: NearbyPerson, whom: Pick<NearbyPerson, 'address'>): Promise<string[]> {
  const { conversations } = await of.app.call('listConversations', { accountId: of.accountId });
  const conversation = conversations.find(({ address }) => address === whom.address);
  if (conversation === undefined) return [];
  const { messages } = await of.app.call('listMessages', { conversationId: conversation.conversationId });
  return messages.map(({ text }) => text);
}
