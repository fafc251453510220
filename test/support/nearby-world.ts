// A small world without any server: people with whole cores and databases of their own on one network in memory, one fake clock over all of it.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contact } from '../../app/domain/contact.ts';
import type { Message } from '../../app/domain/message.ts';
import type { NearbyPeer } from '../../app/domain/nearby.ts';
import type { Request } from '../../app/domain/watcher.ts';
import type { IdentityMaker } from '../../main/accounts/nearby/make-identity.ts';
import type { HttpClient } from '../../main/simple/xcap/http-client.ts';
import type { CorePerson, SharedWorld } from './core-person.ts';
import { createCorePerson, leaveNothing } from './core-person.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import { memoryIdentity, memoryKey } from './memory-identity.ts';
import { createMemoryMulticast } from './memory-multicast.ts';
import { createMemoryInternet } from './memory-network.ts';

export interface NearbyPerson extends CorePerson {
  readonly name: string;
  /** Of the account. */
  readonly address: string;
  readonly accountId: string;
  /** As the calls tell it now. */
  peers(): Promise<NearbyPeer[]>;
  contact(address: string): Promise<Contact | undefined>;
  requests(): Promise<Request[]>;
  /** Every message with this address, oldest first. */
  messages(address: string): Promise<Message[]>;
}

export interface NearbyWorld extends SharedWorld {
  /** Starts the program on a computer of its own (or the given one) with a fresh profile, and an account with that name. */
  person(name: string, settings?: { readonly host?: string; readonly listenPort?: number }): Promise<NearbyPerson>;
  /** Looks again after each change until it holds; fails after so long. */
  until(look: () => Promise<boolean>, atMostMs?: number): Promise<void>;
  /** Ends everybody; fails when a timer or socket is left. */
  end(): Promise<void>;
}

const LOOK_EVERY_MS = 50;
const LONGEST_MS = 60_000;

export async function createNearbyWorld(seed = 1): Promise<NearbyWorld> {
  const clock = createFakeClock();
  const internet = createMemoryInternet(clock, createFakeRandom(seed));
  const multicast = createMemoryMulticast(clock);
  const shared = { clock, internet, multicast, folder: mkdtempSync(join(tmpdir(), 'watchword-nearby-')) };
  const people: NearbyPerson[] = [];
  return {
    ...shared,
    async person(name, { host = `192.0.2.${people.length + 2}`, ...settings } = {}) {
      const person = await createPerson(shared, { name, host, number: people.length + 1 }, settings);
      people.push(person);
      return person;
    },
    async until(look, atMostMs = LONGEST_MS) {
      for (let waitedMs = 0; waitedMs <= atMostMs; waitedMs += LOOK_EVERY_MS) {
        if (await look()) return;
        await clock.advance(LOOK_EVERY_MS);
      }
      throw new Error(`it did not come to that within ${atMostMs} ms:\n${people.flatMap(({ log }) => log.slice(-10)).join('\n')}`);
    },
    async end() {
      for (const person of people) await person.quit();
      await leaveNothing(shared);
    },
  };
}

const NO_WEB: HttpClient = {
  request: () => Promise.resolve({ kind: 'http-failed', cause: 'unreachable', reason: 'there is no web here' }),
  close: () => undefined,
};

async function createPerson(
  world: SharedWorld,
  { name, host, number }: { readonly name: string; readonly host: string; readonly number: number },
  settings: { readonly listenPort?: number },
): Promise<NearbyPerson> {
  const identities = (run: number): IdentityMaker => memoryIdentities(`${name}-${number}-${run}`);
  const person = await createCorePerson(world, { name, host, number, http: NO_WEB, identities });
  const { call } = person;
  const { accountId } = await call('addAccount', { kind: 'nearby', displayName: name, ...settings });
  const { accounts } = await call('listAccounts', {});
  const address = accounts.find((account) => account.accountId === accountId)?.address ?? '';
  return Object.assign(person, {
    ...{ name, address, accountId },
    peers: async () => (await call('listNearby', { accountId })).peers,
    contact: async (of: string) => (await call('listContacts', { accountId })).contacts.find((one) => one.address === of),
    requests: async () => (await call('listRequests', { accountId })).requests,
    async messages(of: string) {
      const { conversations } = await call('listConversations', { accountId });
      const conversation = conversations.find((one) => one.address === of);
      return conversation === undefined ? [] : (await call('listMessages', { conversationId: conversation.conversationId })).messages;
    },
  });
}

/** `seed`: keys made in one run are told apart by it. */
function memoryIdentities(seed: string): IdentityMaker {
  let made = 0;
  return {
    makeKey: () => Promise.resolve(`${seed}-${++made}`),
    certify: (keyPem, address) => Promise.resolve(memoryIdentity(keyPem, [address])),
    keyOf: memoryKey,
  };
}
