// Five thousand subscriptions: what an idle one holds, what idling costs, and how long the loop pauses when all are refreshed and notified at once.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dialogFromRequest, noteRequestSent, requestInDialog } from '../../main/sip/index.ts';
import type { Dialog, Flow } from '../../main/sip/index.ts';
import { type BenchTable, summarize } from './bench.ts';
import { type BenchServer, startBenchServer } from './load/bench-server.ts';

const SUBSCRIPTIONS = 5_000;
const BURSTS = 5;
/** NOTIFYs on their way at once: what fits into the buffers of a connection. */
const OUTSTANDING = 400;
const GRANTED_SECONDS = 3_600;

interface Watcher {
  dialog: Dialog;
  readonly flow: Flow;
}

interface Report {
  readonly bytesEach?: number;
  readonly idlePercent?: number;
  readonly isReady?: boolean;
  readonly pauseMs?: number;
  readonly pauseCpuMs?: number;
  readonly tookMs?: number;
}

function pidf(number: number): Uint8Array {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:person${number}@bench.example">
  <tuple id="t${number}"><status><basic>open</basic></status><contact priority="0.8">sip:person${number}@bench.example</contact>
    <note xml:lang="en">Back at ${number % 12} o'clock</note><timestamp>2026-11-23T09:00:00Z</timestamp></tuple>
  <dm:person id="p${number}"><rpid:activities><rpid:meeting/></rpid:activities><dm:note>In a meeting</dm:note></dm:person>
</presence>`,
  );
}

async function notify({ endpoint }: BenchServer, watcher: Watcher, number: number): Promise<void> {
  const [dialog, request] = requestInDialog(watcher.dialog, 'NOTIFY', {
    flow: watcher.flow,
    headers: [
      { name: 'Event', value: 'presence' },
      { name: 'Subscription-State', value: `active;expires=${GRANTED_SECONDS}` },
      { name: 'Content-Type', value: 'application/pidf+xml' },
    ],
    contact: { user: 'server' },
    body: pidf(number),
  });
  watcher.dialog = dialog;
  const outcome = await endpoint.send(request).outcome;
  if (outcome.kind !== 'final' || outcome.response.status !== 200) throw new Error(`a NOTIFY failed: ${outcome.kind}`);
  watcher.dialog = noteRequestSent(watcher.dialog, outcome.request);
}

/** As fast as they are answered. */
async function notifyAll(server: BenchServer, watchers: readonly Watcher[]): Promise<void> {
  let number = 0;
  const keepNotifying = async (): Promise<void> => {
    for (let watcher = watchers[number]; watcher !== undefined; watcher = watchers[number]) await notify(server, watcher, number++);
  };
  await Promise.all(Array.from({ length: OUTSTANDING }, keepNotifying));
}

/** Takes every subscription, and notifies each new one at once. */
function serveSubscriptions(server: BenchServer): Watcher[] {
  const watchers: Watcher[] = [];
  server.endpoint.onRequest(
    'SUBSCRIBE',
    ({ message, flow }) => {
      const headers = [{ name: 'Expires', value: String(GRANTED_SECONDS) }];
      if (message.to.parameters.some(({ name }) => name === 'tag')) return { status: 200, headers, contact: { user: 'server' } };
      const toTag = `s${watchers.length}`;
      const dialog = dialogFromRequest(message, toTag);
      if (dialog === undefined) return { status: 400 };
      const watcher = { dialog, flow };
      watchers.push(watcher);
      const number = watchers.length;
      setImmediate(() => void notify(server, watcher, number));
      return { status: 200, headers, contact: { user: 'server' }, toTag };
    },
    'presence',
  );
  return watchers;
}

export default async function bench(): Promise<BenchTable> {
  const server = await startBenchServer();
  const watchers = serveSubscriptions(server);
  const agent = join(import.meta.dirname, 'load', 'watching-agent.ts');
  const child = spawn(process.execPath, [agent, String(server.port), String(SUBSCRIPTIONS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Report> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the watching agent ended');
    return JSON.parse(line.value) as Report;
  };
  try {
    const { bytesEach = Number.NaN } = await next();
    const { idlePercent = Number.NaN } = await next();
    const bursts: Report[] = [];
    for (let burst = 0; burst < BURSTS; burst += 1) {
      child.stdin.write('burst\n');
      await next();
      const sent = notifyAll(server, watchers);
      bursts.push(await next());
      await sent;
    }
    const of = (name: 'pauseMs' | 'pauseCpuMs' | 'tookMs'): number[] => bursts.map((report) => report[name] ?? Number.NaN);
    const rows = [
      summarize('memory of an idle subscription', [bytesEach / 1_000], 'kB'),
      summarize('processor time when idle', [idlePercent], '%'),
      summarize('burst: longest pause of the loop', of('pauseMs'), 'ms'),
      summarize('  of that, processor time', of('pauseCpuMs'), 'ms'),
      summarize('  all refreshed, notified and read after', of('tookMs'), 'ms'),
    ];
    return { title: `${SUBSCRIPTIONS.toLocaleString('en')} subscriptions, all refreshed and notified at once`, rows };
  } finally {
    child.stdin.end();
    child.kill('SIGKILL');
    await server.stop();
  }
}
