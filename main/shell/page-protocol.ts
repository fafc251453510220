// `app://`: serves the built page and nothing else, under a strict content security policy.
import { app, protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { PAGE_SCHEME, pageFile } from './page-address.ts';

/** What the page is made of; any other file is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** SECURITY: scripts and styles from our own files alone, no connection to anywhere; markup is made by Svelte's policy alone. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

const refusal = (status: number): Response => new Response('', { status, headers: HEADERS });

/** The answer to a request for `url` out of `folder`. Never rejects. */
export async function servePage(url: string, method: string, folder: string): Promise<Response> {
  if (method !== 'GET') return refusal(405);
  const file = pageFile(url, folder);
  const type = file === undefined ? undefined : TYPES[extname(file)];
  if (file === undefined || type === undefined) return refusal(404);
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: { ...HEADERS, 'content-type': type } });
  } catch {
    return refusal(404);
  }
}

/** Must run before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, codeCache: true } }]);
}

export function setUpPageProtocol(): void {
  const folder = join(app.getAppPath(), 'dist/renderer');
  protocol.handle(PAGE_SCHEME, (request) => servePage(request.url, request.method, folder));
}
