// The whole first story, as two people live it: sign in, add each other, answer the request, see presence change, chat, quit, start again, find it all.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { People } from '../interop/support/people.ts';
import { ownProfiles } from './support/own-profiles.ts';
import { fillSignIn, isSignedIn } from './support/signed-in.ts';
import { composerOf, openChat } from './support/use-app.ts';

let server: DevelopmentServer;
let people: People;
const { profile, launch, quit } = ownProfiles();

beforeAll(async () => {
  server = await startServer();
  people = new People(server);
});
afterAll(async () => {
  await people.end();
  await server.stop();
});

async function signIn(page: Page, name: string): Promise<void> {
  await fillSignIn(page, server, `sip:${name}@${server.domain}`, `${name}-secret`);
  await isSignedIn(page);
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

async function write(page: Page, text: string): Promise<void> {
  const composer = composerOf(page);
  await composer.fill(text);
  await composer.press('Enter');
}

test('two people sign in, ask, approve, see each other, chat, and find it all again', async () => {
  const adaHome = profile();
  let ada = await launch(adaHome);
  const bob = await launch(profile());
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
  ada = await launch(adaHome);
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
