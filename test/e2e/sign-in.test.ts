// Signing in with a wrong password in the real window, against a real server: said at the field, mended there, and then in.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { launchApp, type RunningApp } from './support/harness.ts';

let server: DevelopmentServer;
let app: RunningApp;

beforeAll(async () => {
  server = await startServer();
  app = await launchApp();
  app.page.setDefaultTimeout(20_000);
});
afterAll(async () => {
  await app.kill();
  await server.stop();
});

test('a wrong password is said by its field, and the mended one signs in the same account', async () => {
  const { page } = app;
  await page.getByRole('button', { name: 'Sign in with a SIP account' }).press('Enter');
  const password = page.getByLabel('Password', { exact: true });
  await page.getByLabel('SIP address', { exact: true }).fill(`ada@${server.domain}`);
  await password.fill('not-hers');
  await page.getByRole('button', { name: 'Server settings' }).press('Enter');
  await page.getByLabel('Outbound proxy').fill(server.proxy('tcp'));
  await page.getByLabel('XCAP root').fill(server.xcapRoot);
  await page.getByLabel('XCAP root').press('Enter');
  await page.getByRole('alert').getByText('The server does not accept this password').waitFor();
  expect(await password.getAttribute('aria-invalid')).toBe('true');
  expect(await page.evaluate('document.activeElement.getAttribute("name")')).toBe('password');
  await app.screenshot('sign-in-refused');
  await password.fill('ada-secret');
  await password.press('Enter');
  await page.getByRole('button', { name: 'Connection: fine' }).waitFor();
  const listed = (await page.evaluate('window.watchword.call("listAccounts", {})')) as { output: { accounts: unknown[] } };
  expect(listed.output.accounts).toHaveLength(1);
});
