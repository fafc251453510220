// The core without a window, spoken to in JSON lines over standard input and output: for bots, scripts, monitoring and tests.
import { readFileSync } from 'node:fs';
import { PROTOCOL_VERSION } from '../../app/bridge/contract.ts';
import type { Core } from '../accounts/core.ts';
import { createNodeClock } from '../sip/index.ts';
import { openHeadlessCore } from './open-core.ts';
import { readProfileOption } from './options.ts';
import { lastLinesTaken, outputRoom } from './output-room.ts';
import { lockProfile, prepareProfile } from './profile.ts';
import { serveLines } from './serve-lines.ts';
import { createLineWriter } from './write-lines.ts';
import { writeLog } from './write-log.ts';

/** What ended the program. */
type End = { readonly exitCode: number; readonly why: string };

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Settles when something from outside ends the program. Listens from the first moment, so that nothing kills it half started. */
function endFromOutside(): Promise<End> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve({ exitCode: 0, why: signal }));
    // Whoever read our output is gone: that is an end like any other.
    process.stdout.on('error', (error) => resolve({ exitCode: 0, why: `output closed: ${error.message}` }));
    process.on('uncaughtException', (error) => resolve({ exitCode: 1, why: error.stack ?? error.message }));
    process.on('unhandledRejection', (reason) =>
      resolve({ exitCode: 1, why: reason instanceof Error ? (reason.stack ?? '') : String(reason) }),
    );
  });
}

async function run(): Promise<number> {
  const ended = endFromOutside();
  const packageText = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, productName } = JSON.parse(packageText) as { version: string; productName: string };
  const profile = prepareProfile(readProfileOption(process.argv.slice(2)));
  const unlock = await lockProfile(profile);
  const core: Core = await openHeadlessCore(profile, { product: productName, version });
  const write = createLineWriter((lines) => void process.stdout.write(lines));
  write({ ready: { version, protocol: PROTOCOL_VERSION } });
  core.onChange((change) => write({ change }));
  const served = serveLines(process.stdin, {
    call: (name, input) => core.call(name, input),
    write,
    room: () => outputRoom(process.stdout),
  }).then((): End => ({ exitCode: 0, why: 'end of input' }));
  const end = await Promise.race([ended, served]);
  writeLog(end.exitCode === 0 ? 'info' : 'error', `ending: ${end.why}`);
  await core.stop();
  unlock();
  return end.exitCode;
}

run().then(
  async (exitCode) => {
    await lastLinesTaken(process.stdout, createNodeClock());
    process.exit(exitCode);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
