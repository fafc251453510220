// Searching in the real window, keyboard alone: as one types, with filters and marks, and into a message far back. All of it through the
// bundled search thread, because the window runs the built app.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp, type RunningApp, until } from './support/harness.ts';
import { addSilentAccount, expectAccessibleInBoth, focused, haveHistory, type HistoryLine } from './support/use-app.ts';

const ME = 'sip:ada@127.0.0.1';
const PEOPLE = ['bob', 'carol', 'dave'].map((name) => `sip:${name}@example.test`);
const EACH = 800;
const HOUR_MS = 3_600_000;

let app: RunningApp;
beforeAll(async () => {
  app = await launchApp();
  await addSilentAccount(app, ME);
  const now = Date.now();
  const lines = PEOPLE.flatMap((address) =>
    Array.from({ length: EACH }, (_unused, at): HistoryLine => {
      const isSpecial = at === 20 && address === PEOPLE[1];
      const text = isSpecial ? 'Grüße aus Zürich, vom Leuchtturm am See' : at % 100 === 50 ? `the lighthouse, visit ${at}` : `number ${at}`;
      return { address, direction: at % 200 === 50 ? 'out' : 'in', text, atMs: now - (EACH - at) * HOUR_MS };
    }),
  );
  await haveHistory(app, ME, lines);
});
afterAll(async () => expect(await app.quit()).toBe(0));

const results = (): ReturnType<RunningApp['page']['getByRole']> => app.page.getByRole('list', { name: 'Search' });
const status = (words: string): Promise<void> => app.page.getByRole('status').filter({ hasText: words }).waitFor();

test('everything is searched as one types, narrowed, and a hit far back is opened', async () => {
  const { page } = app;
  await page.keyboard.press('Control+Shift+F');
  await until('the field', async () => (await focused(page)) === 'Search');
  await page.keyboard.type('lightho', { delay: 30 });
  await status('24 messages found');
  expect(await results().locator('mark').first().textContent()).toBe('lightho');
  await page.keyboard.type('use');
  await status('24 messages found');
  await expectAccessibleInBoth(app, 'search-found');

  await page.getByText('Filters', { exact: true }).press('Enter');
  const who = page.getByLabel('Who wrote');
  await who.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await status('12 messages found');
  await page.getByLabel('Person').focus();
  await page.keyboard.press('ArrowDown');
  await status('4 messages found');
  await expectAccessibleInBoth(app, 'search-filtered');
  await page.getByRole('button', { name: 'No filters' }).press('Enter');
  await status('24 messages found');

  // Accents do not matter; the words of the hit are marked, and the message is shown where it stands.
  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('zurich leucht');
  await status('1 message found');
  expect(await results().locator('mark').allTextContents()).toEqual(['Zürich', 'Leucht']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const hit = page.getByRole('log').locator('[data-message].pointed');
  await hit.filter({ hasText: 'Leuchtturm' }).waitFor();
  await until('the hit in view', async () => ((await hit.boundingBox())?.y ?? 0) > 60);
  await app.screenshot('search-opened');
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+Shift+F');
  await page.keyboard.type('“nothing like it”');
  await page.getByText('Nothing found').waitFor();
  await expectAccessibleInBoth(app, 'search-nothing');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /^Chats/u }).waitFor();
});

test('one chat is searched from within it, quoted words together', async () => {
  const { page } = app;
  await page.getByRole('button', { name: /^dave/iu }).press('Enter');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('"lighthouse, visit" 150');
  await page.getByText(/^Only with/u).waitFor();
  await status('1 message found');
  await page.keyboard.press('Escape');
});
