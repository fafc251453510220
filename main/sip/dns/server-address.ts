// Name servers as the system lists them.
import { isIP } from 'node:net';
import type { NetworkAddress } from '../network.ts';

const DNS_PORT = 53;
const LARGEST_PORT = 65_535;

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`; undefined for anything else. */
export function parseServerAddress(text: string): NetworkAddress | undefined {
  if (isIP(text) !== 0) return { address: text, port: DNS_PORT };
  const match = /^\[?([^\]]+)\]?:(\d+)$/.exec(text);
  const address = match?.[1] ?? '';
  const port = Number(match?.[2]);
  return isIP(address) === 0 || port === 0 || port > LARGEST_PORT ? undefined : { address, port };
}
