// What was typed and not sent survives everything: another chat, quitting, a power cut.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { launchApp, type RunningApp, until } from './support/harness.ts';
import { addSilentAccount, call, composerOf, expectAccessibleInBoth, focused, openChat } from './support/use-app.ts';

const profile = mkdtempSync(join(tmpdir(), 'watchword-e2e-'));
afterAll(() => rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

const launch = (): Promise<RunningApp> => launchApp({ profile });

async function typeTo(app: RunningApp, address: string, text: string): Promise<void> {
  await openChat(app.page, address);
  await until('the composer', async () => /^Message to/u.test(await focused(app.page)));
  await app.page.keyboard.type(text);
}

/** The drafts as the side bar shows them, and the one in the composer when its chat is opened. */
async function expectDraft(app: RunningApp, name: string, text: string): Promise<void> {
  const row = app.page.getByRole('button', { name: new RegExp(`^${name}`, 'iu') });
  await row.filter({ hasText: text.split('\n')[0] ?? '' }).waitFor();
  await row.press('Enter');
  await composerOf(app.page).waitFor();
  expect(await composerOf(app.page).inputValue()).toBe(text);
}

test('another chat, quitting in the middle of a word, a power cut', async () => {
  let app = await launch();
  await addSilentAccount(app, 'sip:ada@127.0.0.1');
  await typeTo(app, 'bob@example.test', 'Dear Bob, ');
  await typeTo(app, 'carol@example.test', 'Hello Carol');
  await app.page.getByText('Draft').waitFor();
  await expectAccessibleInBoth(app, 'drafts');
  await app.page.keyboard.press('Shift+Enter');
  await app.page.keyboard.type('and so on');
  // At once, before the pause after which a draft is stored.
  expect(await app.quit()).toBe(0);

  app = await launch();
  await expectDraft(app, 'bob', 'Dear Bob, ');
  await expectDraft(app, 'carol', 'Hello Carol\nand so on');
  await composerOf(app.page).focus();
  await app.page.keyboard.type(', until the lights go out');
  const full = 'Hello Carol\nand so on, until the lights go out';
  await until('the draft to be stored', async () => {
    const { conversations } = await call(app, 'listConversations', {});
    return conversations.some(({ draft }) => draft === full);
  });
  await app.kill();

  app = await launch();
  await expectDraft(app, 'carol', full);
  await composerOf(app.page).focus();
  await app.page.keyboard.press('Enter');
  await app.page.getByLabel('Waiting to be sent').first().waitFor();
  expect(await app.quit()).toBe(0);
  app = await launch();
  await app.page.getByRole('button', { name: /^carol/iu }).press('Enter');
  await app.page.getByRole('log').getByText('until the lights go out').waitFor();
  expect(await composerOf(app.page).inputValue()).toBe('');
  await app.screenshot('drafts-sent');
  expect(await app.quit()).toBe(0);
});
