// Menus and the dialogs behind them, open: nothing that axe complains about, light and dark; and asking somebody again who refused.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { callsOf, expectAccessible, prepareWindow, rowOf } from './support/use-window.ts';

const use = prepareWindow();

async function menuIsFine(page: Page, screen: string): Promise<void> {
  await page.getByRole('menu').waitFor();
  // WHY without: a menu has the focus and belongs to its button; it stands at the end of the page, in no landmark, so that nothing cuts it off.
  await expectAccessible(page, screen, ['region']);
}

/** Chooses an item of the open menu, looks at the dialog it opens, and closes it. */
async function dialogIsFine(page: Page, item: RegExp, screen: string): Promise<void> {
  await page.getByRole('menuitem', { name: item }).click();
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page, screen);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  it('the answers to a request', async () => {
    await use({ scenario: { data: 'lively', theme } }, async (page) => {
      await page.keyboard.press('Control+3');
      await page.getByRole('article').waitFor();
      await page.keyboard.press('u');
      await menuIsFine(page, 'allow until');
      await dialogIsFine(page, /until a date/u, 'until a date');
      const more = page.getByRole('button', { name: 'More…' });
      await more.click();
      await menuIsFine(page, 'more answers');
      await dialogIsFine(page, /Choose what they see/u, 'what they see');
      await more.click();
      await dialogIsFine(page, /Answer for everybody at/u, 'a rule for many');
    });
  });

  it('a chat and its person', async () => {
    await use({ scenario: { data: 'lively', theme }, width: 600 }, async (page) => {
      await rowOf(page, 'Bob Martin').click();
      await page.getByRole('button', { name: 'What can be done with this chat' }).click();
      await menuIsFine(page, 'menu of a chat');
      await page.keyboard.press('Escape');
      await page.getByRole('menu').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Show details' }).click();
      await page.getByRole('button', { name: /^Change the answer for/u }).click();
      await menuIsFine(page, 'menu of an answer');
    });
  });
});

it('somebody who refused is asked again from their details', async () => {
  await use({ scenario: { data: 'lively' }, width: 600 }, async (page) => {
    await page.keyboard.press('Control+2');
    await rowOf(page, 'Ivan').click();
    await page.getByRole('button', { name: 'Show details' }).click();
    await page.getByRole('button', { name: 'Ask again' }).click();
    await expect.poll(() => callsOf(page, 'askAgain')).toEqual([{ contactId: 'contact-ivan' }]);
    await page.getByRole('button', { name: 'Ask again' }).waitFor({ state: 'detached' });
  });
});
