// The whole first story, as two people live it: sign in, add each other, answer the request, see presence change, chat, quit, start again, find it all.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { People } from '../interop/support/people.ts';
import { launchApp, type RunningApp } from './support/harness.ts';

let server: DevelopmentServer;
let people: People;
const profiles = ['ada', 'bob'].map((name) => mkdtempSync(join(tmpdir(), `watchword-${name}-`)));
const running = new Set<RunningApp>();

beforeAll(async () => {
  server = await startServer();
  people = new People(server);
});
afterAll(async () => {
  await Promise.allSettled([...running].map((app) => app.kill()));
  await people.end();
  await server.stop();
  for (const profile of profiles) rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function launch(profile: string): Promise<RunningApp> {
  const app = await launchApp({ profile });
  running.add(app);
  app.page.setDefaultTimeout(20_000);
  return app;
}

async function quit(app: RunningApp): Promise<void> {
  running.delete(app);
  expect(await app.quit()).toBe(0);
}

/** Signs in with the keyboard alone, as the tab order leads. */
async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with a SIP account' }).press('Enter');
  await page.getByLabel('SIP address', { exact: true }).fill(`${name}@${server.domain}`);
  await page.getByLabel('Password', { exact: true }).fill(`${name}-secret`);
  await page.getByRole('button', { name: 'Server settings' }).press('Enter');
  await page.getByLabel('Outbound proxy').fill(server.proxy('tcp'));
  await page.getByLabel('XCAP root').fill(server.xcapRoot);
  await page.getByLabel('XCAP root').press('Enter');
  await page.getByRole('button', { name: 'Connection: fine' }).waitFor();
}

async function addPerson(page: Page, address: string, name: string): Promise<void> {
  await page.keyboard.press('Control+2');
  await page.getByRole('button', { name: 'Add person' }).first().press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('SIP address').fill(address);
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Name', { exact: true }).press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

/** The row of a person in the side bar, whose accessible name holds their presence. */
const person = (page: Page, text: RegExp): ReturnType<Page['getByRole']> =>
  page.getByRole('complementary').or(page.getByRole('navigation')).getByRole('button', { name: text }).first();

async function openChat(page: Page, address: string): Promise<void> {
  await page.keyboard.press('Control+n');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('SIP address').fill(address);
  await dialog.getByLabel('SIP address').press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

async function write(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: /^Message to/ });
  await composer.fill(text);
  await composer.press('Enter');
}

test('two people sign in, ask, approve, see each other, chat, and find it all again', async () => {
  let ada = await launch(profiles[0]!);
  const bob = await launch(profiles[1]!);
  await ada.screenshot('01-welcome');
  await signIn(ada.page, 'ada');
  await ada.screenshot('02-signed-in');
  await signIn(bob.page, 'bob');

  await addPerson(ada.page, `bob@${server.domain}`, 'Bob Martin');
  await ada.page.getByText(/asked/).first().waitFor();
  await ada.screenshot('03-asked');

  await bob.page.keyboard.press('Control+3');
  await bob.page.getByRole('heading', { name: /ada/ }).waitFor();
  await bob.screenshot('04-request');
  await bob.page.keyboard.press('a');
  await bob.page
    .getByText(/in force/)
    .first()
    .waitFor();
  await bob.screenshot('05-answered');
  await person(ada.page, /Bob Martin.*Available/).waitFor();

  await addPerson(bob.page, `ada@${server.domain}`, 'Ada Lovelace');
  await ada.page.keyboard.press('Control+3');
  await ada.page.getByRole('heading', { name: /bob/i }).first().waitFor();
  await ada.page.keyboard.press('a');
  await bob.page.keyboard.press('Control+2');
  await person(bob.page, /Ada Lovelace.*Available/).waitFor();

  await bob.page.getByRole('button', { name: /Your presence/ }).press('Enter');
  await bob.page.getByRole('radio', { name: 'Busy' }).click();
  await bob.page.getByLabel('Note').fill('in a meeting');
  await bob.page.getByLabel('Note').press('Enter');
  await ada.page.keyboard.press('Control+2');
  await person(ada.page, /Bob Martin.*Busy/).waitFor();

  await openChat(ada.page, `bob@${server.domain}`);
  await write(ada.page, 'Hi, are you around?');
  await ada.page.getByLabel('Accepted by the server').first().waitFor();
  await bob.page.keyboard.press('Control+1');
  await bob.page.getByText('Hi, are you around?').first().click();
  await write(bob.page, 'Yes! Two minutes.');
  await ada.page.getByRole('log').getByText('Yes! Two minutes.').waitFor();
  await ada.screenshot('06-chat');
  await bob.screenshot('07-chat-other-side');

  // Somebody whose request is still waiting when Ada quits.
  const carol = await people.signIn('carol', 'tcp');
  await carol.app.call('addContact', { accountId: carol.accountId, address: `sip:ada@${server.domain}` });
  await ada.page.getByRole('tab', { name: /Requests.*1/ }).waitFor();

  await quit(ada);
  await person(bob.page, /Ada Lovelace.*Offline/).waitFor();
  ada = await launch(profiles[0]!);
  await ada.page.getByRole('button', { name: 'Connection: fine' }).waitFor();
  await ada.page.keyboard.press('Control+1');
  await ada.page.getByText('Yes! Two minutes.').first().click();
  const log = ada.page.getByRole('log');
  await log.getByText('Hi, are you around?').waitFor();
  await ada.page.keyboard.press('Control+3');
  await ada.page.getByRole('heading', { name: /carol/ }).waitFor();
  await ada.page.getByRole('button', { name: /^Answered/ }).click();
  await ada.page
    .getByRole('list', { name: 'Answered' })
    .getByText(/Allowed.*in force/)
    .first()
    .waitFor();
  await ada.screenshot('08-found-again');
  await quit(ada);
  await quit(bob);
});
