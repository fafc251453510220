// Installs Debian packages that are missing, when it may; else says the one command that does.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Package lists older than this are fetched anew before installing. */
const LISTS_FRESH_MS = 24 * 3600 * 1000;
/** How long apt waits for another apt to finish. */
const LOCK_TIMEOUT_SECONDS = 120;
const POLICY = '/usr/sbin/policy-rc.d';

/** What `npm run server` needs: Kamailio with its modules, SQLite's shell for its tables, OpenSSL for its certificates. */
export const SERVER_PACKAGES = [
  'kamailio',
  'kamailio-presence-modules',
  'kamailio-sqlite-modules',
  'kamailio-tls-modules',
  'kamailio-websocket-modules',
  'kamailio-outbound-modules',
  'sqlite3',
  'openssl',
] as const;

/** What `npm start` needs where Electron cannot be had. */
export const BROWSER_PACKAGES = ['chromium', 'fonts-noto-core'] as const;

/** What `npm test` needs: the real server, the foreign peers, a browser, fonts for screenshots. */
export const TEST_PACKAGES = [
  ...SERVER_PACKAGES,
  ...BROWSER_PACKAGES,
  'fonts-noto-cjk',
  'fonts-noto-color-emoji',
  'sip-tester',
  'baresip-core',
] as const;

function has(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)));
}

/** Which of `packages` are not installed, by dpkg. */
export function missingPackages(packages: readonly string[]): string[] {
  const query = spawnSync('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...packages], { encoding: 'utf8' });
  const installed = new Set(
    (query.stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.slice(0, line.indexOf(' '))),
  );
  return packages.filter((name) => !installed.has(name));
}

/** The words before `apt-get` that give it root's rights; undefined when there is no way. */
function rightsPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return has('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

function areListsFresh(): boolean {
  const folder = '/var/lib/apt/lists';
  try {
    if (!readdirSync(folder).some((name) => name.endsWith('_Packages') || name.includes('_Packages.'))) return false;
    return Date.now() - statSync(folder).mtimeMs < LISTS_FRESH_MS;
  } catch {
    return false;
  }
}

function run(words: readonly string[]): boolean {
  const [program, ...args] = words;
  return program !== undefined && spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

const aptGet = (prefix: readonly string[]): string[] => [
  ...prefix,
  'env',
  'DEBIAN_FRONTEND=noninteractive',
  'apt-get',
  '-q=2',
  '-o',
  `DPkg::Lock::Timeout=${LOCK_TIMEOUT_SECONDS}`,
  '-o',
  'Dpkg::Use-Pty=0',
];

/**
 * Runs `install` while packages may not start the services they bring (policy-rc.d, as Debian has it for this).
 * WHY: a packaged kamailio or baresip would take the SIP ports of the machine. A policy that is there already is kept.
 */
function withoutStartingServices(prefix: readonly string[], policyFile: string, install: () => boolean): boolean {
  if (existsSync(policyFile)) return install();
  const folder = mkdtempSync(join(tmpdir(), 'watchword-'));
  const policy = join(folder, 'policy-rc.d');
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    run([...prefix, 'install', '-m', '755', policy, policyFile]);
    return install();
  } finally {
    run([...prefix, 'rm', '-f', policyFile]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes sure that `packages` are there. Resolves with false, and a word to the person with the command to run, when they are not. */
export async function ensurePackages(packages: readonly string[], purpose: string, policyFile = POLICY): Promise<boolean> {
  const refuse = (text: string): false => {
    console.error(text);
    return false;
  };
  const start = purpose.charAt(0).toUpperCase() + purpose.slice(1);
  if (!has('dpkg-query') || !has('apt-get')) return refuse(`${start} needs these programs, please install them: ${packages.join(' ')}`);
  const missing = missingPackages(packages);
  if (missing.length === 0) return true;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const prefix = rightsPrefix();
  if (!prefix) return refuse(`${start} needs more Debian packages. Please run:\n  sudo ${command}`);
  console.log(`${start} needs Debian packages that are missing; installing now: ${missing.join(' ')}`);
  const isInstalled = withoutStartingServices(prefix, policyFile, () => {
    const install = (): boolean => run([...aptGet(prefix), 'install', '-y', '--no-install-recommends', ...missing]);
    if (areListsFresh() && install()) return true;
    return run([...aptGet(prefix), 'update']) && install();
  });
  if (isInstalled && missingPackages(missing).length === 0) return true;
  return refuse(`Installing failed. Please run:\n  sudo apt-get update && sudo ${command}`);
}
