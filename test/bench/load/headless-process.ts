// The headless app as a process to be measured: started, signed in, ended. What it announces is read and forgotten.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENTRY = join(import.meta.dirname, '../../../main/headless/main.ts');
const WITHIN_MS = 20_000;

export interface HeadlessProcess {
  readonly pid: number;
  /** Milliseconds from starting the process to its first line. */
  readonly readyAfterMs: number;
  /** Everything it keeps, on the disk that is measured. */
  readonly folder: string;
  /** Sends one call; resolves when a line matches. */
  call(call: string, input: unknown, answered: RegExp): Promise<void>;
  stop(): Promise<void>;
}

export async function startHeadless(): Promise<HeadlessProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-headless-'));
  const startMs = performance.now();
  const child = spawn(process.execPath, [ENTRY, '--profile', folder], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<never>((_, reject) => child.once('exit', () => reject(new Error('the headless app ended'))));
  ended.catch(() => undefined);
  let seen = '';
  let awaited: { pattern: RegExp; resolve: () => void } | undefined;
  child.stdout.on('data', (bytes: Buffer) => {
    if (awaited === undefined) return;
    seen += bytes.toString('utf8');
    if (!awaited.pattern.test(seen)) return;
    awaited.resolve();
    awaited = undefined;
    seen = '';
  });
  const line = async (pattern: RegExp): Promise<void> => {
    const matched = new Promise<void>((resolve) => (awaited = { pattern, resolve }));
    const late = AbortSignal.timeout(WITHIN_MS);
    const timeout = new Promise<never>((_, reject) => late.addEventListener('abort', () => reject(new Error(`no line like ${pattern}`))));
    await Promise.race([matched, ended, timeout]);
  };
  await line(/^\{"ready"/);
  const readyAfterMs = performance.now() - startMs;
  return {
    pid: child.pid ?? 0,
    readyAfterMs,
    folder,
    async call(call, input, answered) {
      const matched = line(answered);
      child.stdin.write(`${JSON.stringify({ id: 1, call, input })}\n`);
      await matched;
    },
    async stop() {
      child.stdin.end();
      await Promise.race([ended.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
