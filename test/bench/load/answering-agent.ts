// A bare user agent in a process of its own: real transactions, no store; answers each MESSAGE 200. Says its port in the first line.
import { createEndpoint, createNodeClock, createNodeNetwork, createNodeRandom } from '../../../main/sip/index.ts';

const local = { address: '127.0.0.1', port: Number(process.argv[2] ?? 0) };
const endpoint = await createEndpoint({
  clock: createNodeClock(),
  random: createNodeRandom(),
  network: createNodeNetwork(),
  log: () => undefined,
  product: 'bench',
  listen: [
    { protocol: 'udp', local },
    { protocol: 'tcp', local },
  ],
  outboundProxy: undefined,
  preferredTransport: undefined,
  caPem: undefined,
  credentials: () => undefined,
});
const ok = { status: 200 };
endpoint.onRequest('MESSAGE', () => ok);
process.stdout.write('ready\n');
process.stdin.on('end', () => void endpoint.stop().then(() => process.exit(0))).resume();
