// Free ports for the development server. Kamailio shares UDP ports silently, so a busy one must be found before it starts.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

export interface ServerPorts {
  /** SIP over UDP and TCP. */
  readonly sip: number;
  readonly tls: number;
  /** XCAP and WebSocket. */
  readonly http: number;
  readonly https: number;
  readonly msrp: number;
}

export function portsFrom(start: number): ServerPorts {
  return { sip: start, tls: start + 1, http: start + 20, https: start + 21, msrp: start + 30 };
}

const TRIES = 50;
const [LOWEST, HIGHEST] = [20_000, 31_000];
const RANGE = 50;

/** A range whose ports are all free now: `wanted` when it is, else one found at random. */
export async function freePorts(host: string, wanted: number | undefined): Promise<ServerPorts> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const random = LOWEST + RANGE * Math.floor((Math.random() * (HIGHEST - LOWEST)) / RANGE);
    const ports = portsFrom(attempt === 0 ? (wanted ?? random) : random);
    const free = await Promise.all(Object.values(ports).map((port) => isFree(host, port)));
    if (free.every(Boolean)) return ports;
  }
  throw new Error(`no free range of ports on ${host}`);
}

/** Nobody listens there, neither on TCP nor on UDP. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const tcp = new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, host, () => server.close(() => resolve(true)));
  });
  const udp = new Promise<boolean>((resolve) => {
    const socket = createSocket('udp4')
      .once('error', () => resolve(false))
      .bind(port, host, () => socket.close(() => resolve(true)));
  });
  return (await tcp) && (await udp);
}
