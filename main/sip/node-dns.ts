// The real resolver: records with their times to live straight from the name servers, names of the hosts file, and the system's own resolver behind it.
import { lookup, Resolver, getServers } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from './clock.ts';
import { createAskServer } from './dns/ask-server.ts';
import { DnsClient } from './dns/dns-client.ts';
import { parseHosts } from './dns/hosts-file.ts';
import { parseServerAddress } from './dns/server-address.ts';
import type { DnsResolver, NetworkAddress } from './network.ts';
import type { Random } from './random.ts';

export interface NodeDnsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Default: the system's. */
  readonly servers?: readonly NetworkAddress[];
  /** Asked for names the name servers do not know (mDNS, search domains). Default: the system's resolver. */
  readonly systemAddresses?: (host: string) => Promise<readonly string[]>;
}

const HOSTS_FILE =
  process.platform === 'win32' ? `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts` : '/etc/hosts';
/** Where our own client knows no server: the same patience as its own. */
const QUERY_TIMEOUT_MS = 1_000;
const QUERY_TRIES = 2;

export function createNodeDns(options: NodeDnsOptions): DnsResolver {
  const { clock, random, systemAddresses = lookUp } = options;
  const servers = (): readonly NetworkAddress[] => options.servers ?? systemServers();
  const client = new DnsClient({ clock, random, ask: createAskServer(clock), servers });
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  return {
    async naptr(name) {
      if (client.hasServers) return client.query('NAPTR', name);
      const records = await emptyWhereNone(resolver.resolveNaptr(name));
      return records.map(({ order, preference, flags, service, replacement }) => ({ order, preference, flags, service, replacement }));
    },
    async srv(name) {
      if (client.hasServers) return client.query('SRV', name);
      const records = await emptyWhereNone(resolver.resolveSrv(name));
      return records.map(({ priority, weight, port, name: target }) => ({ priority, weight, port, target }));
    },
    async addresses(host) {
      if (isIP(host) !== 0) return [host];
      const written = parseHosts(await readFile(HOSTS_FILE, 'utf8').catch(() => '')).get(host.toLowerCase());
      if (written !== undefined) return written;
      // WHY: a name without dot is the local network's, and the system knows how that names its hosts (RFC 6762, search domains).
      const found = host.includes('.') && client.hasServers ? await bothFamilies(client, host) : [];
      return found.length > 0 ? found : systemAddresses(host);
    },
    forget: () => client.forget(),
  };
}

/** RFC 6724 §2.1 in short: IPv6 first where we have it; what does not work is passed over by fail-over. */
async function bothFamilies(client: DnsClient, host: string): Promise<readonly string[]> {
  const [v4, v6] = await Promise.all([client.query('A', host).catch(() => []), client.query('AAAA', host).catch(() => [])]);
  return hasGlobalV6() ? [...v6, ...v4] : [...v4, ...v6];
}

function hasGlobalV6(): boolean {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return all.some((entry) => entry.family === 'IPv6' && !entry.internal && /^[23]/.test(entry.address));
}

function systemServers(): readonly NetworkAddress[] {
  return getServers().flatMap((text) => parseServerAddress(text) ?? []);
}

async function lookUp(host: string): Promise<readonly string[]> {
  const records = await emptyWhereNone(lookup(host, { all: true, order: 'verbatim' }));
  return records.map((record) => record.address);
}

/** The name exists without such a record, or does not exist: an answer, not a failure. */
const NONE: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND', 'NXDOMAIN']);

async function emptyWhereNone<T>(query: Promise<T[]>): Promise<T[]> {
  try {
    return await query;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (NONE.has(code)) return [];
    throw error;
  }
}
