// The run from lock to clean end: the core, spoken to in JSON lines over standard input and output.
import { readFileSync } from 'node:fs';
import { PROTOCOL_VERSION } from '../../app/bridge/contract.ts';
import type { Core } from '../accounts/core.ts';
import { lockProfile } from '../accounts/profile-lock.ts';
import { createNodeClock } from '../sip/index.ts';
import type { End } from './end-from-outside.ts';
import { openHeadlessCore } from './open-core.ts';
import { readProfileOption } from './options.ts';
import { lastLinesTaken, outputRoom } from './output-room.ts';
import { prepareProfile } from './profile.ts';
import { serveLines } from './serve-lines.ts';
import { createLineWriter } from './write-lines.ts';
import { writeLog } from './write-log.ts';

/** Resolves with the exit code when everything is closed. */
export async function runHeadless(ended: Promise<End>): Promise<number> {
  const clock = createNodeClock();
  // One turn, in which a signal that came while everything was loading is told.
  const turn = new Promise<undefined>((resolve) => void clock.startTimer(0, () => resolve(undefined)));
  const early = await Promise.race([ended, turn]);
  if (early !== undefined) return early.exitCode;
  const packageText = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, productName } = JSON.parse(packageText) as { version: string; productName: string };
  const profile = prepareProfile(readProfileOption(process.argv.slice(2)));
  const unlock = await lockProfile(profile.folder);
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
  await lastLinesTaken(process.stdout, clock);
  return end.exitCode;
}
