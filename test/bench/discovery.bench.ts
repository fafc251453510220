// Two hundred people who appear on one network at once, over real multicast on the loopback interface: until all are listed, and what it costs.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { createNodeClock, createNodeRandom } from '../../main/sip/index.ts';
import { createDiscovery } from '../../main/simple/discovery/discovery.ts';
import { createNodeMulticast } from '../../main/simple/discovery/node-multicast.ts';
import { hostRecord, ownRecords } from '../../main/simple/discovery/own-records.ts';
import { printPackets } from '../../main/simple/discovery/print-packet.ts';
import { EMPTY_PACKET } from '../../main/simple/discovery/record.ts';
import { type BenchTable, summarize } from './bench.ts';

const PEERS = 200;
const ROUNDS = 7;
const LOOPBACK = '127.0.0.1';
const GROUP = '224.0.0.251';
/** Until the one who looks has joined and asked. */
const SETTLE_MS = 300;
/** A round that lost packets is over then. */
const GIVE_UP_MS = 10_000;

/** Each with three ways, as people with all transports announce themselves. */
function announcements(): Uint8Array[] {
  return Array.from({ length: PEERS }, (_, index) => {
    const host = [`bench${index}`, 'local'];
    const uri = `sip:person${index}@bench.example`;
    const services = (['_sipuri._udp', '_sipuri._tcp', '_sips._tcp'] as const).map((type) => ({ type, port: 5070 }));
    const { shared, unique } = ownRecords({ name: `Person ${index}`, uri, services }, 1, host);
    const address = hostRecord(host, `127.0.${index >> 8}.${index & 255}`);
    return printPackets({ ...EMPTY_PACKET, isResponse: true, answers: [...shared, ...unique, address] });
  }).flat();
}

function openSender(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.bind(0, '0.0.0.0', () => {
      const { port } = socket.address();
      socket.close(() => {
        const shared = createSocket({ type: 'udp4', reuseAddr: true });
        shared.bind(port, '0.0.0.0', () => {
          shared.setMulticastInterface(LOOPBACK);
          resolve(shared);
        });
      });
    });
  });
}

async function round(packets: readonly Uint8Array[]): Promise<{ tookMs: number; cpuMs: number; changes: number; listed: number }> {
  const sender = await openSender();
  const { port } = sender.address();
  const clock = createNodeClock();
  const multicast = createNodeMulticast({ port });
  const discovery = createDiscovery({ clock, random: createNodeRandom(), multicast, log: console.error, interfaces: [LOOPBACK] });
  let changes = -1;
  let listed = 0;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (done = resolve));
  discovery.browse((peers) => {
    changes += 1;
    listed = peers.length;
    if (listed === PEERS) done();
  });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  // One per turn of the loop: the system's buffer holds fewer than two hundred at once.
  for (const bytes of packets) await new Promise((resolve) => sender.send(bytes, port, GROUP, () => setImmediate(resolve)));
  const giveUp = setTimeout(done, GIVE_UP_MS);
  await all;
  clearTimeout(giveUp);
  const { user, system } = process.cpuUsage(startCpu);
  const tookMs = performance.now() - startMs;
  discovery.stop();
  sender.close();
  return { tookMs, cpuMs: (user + system) / 1_000, changes, listed };
}

export default async function bench(): Promise<BenchTable> {
  const packets = announcements();
  await round(packets);
  const rounds: Awaited<ReturnType<typeof round>>[] = [];
  for (let count = 0; count < ROUNDS; count += 1) rounds.push(await round(packets));
  const row = (name: string, pick: (each: (typeof rounds)[number]) => number, unit: string) => summarize(name, rounds.map(pick), unit);
  return {
    title: `${PEERS} people with three ways each appear at once (${packets.length} packets)`,
    rows: [
      row('until all are listed (0.1 s of it is gathering)', ({ tookMs }) => tookMs, 'ms'),
      row('processor time, sending included', ({ cpuMs }) => cpuMs, 'ms'),
      row('lists handed on', ({ changes }) => changes, ''),
      row('people listed', ({ listed }) => listed, ''),
    ],
  };
}
