// Links that leave the app: http and https only, checked, through the system's browser.
import { shell } from 'electron';

const URL_LIMIT = 2_000;

/** SECURITY: the address to open, as the parser understood it; undefined for anything but plain http(s). */
export function externalUrl(text: string): string | undefined {
  if (text.length > URL_LIMIT || /[\p{Cc} ]/u.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  // A user name before the host serves only to look like another site.
  if (!isWeb || url.hostname === '' || url.username !== '' || url.password !== '') return undefined;
  return url.href;
}

/** False: refused, nothing was opened. */
export async function openExternalLink(text: string): Promise<boolean> {
  const url = externalUrl(text);
  if (url === undefined) return false;
  await shell.openExternal(url);
  return true;
}
