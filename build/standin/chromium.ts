// Finds the installed Chromium or Chrome, and holds the one that runs.
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cdp } from './cdp.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

function wellKnownPlaces(): string[] {
  if (process.platform === 'darwin') {
    return ['Chromium', 'Google Chrome', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform !== 'win32') return [];
  const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter((root) => root !== undefined);
  const programs = ['Google/Chrome/Application/chrome.exe', 'Chromium/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
  return roots.flatMap((root) => programs.map((program) => join(root, program)));
}

/** The browser's path: from STANDIN_CHROMIUM, PATH or where installers put it; undefined when there is none. */
export function findChromium(): string | undefined {
  const inPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    process.env.STANDIN_CHROMIUM ?? '',
    ...NAMES.flatMap((name) => inPath.map((folder) => join(folder, name))),
    ...wellKnownPlaces(),
  ];
  return candidates.find((path) => path !== '' && existsSync(path));
}

/** Quiet, no first-run pages, nothing fetched from the network, no throttling of windows in the back. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-popup-blocking',
  '--disable-extensions',
  '--password-store=basic',
  '--use-mock-keychain',
  '--no-default-browser-check',
  '--hide-crash-restore-bubble',
  '--disable-dev-shm-usage',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** What the first window shows until the app loads its page into it. */
export const FIRST_PAGE = 'data:text/html,Watchword';

let running: Cdp | undefined;

/** The running Chromium; an error before `startChromium`. */
export function chromium(): Cdp {
  if (!running) throw new Error('stand-in: Chromium does not run yet');
  return running;
}

/** Starts Chromium with its own folder inside `profile`. */
export function startChromium(profile: string, isHeadless: boolean, extra: readonly string[]): Cdp {
  const executable = findChromium();
  if (executable === undefined) throw new Error('stand-in: no Chromium or Chrome is installed');
  const folder = chromiumFolder(profile);
  mkdirSync(folder, { recursive: true });
  // A killed run leaves a stale port behind.
  rmSync(join(folder, 'DevToolsActivePort'), { force: true });
  // Chromium refuses its own sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // SECURITY: a port that any program of this computer may connect to is opened for tests alone.
  const port = process.env.STANDIN_PORT === '1' ? ['--remote-debugging-port=0'] : [];
  // On a screen the first window comes without tabs and address bar, as an app's.
  const view = isHeadless ? ['--headless=new', '--no-startup-window'] : [`--app=${FIRST_PAGE}`];
  running = new Cdp(
    executable,
    [...ARGUMENTS, ...sandbox, ...view, ...port, `--user-data-dir=${folder}`, ...extra],
    process.env.STANDIN_LOG === '1',
  );
  return running;
}

export function chromiumFolder(profile: string): string {
  return join(profile, 'standin-chromium');
}

/** Longest that Chromium may take to write its last files; then it ends with our end of the pipe. */
const END_LIMIT_MS = 2_000;

/** Resolves when it is gone. WHY asked and not killed: a signal makes it leave a folder behind in the system's temporary one. */
export async function endChromium(): Promise<void> {
  if (running === undefined || running.child.exitCode !== null) return;
  const gone = once(running.child, 'exit');
  running.send('Browser.close').catch(() => undefined);
  await Promise.race([gone, sleep(END_LIMIT_MS)]);
}
