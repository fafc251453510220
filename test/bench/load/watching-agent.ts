// A user agent that watches many people, in a process of its own: says what an idle subscription holds, what idling costs, and how long its loop pauses in a burst.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parsePidf } from '../../../main/simple/document/pidf.ts';
import { createSubscriber } from '../../../main/simple/event/subscriber.ts';
import type { Subscription } from '../../../main/simple/event/subscription.ts';
import { createNodeClock, createNodeNetwork, createNodeRandom } from '../../../main/sip/index.ts';
import type { SipUri } from '../../../main/sip/index.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

const [port, count] = process.argv.slice(2).map(Number) as [number, number];
const STEP_MS = 20;
const IDLE_MS = 3_000;
/** As their timers would: many, but not all in one turn of the loop. */
const REFRESHED_IN_ONE_TURN = 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const tell = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(STEP_MS);
}

async function heapBytes(): Promise<number> {
  for (let left = 3; left > 0; left -= 1) {
    collectGarbage();
    await sleep(STEP_MS);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The longest time between two turns of the loop while `work` goes on: by the clock, and in processor time of this process. */
async function longestPause(work: () => Promise<void>): Promise<{ pauseMs: number; pauseCpuMs: number }> {
  let isOver = false;
  let pauseMs = 0;
  let pauseCpuMs = 0;
  let lastMs = performance.now();
  let lastCpuMs = cpuMs();
  const turn = (): void => {
    const nowMs = performance.now();
    const nowCpuMs = cpuMs();
    pauseMs = Math.max(pauseMs, nowMs - lastMs);
    pauseCpuMs = Math.max(pauseCpuMs, nowCpuMs - lastCpuMs);
    lastMs = nowMs;
    lastCpuMs = nowCpuMs;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isOver = true;
  return { pauseMs, pauseCpuMs };
}

const clock = createNodeClock();
const random = createNodeRandom();
const network = createNodeNetwork();
const endpoint = await openEndpoint({
  clock,
  random,
  network,
  outboundProxy: uri(undefined, '127.0.0.1', port),
  preferredTransport: 'tcp',
});
const subscriber = createSubscriber({
  endpoint,
  clock,
  random,
  log: () => undefined,
  address: uri('watcher', 'bench.example'),
  event: 'presence',
});

function uri(user: string | undefined, host: string, hostPort?: number): SipUri {
  return { kind: 'sip', scheme: 'sip', user, password: undefined, host, port: hostPort, parameters: [], headers: [] };
}

let notified = 0;
let accepted = 0;
const subscriptions: Subscription[] = [];
function watch(name: string): void {
  const options = {
    target: uri(name, 'bench.example'),
    accept: ['application/pidf+xml'],
    expiresSeconds: 3_600,
    onNotify: ({ body }: { readonly body: Uint8Array }) => void (parsePidf(body).kind === 'ok' && (notified += 1)),
    onAccepted: () => void (accepted += 1),
    onState: () => undefined,
  };
  subscriptions.push(subscriber.subscribe(options));
}

// One first, so that the connection and the code are there.
watch('first');
await until(() => notified === 1);
const before = await heapBytes();
for (let index = 1; index < count; index += 1) watch(`person${index}`);
await until(() => notified >= count && accepted >= count);
await sleep(1_000);
tell({ bytesEach: ((await heapBytes()) - before) / count });

const idleFromCpuMs = cpuMs();
await sleep(IDLE_MS);
tell({ idlePercent: ((cpuMs() - idleFromCpuMs) / IDLE_MS) * 100 });

// Whoever measures is gone.
process.stdin.once('end', () => process.exit(0));
for await (const chunk of process.stdin) {
  if (!String(chunk).includes('burst')) continue;
  const target = { notified: notified + count, accepted: accepted + count };
  const startMs = performance.now();
  const pause = await longestPause(async () => {
    tell({ isReady: true });
    for (const [index, subscription] of subscriptions.entries()) {
      subscription.refreshNow();
      if (index % REFRESHED_IN_ONE_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => notified >= target.notified && accepted >= target.accepted);
  });
  tell({ ...pause, tookMs: performance.now() - startMs });
}
process.exit(0);
