// The two pages of the window benchmark in one Chromium: the app's window with a large profile, and a bare page beside it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { CDPSession, Page } from 'playwright-core';
import { build as bundle } from 'vite';
import { build } from '../../../build/build.ts';
import { root } from '../../../build/run-command.ts';
import { launchApp, type RunningApp } from '../../e2e/support/harness.ts';
import { makeWindowProfile, type WindowProfile } from './window-profile.ts';

export interface BenchPage {
  readonly page: Page;
  readonly cdp: CDPSession;
}

export interface WindowPages {
  readonly app: RunningApp;
  readonly window: BenchPage;
  readonly bare: BenchPage;
  readonly made: WindowProfile;
  close(): Promise<void>;
}

/** One script of test/renderer/bench, bundled into one file without imports. */
async function bundled(folder: string, name: string): Promise<string> {
  await bundle({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    plugins: [svelte({ configFile: join(root, 'svelte.config.js'), emitCss: false, compilerOptions: { css: 'injected' } })],
    build: {
      target: 'chrome140',
      outDir: join(folder, name),
      emptyOutDir: true,
      lib: { entry: join(root, `test/renderer/bench/${name}.ts`), formats: ['iife'], name: `${name}Script`, fileName: () => `${name}.js` },
    },
  });
  return await readFile(join(folder, name, `${name}.js`), 'utf8');
}

async function serve(files: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? ''];
    const type = request.url?.endsWith('.json') ? 'application/json' : 'text/html';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function benchPage(page: Page, scripts: readonly string[]): Promise<BenchPage> {
  page.setDefaultTimeout(20_000);
  for (const script of scripts) await page.evaluate(script);
  return { page, cdp: await page.context().newCDPSession(page) };
}

/** A window of its own: a tab in the back makes no frames. */
async function openBare(app: RunningApp, port: number, size: { width: number; height: number }): Promise<Page> {
  const opened = app.page.context().waitForEvent('page');
  const session = await app.page.context().browser()?.newBrowserCDPSession();
  await session?.send('Target.createTarget', { url: `http://127.0.0.1:${port}/`, newWindow: true, ...size });
  const page = await opened;
  await page.waitForLoadState();
  return page;
}

export async function openWindowPages(): Promise<WindowPages> {
  if (!(await build())) throw new Error('the app does not build');
  const folder = mkdtempSync(join(tmpdir(), 'watchword-window-bench-'));
  const profile = join(folder, 'profile');
  mkdirSync(profile);
  const made = await makeWindowProfile(profile, Date.now());
  const [measure, bareScript, html] = [
    await bundled(folder, 'measure'),
    await bundled(folder, 'bare'),
    await readFile(join(root, 'test/renderer/bench/index.html'), 'utf8'),
  ];
  const server = await serve({ '/': html, '/thread.json': JSON.stringify(made.texts), '/people.json': JSON.stringify(made.names) });
  const app = await launchApp({ profile });
  const size = await app.page.evaluate('({ width: innerWidth, height: innerHeight })');
  const barePage = await openBare(app, (server.address() as AddressInfo).port, size as { width: number; height: number });
  const bare = await benchPage(barePage, [measure, bareScript, 'bare.load()']);
  const window = await benchPage(app.page, [measure]);
  return {
    app,
    window,
    bare,
    made,
    async close() {
      await app.quit();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
