// The app without a server, on the loopback interface with a multicast port of its own: for the benchmark of people nearby. Tells a JSON line
// when it listens, when so many people are listed, and what a change of presence cost. Arguments: profile folder, multicast port, people.
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { createCore } from '../../../main/accounts/core.ts';
import { createNodeMulticast } from '../../../main/simple/discovery/node-multicast.ts';
import { createNodeHttpClient } from '../../../main/simple/xcap/node-http-client.ts';
import { createNodeClock, createNodeNetwork, createNodeRandom } from '../../../main/sip/index.ts';

const [folder = '', multicastPort = '', people = ''] = process.argv.slice(2);
const secrets = new Map<string, string>();
const clock = createNodeClock();
const core = await createCore({
  clock,
  random: createNodeRandom(),
  network: createNodeNetwork({ clock }),
  multicast: createNodeMulticast({ port: Number(multicastPort) }),
  interfaces: networkInterfaces,
  http: createNodeHttpClient({ clock }),
  secrets: {
    get: (key) => Promise.resolve(secrets.get(key)),
    set: (key, value) => Promise.resolve(void secrets.set(key, value)),
    delete: (key) => Promise.resolve(void secrets.delete(key)),
  },
  paths: { database: join(folder, 'bench.db') },
  defer: (callback) => void setImmediate(callback),
  product: 'Watchword',
  version: '0.0.0',
  log: () => undefined,
});

/** Of the loop since `reset`: a histogram of Node's own, in nanoseconds, with its resolution of a millisecond in each value. */
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let startCpu = process.cpuUsage();

function tell(report: object): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function reset(): void {
  delay.reset();
  startCpu = process.cpuUsage();
}

function cost(): object {
  const { user, system } = process.cpuUsage(startCpu);
  return { cpuMs: (user + system) / 1_000, pauseMs: delay.max / 1e6, rssBytes: process.memoryUsage().rss };
}

core.onChange((change) => {
  if (change.type === 'nearby-changed') tell({ listed: change.peers.length, ...(change.peers.length >= Number(people) ? cost() : {}) });
  if (change.type !== 'account-changed' || change.account.registration.state !== 'ok') return;
  const { listenPort = 0 } = change.account.settings;
  tell({ accountId: change.account.accountId, address: change.account.address, port: listenPort });
});
await core.call('addAccount', { kind: 'nearby', displayName: 'Bench', interfaces: ['127.0.0.1'] });

// Each line is a call, `{"call": …, "input": …}`, `{"reset": true}`, or `{"cost": true}`.
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const wanted = JSON.parse(line) as { call?: string; input?: object; reset?: boolean; cost?: boolean };
    if (wanted.reset === true) reset();
    if (wanted.cost === true) tell({ isCost: true, ...cost() });
    if (wanted.call !== undefined) void core.call(wanted.call, wanted.input ?? {}).then((answer) => tell({ isAnswered: true, answer }));
  })
  .on('close', () => void core.stop().then(() => process.exit(0)));
