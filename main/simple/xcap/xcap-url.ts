// XCAP URIs (RFC 4825 §6): root, AUID, tree, XUI, file name.
import { printNodeSelector } from './node-selector.ts';

/** What may stand in a path segment unescaped, beside what encodeURIComponent leaves (RFC 3986 §3.3). */
const KEPT = /%(3A|40|3B|3D|24|26|2B|2C)/g;
const KEPT_CHARACTERS: Readonly<Record<string, string>> = {
  '3A': ':',
  '40': '@',
  '3B': ';',
  '3D': '=',
  '24': '$',
  '26': '&',
  '2B': '+',
  '2C': ',',
};

/** One segment: percent-encoded where it must be, `sip:ada@example.org` as it is. Never `..`, never a `/`. */
export function pathSegment(text: string): string {
  if (text === '.' || text === '..') return text.replaceAll('.', '%2E');
  return encodeURIComponent(text.toWellFormed()).replace(KEPT, (escaped, code: string) => KEPT_CHARACTERS[code] ?? escaped);
}

/** `root/auid/users/xui/filename` (RFC 4825 §6.2). */
export function userDocumentUrl(rootUrl: string, auid: string, user: string, filename: string): string {
  return [withoutSlash(rootUrl), pathSegment(auid), 'users', pathSegment(user), pathSegment(filename)].join('/');
}

/** `root/auid/global/filename` (RFC 4825 §6.2). */
export function globalDocumentUrl(rootUrl: string, auid: string, filename: string): string {
  return [withoutSlash(rootUrl), pathSegment(auid), 'global', pathSegment(filename)].join('/');
}

function withoutSlash(rootUrl: string): string {
  let end = rootUrl.length;
  while (end > 0 && rootUrl[end - 1] === '/') end--;
  return rootUrl.slice(0, end);
}

/**
 * The URL of one `<list>` of a user's resource-lists document (RFC 4825 §6.3), as rls-services documents point to it (RFC 4826 §4.3).
 * Brackets and quotes are percent-encoded, as they must be in a URI.
 */
export function listElementUrl(rootUrl: string, user: string, listName: string, filename = 'index'): string {
  const steps = [{ name: 'resource-lists' }, { name: 'list', attribute: { name: 'name', value: listName.replaceAll('"', '') } }];
  return `${userDocumentUrl(rootUrl, 'resource-lists', user, filename)}${printNodeSelector({ steps, namespaces: {} }) ?? ''}`;
}

/** Where a document is below its root, as xcap-diff names it (RFC 5874 §3, RFC 5875 §4.4): `auid/users/xui/filename`. */
export function documentSelector(auid: string, user: string, filename: string): string {
  return userDocumentUrl('', auid, user, filename).slice(1);
}
