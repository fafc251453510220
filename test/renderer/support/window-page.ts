// Builds the window as it ships, serves it with the strict policy, and opens it in Chromium with the fake bridge.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import type { Scenario } from './page-fake.ts';

const root = join(import.meta.dirname, '../../..');
// As strict as what the app:// protocol sends (main/shell/page-protocol.ts), which cannot be imported without Electron.
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'",
  "frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'",
  "require-trusted-types-for 'script'; trusted-types svelte-trusted-html",
].join('; ');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface PageOptions {
  readonly scenario: Scenario;
  readonly width?: number;
  readonly height?: number;
  readonly zoom?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly forcedColors?: 'active' | 'none';
}

export interface WindowPages {
  open(options: PageOptions): Promise<{ page: Page; problems: string[] }>;
  close(): Promise<void>;
}

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(folder, path === '/' ? 'index.html' : path);
    readFile(file).then(
      (bytes) =>
        response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', 'content-security-policy': POLICY }).end(bytes),
      () => response.writeHead(path === '/favicon.ico' ? 204 : 404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function buildAll(folder: string): Promise<void> {
  await build({
    configFile: join(root, 'build/vite/renderer.ts'),
    configLoader: 'native',
    build: { outDir: join(folder, 'page'), emptyOutDir: true },
  });
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
    build: {
      outDir: join(folder, 'fake'),
      emptyOutDir: true,
      lib: { entry: join(root, 'test/renderer/support/page-fake.ts'), formats: ['iife'], name: 'pageFake', fileName: () => 'fake.js' },
    },
  });
}

/** Close it when done; it owns a browser, a server and a temporary folder. */
export async function startWindowPages(): Promise<WindowPages> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-window-'));
  await buildAll(folder);
  const server = await serve(join(folder, 'page'));
  const address = server.address() as AddressInfo;
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--headless=new',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    async open({ scenario, width = 1280, height = 800, zoom = 1, colorScheme = 'light', forcedColors = 'none' }) {
      const context = await browser.newContext({
        viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
        deviceScaleFactor: zoom,
        colorScheme,
        forcedColors,
        reducedMotion: 'reduce',
        // As the shell refuses every permission.
        permissions: [],
      });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
      });
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.addInitScript((given) => {
        window.scenario = given;
      }, scenario);
      await page.addInitScript({ path: join(folder, 'fake/fake.js') });
      await page.goto(`http://127.0.0.1:${address.port}/`);
      await page.waitForSelector('main', { state: 'attached' });
      return { page, problems };
    },
    async close() {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
