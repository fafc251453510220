// Installs the npm packages when they are missing or stale; speaks on standard error alone. Runs on whatever Node the host has (>= 18): built-ins only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.bootstrap-stamp');
const isWindows = process.platform === 'win32';
// No Node for macOS comes through npm; there the host's own has to do.
const node = process.platform === 'darwin' ? process.execPath : join(root, 'node_modules', '.bin', isWindows ? 'node.cmd' : 'node');

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const hash = createHash('sha256')
  .update(JSON.stringify({ dependencies, devDependencies }))
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

const isInstalled = () => existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;

/** @param {string} reason one sentence; @returns {never} */
function giveUp(reason) {
  rmSync(stamp, { force: true });
  rmSync(lock, { recursive: true, force: true });
  console.error(`bootstrap: ${reason}`);
  process.exit(1);
}

// Two commands started at once on a fresh clone must not install over each other: the second one waits.
const lock = join(root, '.installing');
const LOOK_EVERY_MS = 300;
let isLocked = false;

/** The process that installs, when it is alive. */
function installing() {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

function takeLock() {
  for (let tries = 0; !isLocked; tries++) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      isLocked = true;
    } catch {
      // A lock that stays without a living owner is one of a killed install.
      if (installing() === undefined && tries > 3) rmSync(lock, { recursive: true, force: true });
      else if (tries === 0) console.error('Another command is installing the npm packages; waiting for it ...');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
    }
  }
}

if (!isInstalled()) takeLock();
if (!isInstalled()) {
  console.error('Installing the npm packages (about a minute) ...');
  // The stamp goes first: an install that is killed half-way starts anew the next time.
  rmSync(stamp, { force: true });
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = /** @type {const} */ ({ cwd: root, stdio: ['ignore', 2, 2] });
  const install = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync('npm', args, { ...options, shell: isWindows });
  if (install.status !== 0) giveUp('npm ci failed; see above');
  const version = spawnSync(node, ['-v'], { encoding: 'utf8', shell: isWindows });
  const major = Number(/^v(\d+)/.exec(version.stdout ?? '')?.[1] ?? 0);
  if (major < 24) giveUp('Node 24 or newer is needed; npm has none for this system, so please install it yourself');
  writeFileSync(stamp, hash);
}
if (isLocked) rmSync(lock, { recursive: true, force: true });
