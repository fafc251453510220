// Nearby in real windows, on this computer only: two fresh profiles by keys alone, a key that changed, and the demo from its command to its end.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { root, runCommand } from '../../build/run-command.ts';
import { until, type RunningApp } from './support/harness.ts';
import { focusedText, inDialog, tabTo, toRow } from './support/keys.ts';
import { ownProfiles } from './support/own-profiles.ts';
import { call, composerOf, expectAccessibleInBoth } from './support/use-app.ts';

/** Others may be nearby on this computer too. */
const ADA = `Ada ${process.pid}`;
const BOB = `Bob ${process.pid}`;

const { profile: newProfile, launch, quit } = ownProfiles();

/** From the first screen by Tab and Space: the name, and behind "More" this computer as the only network. */
async function startNearby(app: RunningApp, name: string): Promise<void> {
  const { page } = app;
  await page.getByRole('heading', { name: 'Welcome to Watchword' }).waitFor();
  await until('the focus on Start nearby', async () => {
    if ((await focusedText(page)).startsWith('Start nearby')) return true;
    await page.keyboard.press('Tab');
    return false;
  });
  await page.keyboard.press('Enter');
  await page.getByLabel('Your name').waitFor();
  await page.keyboard.type(name);
  await tabTo(page, 'More');
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox').first().waitFor();
  await tabTo(page, 'Port');
  const networks = await page.getByRole('checkbox').count();
  for (let at = 0; at < networks; at += 1) {
    await page.keyboard.press('Tab');
    if (!(await focusedText(page)).includes('this computer only')) await page.keyboard.press('Space');
  }
}

async function confirmStart({ page }: RunningApp): Promise<void> {
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Nearby: on' }).waitFor();
}

async function write(page: Page, text: string): Promise<void> {
  await composerOf(page).waitFor();
  await until('the focus in the composer', async () => (await focusedText(page)).startsWith('Message to'));
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

/** Opens the chat with somebody by the palette. */
async function openChat(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await inDialog(page, 'Do anything');
  await page.keyboard.type(name);
  await page
    .getByRole('option', { name: new RegExp(name, 'u') })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: `Message to ${name}` }).waitFor();
}

const row = (page: Page, name: string, words = name): ReturnType<Page['getByRole']> =>
  page.getByRole('navigation').getByRole('listitem').filter({ hasText: name }).filter({ hasText: words }).first();

/** As when the key was lost: the next start makes another one for the same address. */
function loseKey(profile: string): void {
  const file = join(profile, 'secrets.json');
  const secrets = JSON.parse(readFileSync(file, 'utf8')) as { entries: Record<string, unknown> };
  const kept = Object.entries(secrets.entries).filter(([name]) => !name.startsWith('nearby-key'));
  expect(kept.length).toBeLessThan(Object.keys(secrets.entries).length);
  writeFileSync(file, JSON.stringify({ ...secrets, entries: Object.fromEntries(kept) }));
}

test('two people start nearby by keys alone, find each other, write, ask and allow; a key that changed stops them until it is accepted', async () => {
  const [adaHome, bobHome] = [newProfile(), newProfile()];
  const ada = await launch(adaHome);
  let bob = await launch(bobHome);
  await expectAccessibleInBoth(ada, 'nearby-01-welcome');
  await startNearby(ada, ADA);
  await expectAccessibleInBoth(ada, 'nearby-02-start');
  await confirmStart(ada);
  await startNearby(bob, BOB);
  await confirmStart(bob);

  await row(ada.page, BOB).waitFor();
  await toRow(ada.page, 'People', BOB);
  await expectAccessibleInBoth(ada, 'nearby-04-found');
  await ada.page.keyboard.press('Enter');
  await write(ada.page, 'Hello Bob, nobody is in between?');
  await ada.page.getByLabel('Arrived there').or(ada.page.getByLabel('Delivered')).first().waitFor();
  await row(bob.page, ADA, 'wrote to you').waitFor();
  await bob.page.keyboard.press('Control+1');
  await bob.page.getByText('Somebody you do not know wrote to you').waitFor();
  await tabTo(bob.page, 'Show unknown senders');
  await bob.page.keyboard.press('Enter');
  await toRow(bob.page, 'Unknown senders', ADA);
  await bob.page.keyboard.press('Enter');
  await bob.page.getByRole('log').getByText('nobody is in between?').waitFor();
  await tabTo(bob.page, 'Accept');
  await bob.page.keyboard.press('Enter');
  await openChat(bob.page, ADA);
  await write(bob.page, 'Nobody.');
  await ada.page.getByRole('log').getByText('Nobody.').waitFor();

  await ada.page.keyboard.press('Control+2');
  await toRow(ada.page, 'People', BOB);
  await tabTo(ada.page, `Add ${BOB}`);
  await ada.page.keyboard.press('Enter');
  await row(ada.page, BOB, 'Not allowed yet').waitFor();
  await bob.page.keyboard.press('Control+3');
  await bob.page.getByRole('heading', { name: ADA }).first().waitFor();
  await expectAccessibleInBoth(bob, 'nearby-05-request');
  await bob.page.keyboard.press('a');
  await row(ada.page, BOB, 'Available').waitFor();
  await expectAccessibleInBoth(ada, 'nearby-06-presence');

  await quit(bob);
  await row(ada.page, BOB, 'not nearby at the moment').waitFor();
  loseKey(bobHome);
  bob = await launch(bobHome);
  await bob.page.getByRole('button', { name: 'Nearby: on' }).waitFor();
  await ada.page.getByRole('alert').getByText(`${BOB} shows another key`).waitFor();
  await expectAccessibleInBoth(ada, 'nearby-07-key-changed');
  await openChat(ada.page, BOB);
  await write(ada.page, 'Is it you?');
  await ada.page.getByLabel('Waiting to be sent').last().waitFor();
  await tabTo(ada.page, 'Accept the new key…');
  await ada.page.keyboard.press('Enter');
  await inDialog(ada.page, `Accept the new key of ${BOB}?`);
  await tabTo(ada.page, 'Accept the new key');
  await ada.page.keyboard.press('Enter');
  await ada.page.getByRole('alert').getByText(`${BOB} shows another key`).waitFor({ state: 'detached' });
  await openChat(bob.page, ADA);
  await bob.page.getByRole('log').getByText('Is it you?').waitFor();
  await quit(ada);
  await quit(bob);
});

test('`--demo NAME` is nearby under that name at once, found on this computer only', async () => {
  const app = await launch(newProfile(), ['--demo', 'Ada']);
  await app.page.getByRole('button', { name: 'Nearby: on' }).waitFor();
  const [{ accounts }, { interfaces }] = [await call(app, 'listAccounts', {}), await call(app, 'listInterfaces', {})];
  const here = interfaces.filter(({ isLoopback }) => isLoopback).map(({ address }) => address);
  expect(accounts.map(({ kind, settings }) => [kind, settings.displayName, settings.interfaces])).toEqual([['nearby', 'Ada', here]]);
  await quit(app);
});

test('`npm start -- --demo` plays the first minute by itself where there is no display, and says where its pictures are', async () => {
  const { code, output } = await runCommand('node', ['build/start.ts', '--demo', '--headless'], { timeoutSeconds: 100 });
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Pictures of their first minute: ') as unknown });
  const folder = /Pictures of their first minute: (.*)/u.exec(output)?.[1] ?? '';
  expect(folder).toBe(join(root, 'artefacts/demo'));
  expect(existsSync(folder) ? readdirSync(folder).filter((name) => /^\d\d-.*\.png$/u.test(name)) : []).toHaveLength(9);
});
