// MESSAGE received by the headless app, each durable before its 200, beside what this disk can append and sync in the same run; and how soon the app is ready.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchRow, type BenchTable, summarize } from './bench.ts';
import { type HeadlessProcess, startHeadless } from './load/headless-process.ts';
import { type MessageSource, startMessageSource } from './load/message-source.ts';
import { cpuSeconds } from './load/process-cost.ts';

const ROUNDS = 5;
const ROUND_MS = 1_500;
/** Before and after each load: what others do to the disk changes from second to second. */
const DISK_MS = 400;
/** Outstanding at a time. One: the next only after the 200 for the last. */
const LOADS = [1, 16, 100, 200];
/** About what one message adds to a history. */
const RECORD_BYTES = 800;
const STARTS = 5;
const AGENT = join(import.meta.dirname, 'load/syncing-agent.ts');

/** Appends and syncs one record after the other, on the disk of the app's database. */
function appendAndSync(folder: string): number {
  const file = openSync(join(folder, 'append-and-sync'), 'a');
  const record = Buffer.alloc(RECORD_BYTES, 'x');
  const startMs = performance.now();
  let count = 0;
  for (; performance.now() - startMs < DISK_MS; count += 1) {
    writeSync(file, record);
    fdatasyncSync(file);
  }
  closeSync(file);
  return (count * 1_000) / (performance.now() - startMs);
}

function signIn(app: HeadlessProcess, { port }: MessageSource): Promise<void> {
  const account = { address: 'sip:bob@bench.example', password: 'secret', outboundProxy: `sip:127.0.0.1:${port};transport=tcp` };
  return app.call('addAccount', account, /"registration":\{"state":"ok"/);
}

interface Measured {
  readonly rates: number[];
  readonly ratios: number[];
  readonly cpuUs: number[];
}

function rowsFor(outstanding: number, { rates, ratios, cpuUs }: Measured): BenchRow[] {
  const name = outstanding === 1 ? 'one at a time' : `${outstanding} outstanding`;
  return [
    summarize(name, rates, 'messages/s'),
    summarize('  ours / append and sync', ratios, 'times'),
    summarize('  processor time for each', cpuUs, 'µs'),
  ];
}

/** A process that only appends, syncs and answers. WHY: waking up for each message costs what append and sync in a loop never pays. */
async function startSyncingAgent(folder: string): Promise<MessageSource> {
  const source = await startMessageSource();
  const child = fork(AGENT, [String(source.port), folder, String(RECORD_BYTES)], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return source;
}

async function benchDurability(): Promise<BenchTable> {
  const source = await startMessageSource();
  const app = await startHeadless();
  let agent: MessageSource | undefined;
  try {
    await signIn(app, source);
    agent = await startSyncingAgent(app.folder);
    const disk: number[] = [];
    const agentRatios: number[] = [];
    const measured = LOADS.map((): Measured => ({ rates: [], ratios: [], cpuUs: [] }));
    for (const outstanding of LOADS) await source.send(outstanding, ROUND_MS);
    for (let round = 0; round < ROUNDS; round += 1) {
      let before = appendAndSync(app.folder);
      const alone = await agent.send(1, ROUND_MS);
      const between = appendAndSync(app.folder);
      agentRatios.push((2_000 * alone.count) / alone.spanMs / (before + between));
      before = between;
      for (const [index, outstanding] of LOADS.entries()) {
        const startSeconds = cpuSeconds(app.pid);
        const { count, spanMs } = await source.send(outstanding, ROUND_MS);
        const rate = (count * 1_000) / spanMs;
        const usedSeconds = cpuSeconds(app.pid) - startSeconds;
        const after = appendAndSync(app.folder);
        measured[index]?.rates.push(rate);
        measured[index]?.ratios.push((2 * rate) / (before + after));
        measured[index]?.cpuUs.push((usedSeconds * 1_000_000) / count);
        disk.push(after);
        before = after;
      }
    }
    const rows = measured.flatMap((each, index) => rowsFor(LOADS[index] ?? 0, each));
    return {
      title: 'MESSAGE to the headless app, durable before its 200',
      rows: [
        summarize('append and sync', disk, 'records/s'),
        summarize('one at a time: only append, sync and answer / append and sync', agentRatios, 'times'),
        ...rows,
      ],
    };
  } finally {
    await app.stop();
    await source.stop();
    await agent?.stop();
  }
}

async function benchStart(): Promise<BenchTable> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const app = await startHeadless();
    times.push(app.readyAfterMs);
    await app.stop();
  }
  return { title: 'Starting the headless app, with a new profile', rows: [summarize('to its first line', times, 'ms')] };
}

export default async function bench(): Promise<readonly BenchTable[]> {
  return [await benchDurability(), await benchStart()];
}
