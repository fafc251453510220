// A person with a whole core and a database of their own on the network in memory: their program runs, quits, and starts again on the same profile.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CallInputGiven, CallName, CallOutput } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Change } from '../../app/domain/change.ts';
import type { Core } from '../../main/accounts/core.ts';
import { createCore } from '../../main/accounts/core.ts';
import type { IdentityMaker } from '../../main/accounts/nearby/make-identity.ts';
import type { HttpClient } from '../../main/simple/xcap/http-client.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import type { MemoryMulticast } from './memory-multicast.ts';
import type { MemoryInternet } from './memory-network.ts';

/** The one network that everybody is on. */
export const HOME = 'home';

export interface CorePerson {
  readonly host: string;
  readonly databaseFile: string;
  core: Core;
  readonly changes: Change[];
  readonly log: string[];
  /** What the keychain has. */
  readonly secrets: Map<string, string>;
  /** Of their computer, as its system lists it. */
  readonly link: { isUp: boolean };
  call<N extends CallName>(name: N, input: CallInputGiven<N>): Promise<CallOutput<N>>;
  /** Ends the program cleanly. */
  quit(): Promise<void>;
  /** Starts it again on the same profile. */
  launch(): Promise<void>;
  restart(): Promise<void>;
}

export interface SharedWorld {
  readonly clock: FakeClock;
  readonly internet: MemoryInternet;
  readonly multicast: MemoryMulticast;
  /** For the databases. */
  readonly folder: string;
}

interface PersonOptions {
  readonly name: string;
  /** Tells the databases and the random numbers of people apart. */
  readonly number: number;
  readonly host: string;
  readonly http: HttpClient;
  /** Default: the real one. Each run of the program has its own. */
  readonly identities?: (run: number) => IdentityMaker;
}

export async function createCorePerson(world: SharedWorld, { name, number, host, http, identities }: PersonOptions): Promise<CorePerson> {
  const { clock, internet, multicast, folder } = world;
  const databaseFile = join(folder, `${name}-${number}.db`);
  const changes: Change[] = [];
  const log: string[] = [];
  const secrets = new Map<string, string>();
  const link = { isUp: true };
  let runs = 0;
  let isRunning = true;

  async function open(): Promise<Core> {
    const run = ++runs;
    const core = await createCore({
      clock,
      random: createFakeRandom(number * 1_000 + run),
      network: internet.host(host),
      multicast: multicast.door({ [host]: HOME }),
      interfaces: () => (link.isUp ? { eth0: [{ address: host, family: 'IPv4', cidr: `${host}/24`, internal: false }] } : {}),
      http,
      secrets: {
        get: (key) => Promise.resolve(secrets.get(key)),
        set: (key, value) => Promise.resolve(void secrets.set(key, value)),
        delete: (key) => Promise.resolve(void secrets.delete(key)),
      },
      ...(identities === undefined ? {} : { identityMaker: identities(run) }),
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

  const person: CorePerson = {
    ...{ host, databaseFile, changes, log, secrets, link },
    core: await open(),
    async call(callName, input) {
      const result = await clock.run(person.core.call(callName, input));
      if (!('failure' in result)) return result.output as CallOutput<typeof callName>;
      if (result.failure.kind === 'internal') throw new Error(`${callName}: ${result.failure.detail ?? ''}\n${log.join('\n')}`);
      throw new CallFailure(result.failure);
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

/** After everybody has quit: fails when a timer or socket is left. */
export async function leaveNothing({ clock, internet, folder }: SharedWorld): Promise<void> {
  // Longer than any packet may still be under way.
  await clock.advance(10_000);
  rmSync(folder, { recursive: true, force: true });
  const left = { timers: clock.pendingTimers(), sockets: internet.openSockets() };
  if (left.timers > 0 || left.sockets > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
}
