// The real resolver: NAPTR and SRV straight from the DNS, addresses as the system's own resolver gives them.
import { lookup, Resolver } from 'node:dns/promises';
import type { DnsResolver } from './network.ts';

/** Two servers asked twice each stay below the 5 s a connection attempt gets. */
const QUERY_TIMEOUT_MS = 1_000;
const QUERY_TRIES = 2;

export function createNodeDns(): DnsResolver {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  return {
    async naptr(name) {
      const records = await emptyWhereNone(resolver.resolveNaptr(name));
      return records.map(({ order, preference, flags, service, replacement }) => ({ order, preference, flags, service, replacement }));
    },
    async srv(name) {
      const records = await emptyWhereNone(resolver.resolveSrv(name));
      return records.map(({ priority, weight, port, name: target }) => ({ priority, weight, port, target }));
    },
    // WHY: the hosts file and the system's preference between IPv4 and IPv6 count for addresses.
    async addresses(host) {
      const records = await emptyWhereNone(lookup(host, { all: true, order: 'verbatim' }));
      return records.map((record) => record.address);
    },
  };
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
