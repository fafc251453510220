// Signing in with a wrong password in the real window, against a real server: said at the field, mended there, and then in.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { launchApp, type RunningApp } from './support/harness.ts';
import { fillSignIn, isSignedIn } from './support/signed-in.ts';

let server: DevelopmentServer;
let app: RunningApp;

beforeAll(async () => {
  server = await startServer();
  app = await launchApp();
});
afterAll(async () => {
  await app.kill();
  await server.stop();
});

test('a wrong password is said by its field, and the mended one signs in the same account', async () => {
  const { page } = app;
  await fillSignIn(page, server, `sip:ada@${server.domain}`, 'not-hers');
  const password = page.getByLabel('Password', { exact: true });
  await page.getByRole('alert').getByText('The server does not accept this password').waitFor();
  expect(await password.getAttribute('aria-invalid')).toBe('true');
  expect(await page.evaluate('document.activeElement.getAttribute("name")')).toBe('password');
  await app.screenshot('sign-in-refused');
  await password.fill('ada-secret');
  await password.press('Enter');
  await isSignedIn(page);
  const listed = (await page.evaluate('window.watchword.call("listAccounts", {})')) as { output: { accounts: unknown[] } };
  expect(listed.output.accounts).toHaveLength(1);
});
