// The answers of `app://`: type, policy, and refusals.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY, servePage } from '../../../main/shell/page-protocol.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchword-page-'));
writeFileSync(join(folder, 'index.html'), '<p>hello</p>');
writeFileSync(join(folder, 'notes.txt'), 'not for the page');
afterAll(() => rmSync(folder, { recursive: true }));

async function summary(url: string, method = 'GET'): Promise<object> {
  const response = await servePage(url, method, folder);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

test('a file of the page comes with its type', async () => {
  const answer = { status: 200, type: 'text/html; charset=utf-8', text: '<p>hello</p>' };
  expect(await summary('app://watchword/index.html')).toEqual(answer);
  expect(await summary('app://watchword/')).toEqual(answer);
});

test.each([
  ['GET', 'app://watchword/missing.js', 404],
  ['GET', 'app://watchword/notes.txt', 404],
  ['GET', 'app://elsewhere/index.html', 404],
  ['POST', 'app://watchword/index.html', 405],
])('%s %s is refused with %i', async (method, url, status) => {
  const response = await servePage(url, method, folder);
  expect({ status: response.status, text: await response.text() }).toEqual({ status, text: '' });
});

test('every answer carries the policy, and the policy allows no inline script, no eval and no connection', async () => {
  for (const url of ['app://watchword/index.html', 'app://watchword/missing.js']) {
    const { headers } = await servePage(url, 'GET', folder);
    expect(headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
  expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
  expect(CONTENT_SECURITY_POLICY).toContain("script-src 'self';");
  expect(CONTENT_SECURITY_POLICY).toContain("connect-src 'none'");
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe/);
});
