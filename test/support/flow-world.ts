// A small world for flow tests: a server, people with whole cores and databases of their own, one fake clock over all of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallInputGiven, CallName, CallOutput } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Change } from '../../app/domain/change.ts';
import type { Core, SecretStore } from '../../main/accounts/core.ts';
import { createCore } from '../../main/accounts/core.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import type { MemoryInternet } from './memory-network.ts';
import { createMemoryInternet } from './memory-network.ts';
import { createMemoryMulticast } from './memory-multicast.ts';
import type { MemoryMulticast } from './memory-multicast.ts';
import type { MemoryServer } from './memory-server/memory-server.ts';
import { startMemoryServer } from './memory-server/memory-server.ts';
import type { LinkQuality } from './memory-world.ts';

export const DOMAIN = 'example.test';
export const XCAP_ROOT = `https://xcap.${DOMAIN}/xcap-root`;
const SERVER_ADDRESS = '192.0.2.1';
const PASSWORDS = { ada: 'correct horse', bob: 'battery staple', carol: 'tropical storm' } as const;
export type PersonName = keyof typeof PASSWORDS;

export interface Person {
  readonly address: string;
  readonly host: string;
  readonly databaseFile: string;
  core: Core;
  readonly changes: Change[];
  readonly log: string[];
  call<N extends CallName>(name: N, input: CallInputGiven<N>): Promise<CallOutput<N>>;
  /** Adds the account and waits until everything is in order. Returns its id. */
  signIn(transport?: 'udp' | 'tcp'): Promise<string>;
  /** Ends the program cleanly and starts it again on the same profile. */
  restart(): Promise<void>;
  /** Ends the program cleanly. */
  quit(): Promise<void>;
  /** Starts it again. */
  launch(): Promise<void>;
}

export interface FlowWorld {
  readonly clock: FakeClock;
  readonly internet: MemoryInternet;
  readonly multicast: MemoryMulticast;
  readonly server: MemoryServer;
  person(name: PersonName): Promise<Person>;
  /** Moves time on until it holds. */
  until(condition: () => boolean, atMostMs?: number): Promise<void>;
  /** Ends everybody and everything; fails when a timer or socket is left. */
  end(): Promise<void>;
}

export async function createFlowWorld(quality: Partial<LinkQuality> = {}, seed = 1): Promise<FlowWorld> {
  const clock = createFakeClock();
  const internet = createMemoryInternet(clock, createFakeRandom(seed), quality);
  const multicast = createMemoryMulticast(clock);
  const server = await startMemoryServer({ clock, internet, address: SERVER_ADDRESS, domain: DOMAIN, users: PASSWORDS });
  const folder = mkdtempSync(join(tmpdir(), 'watchword-flow-'));
  const people: Person[] = [];
  return {
    clock,
    internet,
    multicast,
    server,
    until: (condition, atMostMs) => clock.until(condition, atMostMs),
    async person(name) {
      const person = await createPerson({ clock, internet, multicast, server, name, folder, number: people.length + 2 });
      people.push(person);
      return person;
    },
    async end() {
      for (const person of people) await person.quit();
      await clock.run(server.stop());
      // Longer than any packet may still be under way.
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
  readonly server: MemoryServer;
  readonly name: PersonName;
  readonly folder: string;
  readonly number: number;
}

async function createPerson({ clock, internet, multicast, server, name, folder, number }: PersonParts): Promise<Person> {
  const host = `192.0.2.${number}`;
  const secrets = memorySecrets();
  const changes: Change[] = [];
  const log: string[] = [];
  const databaseFile = join(folder, `${name}-${number}.db`);
  let runs = 0;
  let isRunning = true;

  async function open(): Promise<Core> {
    const core = await createCore({
      clock,
      random: createFakeRandom(number * 1_000 + ++runs),
      network: internet.host(host),
      multicast: multicast.door({ [host]: 'home' }),
      interfaces: () => ({ eth0: [{ address: host, family: 'IPv4', cidr: `${host}/24`, internal: false }] }),
      http: server.documents.http,
      secrets,
      paths: { database: databaseFile },
      defer: (callback) => queueMicrotask(callback),
      product: 'Watchword',
      version: '0.0.0',
      log: (level, text) => void log.push(`${level} ${text}`),
      checksOutputs: true,
    });
    core.onChange((change) => changes.push(change));
    return core;
  }

  const person: Person = {
    address: `sip:${name}@${DOMAIN}`,
    host,
    databaseFile,
    core: await open(),
    changes,
    log,
    async call(callName, input) {
      const result = await clock.run(person.core.call(callName, input));
      if ('failure' in result) {
        if (result.failure.kind === 'internal') throw new Error(`${callName}: ${result.failure.detail ?? ''}\n${log.join('\n')}`);
        throw new CallFailure(result.failure);
      }
      return result.output as CallOutput<typeof callName>;
    },
    async signIn(transport = 'udp') {
      const settings = { address: person.address, password: PASSWORDS[name], xcapRoot: XCAP_ROOT, transport };
      const { accountId } = await person.call('addAccount', settings);
      await clock
        .until(() => isInOrder(person, accountId))
        .catch((error: unknown) => {
          throw new Error(`${name} is not in order: ${describeAccount(person, accountId)}\n${log.join('\n')}`, { cause: error });
        });
      return accountId;
    },
    async quit() {
      if (isRunning) await clock.run(person.core.stop());
      isRunning = false;
    },
    async launch() {
      person.core = await open();
      isRunning = true;
    },
    async restart() {
      await person.quit();
      await person.launch();
    },
  };
  return person;
}

const PARTS = ['registration', 'publication', 'watcherInfo', 'policy', 'contactList'] as const;

/** Every part of the account says ok, by the last change that was announced. */
export function isInOrder(person: Person, accountId: string): boolean {
  const last = person.changes.findLast((change) => change.type === 'account-changed' && change.account.accountId === accountId);
  return last?.type === 'account-changed' && PARTS.every((part) => last.account[part].state === 'ok');
}

function describeAccount(person: Person, accountId: string): string {
  const last = person.changes.findLast((change) => change.type === 'account-changed' && change.account.accountId === accountId);
  return last?.type === 'account-changed'
    ? JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, last.account[part]])))
    : 'nothing said';
}

function memorySecrets(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(secrets.get(key)),
    set: (key, value) => Promise.resolve(void secrets.set(key, value)),
    delete: (key) => Promise.resolve(void secrets.delete(key)),
  };
}
