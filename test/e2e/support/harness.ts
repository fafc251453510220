// Launches the built app on the stand-in, with a profile of its own, and connects Playwright to its window.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../../build/run-command.ts';
import { attach } from '../../../build/standin/attach.ts';
import { startStandin, type StandinApp } from '../../../build/standin/client.ts';

export { until } from '../../../build/standin/attach.ts';

/** So long a test waits for what must come; a slow machine is no failure, and waiting longer would not help. */
const PATIENCE_MS = 20_000;
/** Where screenshots are kept. */
const artefacts = join(root, 'artefacts/e2e');

export interface LaunchOptions {
  /** Kept afterwards; default: a new one that goes when the app is closed. */
  readonly profile?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface RunningApp {
  readonly page: Page;
  readonly profile: string;
  readonly standin: StandinApp;
  /** Shorthand for `standin.control`. */
  readonly control: StandinApp['control'];
  /** Keeps a picture as `artefacts/e2e/<name>.png`. */
  screenshot(name: string): Promise<void>;
  /** Quits as the person would, waits for the end and gives the exit code. */
  quit(): Promise<number | null>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Resolves when the window is shown and Playwright is connected. */
export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'watchword-e2e-'));
  const standin = startStandin({ args: ['--profile', profile, ...(options.args ?? [])], env: { STANDIN_PORT: '1', ...options.env } });
  const clear = (): void => {
    // After a kill Chromium outlives the app by a moment and writes its last files.
    if (options.profile === undefined) rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  const { browser, page } = await attach(standin).catch((error: unknown) => {
    standin.child.kill('SIGKILL');
    clear();
    throw error;
  });
  page.setDefaultTimeout(PATIENCE_MS);
  const end = async (ask: () => void): Promise<number | null> => {
    await browser.close().catch(() => undefined);
    ask();
    const code = await standin.ended;
    clear();
    return code;
  };
  return {
    page,
    profile,
    standin,
    control: standin.control,
    async screenshot(name) {
      mkdirSync(artefacts, { recursive: true });
      await page.screenshot({ path: join(artefacts, `${name}.png`), animations: 'disabled' });
    },
    quit: () => end(() => void standin.child.kill('SIGTERM')),
    kill: async () => void (await end(() => void standin.child.kill('SIGKILL'))),
  };
}
