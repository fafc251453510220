// A small world for flow tests: a server, people with whole cores and databases of their own, one fake clock over all of it.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CorePerson, SharedWorld } from './core-person.ts';
import { createCorePerson, leaveNothing } from './core-person.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import { createMemoryInternet } from './memory-network.ts';
import { createMemoryMulticast } from './memory-multicast.ts';
import type { MemoryServer } from './memory-server/memory-server.ts';
import { startMemoryServer } from './memory-server/memory-server.ts';
import type { LinkQuality } from './memory-world.ts';

export const DOMAIN = 'example.test';
export const XCAP_ROOT = `https://xcap.${DOMAIN}/xcap-root`;
const SERVER_ADDRESS = '192.0.2.1';
const PASSWORDS = { ada: 'correct horse', bob: 'battery staple', carol: 'tropical storm' } as const;
type PersonName = keyof typeof PASSWORDS;

export interface Person extends CorePerson {
  readonly address: string;
  /** Adds the account and waits until everything is in order. Returns its id. */
  signIn(transport?: 'udp' | 'tcp'): Promise<string>;
}

export interface FlowWorld extends SharedWorld {
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
  const shared = { clock, internet, multicast, folder: mkdtempSync(join(tmpdir(), 'watchword-flow-')) };
  const people: Person[] = [];
  return {
    ...shared,
    server,
    until: (condition, atMostMs) => clock.until(condition, atMostMs),
    async person(name) {
      const person = await createPerson(shared, server, { name, number: people.length + 2 });
      people.push(person);
      return person;
    },
    async end() {
      for (const person of people) await person.quit();
      await clock.run(server.stop());
      await leaveNothing(shared);
    },
  };
}

async function createPerson(
  world: SharedWorld,
  server: MemoryServer,
  { name, number }: { readonly name: PersonName; readonly number: number },
): Promise<Person> {
  const person = await createCorePerson(world, { name, number, host: `192.0.2.${number}`, http: server.documents.http });
  const address = `sip:${name}@${DOMAIN}`;
  const signIn: Person['signIn'] = async (transport = 'udp') => {
    const { accountId } = await person.call('addAccount', { address, password: PASSWORDS[name], xcapRoot: XCAP_ROOT, transport });
    await world.clock
      .until(() => isInOrder(person, accountId))
      .catch((error: unknown) => {
        throw new Error(`${name} is not in order: ${describeAccount(person, accountId)}\n${person.log.join('\n')}`, { cause: error });
      });
    return accountId;
  };
  return Object.assign(person, { address, signIn });
}

const PARTS = ['registration', 'publication', 'watcherInfo', 'policy', 'contactList'] as const;

/** Every part of the account says ok, by the last change that was announced. */
export function isInOrder(person: CorePerson, accountId: string): boolean {
  const last = person.changes.findLast((change) => change.type === 'account-changed' && change.account.accountId === accountId);
  return last?.type === 'account-changed' && PARTS.every((part) => last.account[part].state === 'ok');
}

function describeAccount(person: CorePerson, accountId: string): string {
  const last = person.changes.findLast((change) => change.type === 'account-changed' && change.account.accountId === accountId);
  return last?.type === 'account-changed'
    ? JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, last.account[part]])))
    : 'nothing said';
}
