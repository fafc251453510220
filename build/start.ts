// `npm start -- [--profile DIR] [--headless] [--demo]`: builds and opens the app: on Electron, or on an installed Chromium where Electron cannot be had.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { openDemo } from './demo/open-demo.ts';
import { playDemo } from './demo/play-demo.ts';
import { electronBinary } from './electron-binary.ts';
import { openOnChromium, openOnElectron, untilEnd } from './open-app.ts';
import { root } from './run-command.ts';
import { findChromium } from './standin/chromium.ts';
import type { StandinApp } from './standin/client.ts';
import { BROWSER_PACKAGES, ensurePackages } from './system-packages.ts';

const SHOWN_LIMIT_MS = 30_000;

interface Wishes {
  readonly profile: string | undefined;
  readonly isHeadless: boolean;
  /** Two people on this computer, in two windows. */
  readonly isDemo: boolean;
}

function readWishes(): Wishes {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string' },
      headless: { type: 'boolean', default: false },
      demo: { type: 'boolean', default: false },
    },
  });
  // npm runs scripts in the project's folder; a relative path is meant from where the person stands.
  const profile = values.profile === undefined ? undefined : resolve(process.env.INIT_CWD ?? process.cwd(), values.profile);
  return { profile, isHeadless: values.headless, isDemo: values.demo };
}

const profileArguments = ({ profile }: Wishes): string[] => (profile === undefined ? [] : ['--profile', profile]);

const hasDisplay = (): boolean => process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

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

async function open(wishes: Wishes, binary: string | undefined, isHeadless: boolean): Promise<number> {
  if (wishes.isDemo) return isHeadless ? await playDemo() : await openDemo(binary);
  if (binary !== undefined) return await untilEnd([openOnElectron(binary, profileArguments(wishes))]);
  const app = openOnChromium(profileArguments(wishes), isHeadless);
  if (isHeadless) void takePicture(app.standin, wishes.profile);
  return await untilEnd([app]);
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
  if (binary !== undefined && !isHeadless) return await open(wishes, binary, false);
  if (!(await ensureBrowser())) return 1;
  const browser = findChromium();
  if (!wishes.isHeadless && binary === undefined)
    console.log(`Electron's own binary cannot be had here; the app opens on ${browser} instead.`);
  if (wishes.isHeadless) console.log(`Running headless, on ${browser}.`);
  else if (isHeadless) console.log(`There is no display; running headless, on ${browser}.`);
  return await open(wishes, undefined, isHeadless);
}

process.exitCode = await start();
