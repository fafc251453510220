// The system's table of host names: what stands there outranks the DNS.
import { isIP } from 'node:net';

/** Name without case → its addresses in the order they stand. Lines that are none are passed over. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names) {
      const addresses = hosts.get(name.toLowerCase());
      if (addresses === undefined) hosts.set(name.toLowerCase(), [address]);
      else addresses.push(address);
    }
  }
  return hosts;
}
