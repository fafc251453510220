// The headless program as others see it: a process, its lines, its profile, its end.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const MAIN = new URL('../../../main/headless/main.ts', import.meta.url).pathname;

let folder: string;
const running = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchword-headless-'));
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

class Program {
  readonly child: ChildProcess;
  readonly lines: unknown[] = [];
  errors = '';
  #waiting: (() => void)[] = [];

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, [MAIN, ...words], { stdio: 'pipe' });
    running.add(this.child);
    let rest = '';
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.lines.push(JSON.parse(line));
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.errors += chunk));
  }

  async until(count: number): Promise<unknown[]> {
    while (this.lines.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.lines;
  }

  say(text: string): void {
    this.child.stdin?.write(`${text}\n`);
  }

  /** Exit code and signal. */
  async ended(): Promise<unknown[]> {
    return this.child.exitCode === null && this.child.signalCode === null
      ? once(this.child, 'exit')
      : [this.child.exitCode, this.child.signalCode];
  }
}

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
const READY = { ready: { version, protocol: 1 } };

it('is ready, answers, and ends cleanly with its input', async () => {
  const program = new Program('--profile', folder);
  expect(await program.until(1)).toEqual([READY]);
  program.say('{"id":1,"call":"listAccounts"}');
  program.say('not JSON');
  program.say('{"id":2,"call":"launchMissiles"}');
  program.child.stdin?.end();
  expect(await program.ended()).toEqual([0, null]);
  expect(program.lines.slice(1)).toEqual(
    expect.arrayContaining([
      { id: 1, output: { accounts: [] } },
      { id: null, failure: { kind: 'invalid-input', reason: 'This line is not JSON.' } },
      { id: 2, failure: { kind: 'unknown-call', reason: 'There is no call “launchMissiles”.' } },
    ]),
  );
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it cleanly', async (signal) => {
  const program = new Program(`--profile=${join(folder, 'made', 'deep')}`);
  await program.until(1);
  program.child.kill(signal);
  expect(await program.ended()).toEqual([0, null]);
});

/** SIGHUP in the kernel's mask of caught signals: the last one that the program asks for, and that Node does not catch by itself. */
const SIGHUP_CAUGHT = 1n;

it.runIf(process.platform === 'linux')('SIGTERM ends it cleanly from the first moment, before anything is loaded or opened', async () => {
  const program = new Program('--profile', folder);
  const status = (): string => readFileSync(`/proc/${program.child.pid}/status`, 'utf8');
  const isListening = (): boolean => (BigInt(`0x${/^SigCgt:\s*(\w+)/mu.exec(status())?.[1] ?? '0'}`) & SIGHUP_CAUGHT) !== 0n;
  while (!isListening()) await new Promise((resolve) => setImmediate(resolve));
  program.child.kill('SIGTERM');
  expect(await program.ended()).toEqual([0, null]);
  expect([program.lines, program.errors, readdirSync(folder)]).toEqual([[], '', []]);
});

it('SIGTERM ends it cleanly while nobody reads its output', async () => {
  const program = new Program('--profile', folder);
  await program.until(1);
  program.child.stdout?.pause();
  // More than pipes hold, with answers that are many times longer.
  program.child.stdin?.on('error', () => undefined);
  program.child.stdin?.write('x\n'.repeat(2_000_000));
  while ((program.child.stdin?.writableLength ?? 0) === 0) await new Promise((resolve) => setImmediate(resolve));
  program.child.kill('SIGTERM');
  expect(await program.ended()).toEqual([0, null]);
});

it('a second process on the same profile says so and exits 1; after a SIGKILL of the first the profile is free', async () => {
  const first = new Program('--profile', folder);
  await first.until(1);
  const second = new Program('--profile', folder);
  expect(await second.ended()).toEqual([1, null]);
  expect([second.lines, second.errors]).toEqual([[], expect.stringContaining('in use by another process')]);
  first.child.kill('SIGKILL');
  await first.ended();
  const third = new Program('--profile', folder);
  expect(await third.until(1)).toEqual([READY]);
});

it('keeps accounts in the profile, the password in a file for its owner alone, and never in the database', async () => {
  const password = 'a-password-to-look-for';
  const program = new Program('--profile', folder);
  // A port where nobody listens: nothing has to answer for an account to be kept.
  const input = {
    address: 'ada@example.invalid',
    password,
    outboundProxy: 'sip:127.0.0.1:9;transport=tcp',
    xcapRoot: 'http://127.0.0.1:9/x',
  };
  program.say(JSON.stringify({ id: 1, call: 'addAccount', input }));
  program.say('{"id":2,"call":"listAccounts"}');
  await program.until(3);
  program.child.stdin?.end();
  expect(await program.ended()).toEqual([0, null]);
  expect(program.lines).toContainEqual({ id: 1, output: { accountId: '1' } });
  const secrets = join(folder, 'secrets.json');
  expect((statSync(secrets).mode & 0o777).toString(8)).toBe('600');
  expect(readFileSync(secrets, 'utf8')).toContain(password);
  expect(readFileSync(join(folder, 'watchword.db')).includes(password)).toBe(false);
  expect(program.errors).not.toContain(password);

  const again = new Program('--profile', folder);
  await again.until(1);
  again.say('{"id":1,"call":"listAccounts"}');
  again.child.stdin?.end();
  await again.ended();
  expect(again.lines).toContainEqual({ id: 1, output: { accounts: [expect.objectContaining({ address: 'sip:ada@example.invalid' })] } });
});

it.each([[[]], [['--profile']], [['--colour']]])('%j is answered with how to start it', async (words) => {
  const program = new Program(...words);
  expect(await program.ended()).toEqual([1, null]);
  expect(program.errors).toContain('npm run headless -- --profile DIR');
});
