// Trigger: an account without a server comes online. Result: one endpoint that listens for UDP, TCP and TLS on each chosen network, on the same
// ports as the last time. RFC: 3261 §18.
import { listInterfaces, usableInterfaces } from '../../simple/discovery/usable-interfaces.ts';
import type { Clock, Endpoint, EndpointOptions } from '../../sip/index.ts';
import { createEndpoint } from '../../sip/index.ts';
import type { AccountWorld } from '../account-world.ts';
import { SignInFailure } from '../sign-in-failure.ts';
import { NO_CHOSEN_NETWORK, NO_NETWORK_AT_ALL, portTakenWords } from './words.ts';

type Own = Pick<AccountWorld, 'stored' | 'doors'>;

export interface Listening {
  readonly endpoint: Endpoint;
  /** Of UDP and TCP. */
  readonly port: number;
  readonly tlsPort: number;
  /** Our own addresses that are listened on, link-local ones with their zone. */
  readonly addresses: readonly string[];
}

/** Below the ports that systems hand out by themselves, so that nothing short-lived sits on ours at the next start. */
const FIRST_PORT = 20_000;
const PORT_SPAN = 12_000;
const PORT_TRIES = 20;
/** TLS takes the port after the other, or one of so many more; before it where there are none. */
const TLS_TRIES = 10;
const HIGHEST_PORT = 65_535;
/** RFC 4862 §5.4: for a second or two a new IPv6 address is only tried out on its network, and cannot be listened on. */
const PAUSE_MS = 500;
const MOST_WAITS = 8;
/** Zones mean something for link-local addresses alone. */
const LINK_LOCAL = /^fe[89ab]/i;

/** Those of the person's choice that are there now; without a choice all but point-to-point ones. */
export function chosenAddresses({ stored, doors }: Own): string[] {
  const { interfaces: chosen = [] } = stored.settings;
  const all = doors.interfaces();
  if (chosen.length === 0) return usableInterfaces(all);
  const there = new Map(listInterfaces(all).map(({ address }) => [address.replace(/%.*$/, ''), address]));
  for (const [name, entries = []] of Object.entries(all)) {
    for (const { address, family } of entries)
      if (!there.has(address)) there.set(address, family === 'IPv6' ? `${address}%${name}` : address);
  }
  return [...new Set(chosen.flatMap((address) => there.get(address.replace(/%.*$/, '')) ?? []))];
}

/**
 * Rejects with SignInFailure where there is no such network, or the port is taken; else as the system does. An address that cannot be used
 * yet is waited for, for some seconds; then the others go without it.
 */
export async function listen(world: Own, options: Omit<EndpointOptions, 'listen'>, addresses: readonly string[]): Promise<Listening> {
  if (addresses.length === 0) throw new SignInFailure(world.stored.settings.interfaces?.length ? NO_CHOSEN_NETWORK : NO_NETWORK_AT_ALL);
  let usable = addresses;
  for (let waits = 0; ;) {
    try {
      return { ...(await listenOn(world, options, usable)), addresses };
    } catch (error) {
      const others = usable.filter((address) => bindable(address) !== addressNotThere(error));
      if (others.length === usable.length || others.length === 0) throw error;
      if (waits === MOST_WAITS) usable = others;
      else await pause(world.doors.clock);
      waits = Math.min(waits + 1, MOST_WAITS);
    }
  }
}

async function listenOn(world: Own, options: Omit<EndpointOptions, 'listen'>, addresses: readonly string[]): Promise<Listening> {
  const { listenPort } = world.stored.settings;
  const tries = listenPort === undefined ? PORT_TRIES : 1;
  for (let count = 0; count < tries; count++) {
    const port = listenPort ?? FIRST_PORT + Math.floor(world.doors.random.fraction() * PORT_SPAN);
    const listening = await listenFrom(options, addresses, port);
    if (listening !== undefined) return listening;
  }
  throw new SignInFailure(portTakenWords(listenPort));
}

/** undefined: the port is taken, or all after it are. */
async function listenFrom(
  options: Omit<EndpointOptions, 'listen'>,
  addresses: readonly string[],
  port: number,
): Promise<Listening | undefined> {
  for (let step = 1; step <= TLS_TRIES; step++) {
    // The highest port has none after it.
    const tlsPort = port + step <= HIGHEST_PORT ? port + step : port - step;
    const sockets = addresses.map(bindable).flatMap((address) => [
      { protocol: 'udp' as const, local: { address, port } },
      { protocol: 'tcp' as const, local: { address, port } },
      { protocol: 'tls' as const, local: { address, port: tlsPort } },
    ]);
    try {
      return { endpoint: await createEndpoint({ ...options, listen: sockets }), port, tlsPort, addresses };
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return undefined;
}

function bindable(address: string): string {
  return LINK_LOCAL.test(address) ? address : address.replace(/%.*$/, '');
}

function isTaken(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'EADDRINUSE' || code === 'EACCES';
}

/** The address that this computer does not have, or not yet. */
function addressNotThere(error: unknown): string | undefined {
  if (codeOf(error) !== 'EADDRNOTAVAIL' || !(error instanceof Error) || !('address' in error)) return undefined;
  return typeof error.address === 'string' ? error.address : undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.startTimer(PAUSE_MS, resolve));
}
