// A small world without any server: people with whole cores and databases of their own on one network in memory, one fake clock over all of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInputGiven, CallName, CallOutput } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Change } from '../../app/domain/change.ts';
import type { Contact } from '../../app/domain/contact.ts';
import type { Message } from '../../app/domain/message.ts';
import type { NearbyPeer } from '../../app/domain/nearby.ts';
import type { Request } from '../../app/domain/watcher.ts';
import type { Core } from '../../main/accounts/core.ts';
import { createCore } from '../../main/accounts/core.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import type { IdentityMaker } from '../../main/accounts/nearby/make-identity.ts';
import { memoryIdentity, memoryKey } from './memory-identity.ts';
import type { MemoryMulticast } from './memory-multicast.ts';
import { createMemoryMulticast } from './memory-multicast.ts';
import type { MemoryInternet } from './memory-network.ts';
import { createMemoryInternet } from './memory-network.ts';

/** The one network that everybody is on. */
export const HOME = 'home';

export interface NearbyPerson {
  readonly name: string;
  readonly host: string;
  /** Of the account. */
  readonly address: string;
  readonly accountId: string;
  readonly changes: Change[];
  readonly log: string[];
  /** What the keychain has. */
  readonly secrets: Map<string, string>;
  core: Core;
  call<N extends CallName>(name: N, input: CallInputGiven<N>): Promise<CallOutput<N>>;
  /** As the calls tell it now. */
  peers(): Promise<NearbyPeer[]>;
  contact(address: string): Promise<Contact | undefined>;
  requests(): Promise<Request[]>;
  /** Every message with this address, oldest first. */
  messages(address: string): Promise<Message[]>;
  quit(): Promise<void>;
  launch(): Promise<void>;
  restart(): Promise<void>;
}

export interface NearbyWorld {
  readonly clock: FakeClock;
  readonly internet: MemoryInternet;
  readonly multicast: MemoryMulticast;
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
  const folder = mkdtempSync(join(tmpdir(), 'watchword-nearby-'));
  const people: NearbyPerson[] = [];
  return {
    clock,
    internet,
    multicast,
    async person(name, { host = `192.0.2.${people.length + 2}`, listenPort } = {}) {
      const parts = { clock, internet, multicast, name, host, number: people.length + 1, folder };
      const person = await createPerson(parts, listenPort === undefined ? {} : { listenPort });
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
      await clock.advance(10_000);
      rmSync(folder, { recursive: true, force: true });
      const left = { timers: clock.pendingTimers(), sockets: internet.openSockets() };
      if (left.timers > 0 || left.sockets > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
    },
  };
}

interface PersonParts {
  readonly clock: FakeClock;
  readonly internet: MemoryInternet;
  readonly multicast: MemoryMulticast;
  readonly name: string;
  readonly host: string;
  readonly number: number;
  readonly folder: string;
}

async function createPerson(parts: PersonParts, settings: { readonly listenPort?: number }): Promise<NearbyPerson> {
  const { clock, name, host } = parts;
  const changes: Change[] = [];
  const log: string[] = [];
  const secrets = new Map<string, string>();
  let runs = 0;
  let isRunning = true;
  const open = async (): Promise<Core> => {
    const core = await openCore(parts, { secrets, log, run: ++runs });
    core.onChange((change) => changes.push(change));
    return core;
  };
  let core = await open();

  async function call<N extends CallName>(callName: N, input: CallInputGiven<N>): Promise<CallOutput<N>> {
    const result = await clock.run(core.call(callName, input));
    if (!('failure' in result)) return result.output as CallOutput<N>;
    if (result.failure.kind === 'internal') throw new Error(`${callName}: ${result.failure.detail ?? ''}\n${log.join('\n')}`);
    throw new CallFailure(result.failure);
  }

  const { accountId } = await call('addAccount', { kind: 'nearby', displayName: name, ...settings });
  const { accounts } = await call('listAccounts', {});
  const address = accounts.find((account) => account.accountId === accountId)?.address ?? '';
  const person: NearbyPerson = {
    ...{ name, host, address, accountId, changes, log, secrets, call },
    get core() {
      return core;
    },
    set core(next) {
      core = next;
    },
    peers: async () => (await call('listNearby', { accountId })).peers,
    contact: async (of) => (await call('listContacts', { accountId })).contacts.find((one) => one.address === of),
    requests: async () => (await call('listRequests', { accountId })).requests,
    async messages(of) {
      const { conversations } = await call('listConversations', { accountId });
      const conversation = conversations.find((one) => one.address === of);
      return conversation === undefined ? [] : (await call('listMessages', { conversationId: conversation.conversationId })).messages;
    },
    async quit() {
      if (isRunning) await clock.run(core.stop());
      isRunning = false;
    },
    async launch() {
      core = await open();
      isRunning = true;
    },
    async restart() {
      await person.quit();
      await person.launch();
    },
  };
  return person;
}

interface Run {
  readonly secrets: Map<string, string>;
  readonly log: string[];
  readonly run: number;
}

function openCore({ clock, internet, multicast, name, host, number, folder }: PersonParts, { secrets, log, run }: Run): Promise<Core> {
  return createCore({
    clock,
    random: createFakeRandom(number * 1_000 + run),
    network: internet.host(host),
    multicast: multicast.door({ [host]: HOME }),
    interfaces: () => ({ eth0: [{ address: host, family: 'IPv4', cidr: `${host}/24`, internal: false }] }),
    http: {
      request: () => Promise.resolve({ kind: 'http-failed', cause: 'unreachable', reason: 'there is no web here' }),
      close: () => undefined,
    },
    secrets: {
      get: (key) => Promise.resolve(secrets.get(key)),
      set: (key, value) => Promise.resolve(void secrets.set(key, value)),
      delete: (key) => Promise.resolve(void secrets.delete(key)),
    },
    identityMaker: memoryIdentities(`${name}-${number}-${run}`),
    paths: { database: join(folder, `${name}-${number}.db`) },
    defer: (callback) => queueMicrotask(callback),
    product: 'Watchword',
    version: '0.0.0',
    log: (level, text) => void log.push(`${level} ${text}`),
    checksOutputs: true,
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
