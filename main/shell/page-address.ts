// Which file of the page an `app://` address means, and which addresses are the page's own.
import { isAbsolute, relative, resolve } from 'node:path';

export const PAGE_SCHEME = 'app';
export const PAGE_ORIGIN = 'app://watchword';
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`;

/** Longest address that is looked at. */
const URL_LIMIT = 2_000;

/** The page's own address: scheme and host are ours, and there is no user, password or port. */
export function isPageUrl(text: string): boolean {
  if (text.length > URL_LIMIT || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === `${PAGE_SCHEME}:` && url.host === 'watchword' && url.username === '' && url.password === '';
}

/** SECURITY: the file inside `folder` that `text` asks for; undefined for everything outside, however it is written. */
export function pageFile(text: string, folder: string): string | undefined {
  if (!isPageUrl(text)) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(new URL(text).pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0') || path.includes('\\')) return undefined;
  const file = resolve(folder, `.${path === '/' ? '/index.html' : path}`);
  const inside = relative(folder, file);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? undefined : file;
}
