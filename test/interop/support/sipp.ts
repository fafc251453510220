// A real SIPp running one of our scenarios to its end.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFree } from '../../../build/server/ports.ts';

const SCENARIOS = join(import.meta.dirname, '..', 'sipp');
const ENDS_WITHIN_SECONDS = 30;
const LOOK_EVERY_MS = 20;

export interface SippRun {
  /** 0: every call went as the scenario says. */
  readonly exitCode: number | null;
  /** All messages sent and received. */
  readonly messages: string;
  readonly output: string;
}

export interface SippOptions {
  readonly scenario: string;
  /** `host:port` of the next hop; needed by scenarios that begin with sending. */
  readonly to?: string;
  readonly localPort: number;
  readonly transport: 'udp' | 'tcp';
  readonly calls: number;
  /** Calls per second. */
  readonly rate?: number;
  /** The user part of the request URI, `[service]` in scenarios. */
  readonly service?: string;
  /** Put in the place of STATUS in the scenario: SIPp wants response codes as literals. */
  readonly status?: number;
  /** Put in the place of METHOD in the scenario. */
  readonly method?: string;
  readonly keys?: Readonly<Record<string, string>>;
}

/** Starts it; resolves when it listens. It ends by itself after `calls` calls, or in failure after half a minute. */
export async function startSipp(options: SippOptions): Promise<{ readonly ended: Promise<SippRun> }> {
  const ended = runSipp(options);
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  while (!hasEnded && (await isFree('127.0.0.1', options.localPort))) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  return { ended };
}

/** Runs it to its end. */
export async function runSipp(options: SippOptions): Promise<SippRun> {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-sipp-'));
  const scenario = join(folder, 'scenario.xml');
  writeFileSync(
    scenario,
    readFileSync(join(SCENARIOS, `${options.scenario}.xml`), 'utf8')
      .replaceAll('STATUS', String(options.status ?? 200))
      .replaceAll('METHOD', options.method ?? 'METHOD'),
  );
  const keys = Object.entries(options.keys ?? {}).flatMap(([name, value]) => ['-key', name, value]);
  const words = [
    ...['-sf', scenario, '-i', '127.0.0.1', '-p', String(options.localPort)],
    ...['-t', options.transport === 'udp' ? 'u1' : 't1', '-m', String(options.calls), '-r', String(options.rate ?? 10)],
    ...['-timeout', String(ENDS_WITHIN_SECONDS), '-timeout_error', '-trace_msg', '-nostdin'],
    ...(options.service === undefined ? [] : ['-s', options.service]),
    ...keys,
    ...(options.to === undefined ? [] : [options.to]),
  ];
  const child = spawn('sipp', words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TERM: 'dumb' } });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString('utf8')));
  child.stderr.on('data', (text: Buffer) => (output += text.toString('utf8')));
  const exitCode = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  const traces = readdirSync(folder)
    .filter((name) => name.endsWith('_messages.log'))
    .map((name) => join(folder, name));
  const messages = traces.map((file) => readFileSync(file, 'utf8')).join('');
  rmSync(folder, { recursive: true, force: true });
  return { exitCode, messages, output };
}
