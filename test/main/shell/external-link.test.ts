// What may be opened in the system's browser.
import { expect, test } from 'vitest';
import { externalUrl, openExternalLink } from '../../../main/shell/external-link.ts';
import { opened } from '../../support/electron-stub.ts';

test.each([
  ['https://example.org', 'https://example.org/'],
  ['HTTP://EXAMPLE.org/a?b#c', 'http://example.org/a?b#c'],
])('%s is opened as %s', (text, url) => {
  expect(externalUrl(text)).toBe(url);
});

test.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'sip:ada@example.org',
  'smb://host/share',
  'https://bank.example@evil.example/',
  'https://',
  'https://example.org/\u0000',
  'https://exa mple.org/',
  ' https://example.org/',
  'example.org',
  `https://example.org/${'a'.repeat(3_000)}`,
])('%s is refused', (text) => {
  expect(externalUrl(text)).toBeUndefined();
});

test('the browser gets the address that was checked, and nothing for a refused one', async () => {
  expect([await openExternalLink('HTTPS://Example.org'), await openExternalLink('file:///etc/passwd')]).toEqual([true, false]);
  expect(opened).toEqual(['https://example.org/']);
});
