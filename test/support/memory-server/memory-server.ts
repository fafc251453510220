// A whole SIP server on the internet in memory: registrar, relay that keeps texts, presence agent, documents. Built on the real endpoint.
import type { Endpoint } from '../../../main/sip/index.ts';
import type { FakeClock } from '../fake-clock.ts';
import { createFakeRandom } from '../fake-random.ts';
import type { MemoryInternet } from '../memory-network.ts';
import type { Documents } from './documents.ts';
import { createDocuments } from './documents.ts';
import type { PresenceAgent } from './presence-agent.ts';
import { createPresenceAgent } from './presence-agent.ts';
import type { Registrar } from './registrar.ts';
import { createRegistrar } from './registrar.ts';
import { openEndpoint, udpAndTcp } from '../open-endpoint.ts';

export interface MemoryServer {
  readonly registrar: Registrar;
  readonly agent: PresenceAgent;
  readonly documents: Documents;
  readonly endpoint: Endpoint;
  /** Nobody hears it, and its HTTP side is gone, until `comeBack`. */
  goSilent(): void;
  comeBack(): void;
  stop(): Promise<void>;
}

export interface MemoryServerOptions {
  readonly clock: FakeClock;
  readonly internet: MemoryInternet;
  readonly address: string;
  readonly domain: string;
  /** User → password. */
  readonly users: Readonly<Record<string, string>>;
}

export async function startMemoryServer({ clock, internet, address, domain, users }: MemoryServerOptions): Promise<MemoryServer> {
  internet.dns.addresses = { ...internet.dns.addresses, [domain]: [address] };
  const passwords = new Map(Object.entries(users).map(([user, password]) => [`sip:${user}@${domain}`, password]));
  const random = createFakeRandom(4711);
  const endpoint = await openEndpoint({
    clock,
    random,
    network: internet.host(address),
    listen: udpAndTcp(address, 5060),
    // Only where a test makes it a server for lists (RFC 5365) does anybody ask it for that.
    supported: ['recipient-list-message'],
  });
  const delay = (ms: number): Promise<void> => new Promise((resolve) => clock.startTimer(ms, resolve));
  const documents = createDocuments({ domain, passwords, delay }, (auid, user) => {
    if (auid === 'pres-rules') clock.startTimer(1, () => agent.rulesChanged(user));
  });
  const parts = { clock, random, endpoint, domain, passwords };
  const registrar = createRegistrar(parts);
  const agent: PresenceAgent = createPresenceAgent(parts, (presentity) => documents.text('pres-rules', presentity));
  return {
    registrar,
    agent,
    documents,
    endpoint,
    goSilent() {
      internet.cutOff(address);
      documents.isReachable = false;
    },
    comeBack() {
      internet.heal();
      documents.isReachable = true;
    },
    stop: () => endpoint.stop(),
  };
}
