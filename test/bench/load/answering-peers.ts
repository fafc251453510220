// The user agents that answer MESSAGE under load, each in a process of its own: ours without a store, and baresip.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, isFree } from '../../../build/server/ports.ts';

export interface AnsweringPeer {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const STARTS_WITHIN_MS = 15_000;
const STEP_MS = 50;

async function untilListening(port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < STARTS_WITHIN_MS; waitedMs += STEP_MS) {
    if (!(await isFree(HOST, port))) return;
    await sleep(STEP_MS);
  }
  throw new Error(`nobody listens on port ${port}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exit;
  clearTimeout(timer);
}

export async function startOurs(nodeOptions: readonly string[] = []): Promise<AnsweringPeer> {
  const { sip: port } = await freePorts(HOST, undefined);
  const child = spawn(process.execPath, [...nodeOptions, join(import.meta.dirname, 'answering-agent.ts'), String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => child.stdout.once('data', resolve).once('end', () => reject(new Error('our agent ended'))));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await Promise.race([new Promise((resolve) => child.once('exit', resolve)), sleep(3_000)]);
    await ended(child);
  };
  return { name: 'ours', pid: child.pid ?? 0, port, stop };
}

/** Throws where baresip is not installed. */
export async function startBaresip(): Promise<AnsweringPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-baresip-'));
  const { sip: port } = await freePorts(HOST, undefined);
  const settings = [
    `sip_listen ${HOST}:${port}`,
    `net_interface ${HOST}`,
    'module_path /usr/lib/baresip/modules',
    ...['g711', 'aubridge'].map((name) => `module ${name}.so`),
    'module_tmp account.so',
    'module_app menu.so',
    'audio_player aubridge,nil',
    'audio_source aubridge,nil',
    // WHY: it would play a sound for each message, which is three quarters of its work and not SIP.
    'audio_path /nonexistent',
  ];
  writeFileSync(join(folder, 'config'), `${settings.join('\n')}\n`);
  writeFileSync(join(folder, 'accounts'), `<sip:bob@${HOST}>;regint=0\n`);
  writeFileSync(join(folder, 'contacts'), '');
  const child = spawn('baresip', ['-f', folder], { stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  await Promise.race([untilListening(port), failed]);
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  return { name: 'baresip', pid: child.pid ?? 0, port, stop };
}
