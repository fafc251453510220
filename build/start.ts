// `npm start -- [--profile DIR] [--headless]`: builds and opens the app: on Electron, or on an installed Chromium where Electron cannot be had.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { electronBinary } from './electron-binary.ts';
import { environment, root } from './run-command.ts';
import { findChromium } from './standin/chromium.ts';
import { startStandin, type StandinApp } from './standin/client.ts';
import { BROWSER_PACKAGES, ensurePackages } from './system-packages.ts';

/** How long the app may take to end after Ctrl-C: it says goodbye to its servers. */
const END_LIMIT_MS = 8_000;
const SHOWN_LIMIT_MS = 30_000;

interface Wishes {
  readonly profile: string | undefined;
  readonly isHeadless: boolean;
}

function readWishes(): Wishes {
  const { values } = parseArgs({ options: { profile: { type: 'string' }, headless: { type: 'boolean', default: false } } });
  // npm runs scripts in the project's folder; a relative path is meant from where the person stands.
  const profile = values.profile === undefined ? undefined : resolve(process.env.INIT_CWD ?? process.cwd(), values.profile);
  return { profile, isHeadless: values.headless };
}

const profileArguments = ({ profile }: Wishes): string[] => (profile === undefined ? [] : ['--profile', profile]);

const hasDisplay = (): boolean => process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

/** Waits for the app's end. Ctrl-C reaches the app by itself; here it only starts the limit. */
async function untilEnd(ended: Promise<number | null>, end: (signal: NodeJS.Signals) => void): Promise<number> {
  const stop = (signal: NodeJS.Signals): void => {
    end(signal);
    setTimeout(() => end('SIGKILL'), END_LIMIT_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop('SIGTERM'));
  return (await ended) ?? 1;
}

async function openOnElectron(binary: string, wishes: Wishes): Promise<number> {
  // Chromium refuses its own sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(binary, [...sandbox, root, ...profileArguments(wishes)], { env: environment(), stdio: 'inherit' });
  const ended = new Promise<number | null>((done) => {
    child.once('exit', done);
    child.once('error', (error) => {
      console.error(error.message);
      done(1);
    });
  });
  return await untilEnd(ended, (signal) => void child.kill(signal));
}

/** Shows where a picture of the settled window lies. Never rejects; silent when the app ends first. */
async function takePicture(app: StandinApp, profile: string | undefined): Promise<void> {
  for (
    const endMs = Date.now() + SHOWN_LIMIT_MS;
    Date.now() < endMs && app.child.connected;
    await new Promise((done) => setTimeout(done, 200))
  ) {
    try {
      const { windows } = await app.control('state');
      if (!windows.some(({ isVisible, url }) => isVisible && url !== '')) continue;
      const picture = await app.control('screenshot');
      const folder = join(root, 'artefacts');
      const file = join(folder, `start-${profile === undefined ? 'default' : basename(profile)}.png`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, Buffer.from(picture, 'base64'));
      console.log(`A picture of the window: ${file}\nThe app is running; Ctrl-C ends it.`);
      return;
    } catch {
      // The page was just being loaded; the next look finds it settled.
    }
  }
  if (app.child.connected) console.error('The window did not show itself.');
}

async function openOnChromium(wishes: Wishes, isHeadless: boolean): Promise<number> {
  const app = startStandin({ args: profileArguments(wishes), isHeaded: !isHeadless });
  if (isHeadless) void takePicture(app, wishes.profile);
  return await untilEnd(app.ended, (signal) => void app.child.kill(signal));
}

/** False, and the one command is printed, when there is no browser and none may be installed. */
async function ensureBrowser(): Promise<boolean> {
  if (findChromium() !== undefined) return true;
  if (process.platform === 'linux') return (await ensurePackages(BROWSER_PACKAGES, 'the window')) && findChromium() !== undefined;
  const command = process.platform === 'darwin' ? 'brew install --cask google-chrome' : 'winget install Google.Chrome';
  console.error(`No Chromium or Chrome is installed. Please run:\n  ${command}`);
  return false;
}

async function start(): Promise<number> {
  const wishes = readWishes();
  if (!(await build())) return 1;
  const isHeadless = wishes.isHeadless || !hasDisplay();
  const binary = wishes.isHeadless ? undefined : await electronBinary();
  if (binary !== undefined && !isHeadless) return await openOnElectron(binary, wishes);
  if (!(await ensureBrowser())) return 1;
  const browser = findChromium();
  if (!wishes.isHeadless && binary === undefined)
    console.log(`Electron's own binary cannot be had here; the app opens on ${browser} instead.`);
  if (wishes.isHeadless) console.log(`Running headless, on ${browser}.`);
  else if (isHeadless) console.log(`There is no display; running headless, on ${browser}.`);
  return await openOnChromium(wishes, isHeadless);
}

process.exitCode = await start();
