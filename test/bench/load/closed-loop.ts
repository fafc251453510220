// SIPp as the client: a fixed number of MESSAGEs outstanding, the next as soon as one is answered.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../build/server/ports.ts';
import type { AnsweringPeer } from './answering-peers.ts';
import { cpuSeconds } from './process-cost.ts';

export interface LoadResult {
  readonly perSecond: number;
  /** Of the answering process. */
  readonly cpuMicrosecondsPerMessage: number;
  /** SIPp's exit code is 0 only when every call went as the scenario says. */
  readonly isFlawless: boolean;
}

/** More than any peer can do, so that only the number outstanding limits. */
const RATE = 200_000;
const ENDS_WITHIN_SECONDS = 60;

export async function closedLoop(
  peer: AnsweringPeer,
  transport: 'udp' | 'tcp',
  messages: number,
  outstanding: number,
): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-sipp-'));
  const { sip: localPort } = await freePorts('127.0.0.1', undefined);
  const words = [
    ...['-sf', join(import.meta.dirname, 'message.xml'), '-i', '127.0.0.1', '-p', String(localPort)],
    ...['-t', transport === 'udp' ? 'u1' : 't1', '-m', String(messages), '-r', String(RATE), '-l', String(outstanding)],
    ...['-timeout', String(ENDS_WITHIN_SECONDS), '-timeout_error', '-nostdin', '-nd', `127.0.0.1:${peer.port}`],
  ];
  const cpuBefore = cpuSeconds(peer.pid);
  const startMs = performance.now();
  const child = spawn('sipp', words, { cwd: folder, stdio: 'ignore', env: { ...process.env, TERM: 'dumb' } });
  const ended = new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
  const exitCode = await ended.finally(() => rmSync(folder, { recursive: true, force: true }));
  const seconds = (performance.now() - startMs) / 1_000;
  const cpu = cpuSeconds(peer.pid) - cpuBefore;
  return { perSecond: messages / seconds, cpuMicrosecondsPerMessage: (cpu * 1e6) / messages, isFlawless: exitCode === 0 };
}
