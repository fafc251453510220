// Gets Electron's own binary: it is not in its npm package but fetched when first needed, where that is possible.
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand } from './run-command.ts';

/** A slow line needs this long for 110 MB; a dead one must not take longer. */
const FETCH_LIMIT_SECONDS = 240;
/** After a failure the next starts go without trying, so that they are quick. */
const RETRY_AFTER_MS = 3_600_000;

const folder = join(root, 'node_modules/electron');
const failureMark = join(root, 'node_modules/.electron-not-fetched');

function installed(): string | undefined {
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

function hasFailedLately(): boolean {
  const mark = statSync(failureMark, { throwIfNoEntry: false });
  return mark !== undefined && Date.now() - mark.mtimeMs < RETRY_AFTER_MS;
}

/** The binary's path; undefined where it cannot be had. */
export async function electronBinary(): Promise<string | undefined> {
  const there = installed();
  if (there !== undefined) return there;
  if (hasFailedLately()) return undefined;
  console.log('Fetching Electron (about 110 MB, once) ...');
  const { code } = await runCommand(process.execPath, [join(folder, 'install.js')], { timeoutSeconds: FETCH_LIMIT_SECONDS });
  const fetched = code === 0 ? installed() : undefined;
  if (fetched === undefined) writeFileSync(failureMark, '');
  else rmSync(failureMark, { force: true });
  return fetched;
}
