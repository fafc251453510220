// The screens of authorization, messages and history in Chromium: keys alone, nothing for axe to complain about, few elements for many rows.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { callsOf, expectAccessible, focusedName, prepareWindow, rowOf } from './support/use-window.ts';

const use = prepareWindow();

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function chooseInMenu(page: Page, button: string, item: RegExp): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await page.getByRole('dialog').waitFor();
}

describe.each(['light', 'dark'] as const)('what is seldom seen, in %s', (theme) => {
  it('of the requests has nothing that axe complains about', async () => {
    await use({ scenario: { data: 'troubled', theme } }, async (page) => {
      await page.keyboard.press('Control+3');
      await page.getByRole('heading', { name: /answered Victor differently/u }).waitFor();
      await page.getByRole('button', { name: /would see/u }).click();
      await page.getByText('The document itself').click();
      await expectAccessible(page, 'conflict, findings and preview');
      await chooseInMenu(page, 'More…', /Choose what they see/u);
      await expectAccessible(page, 'what they see');
      await closeDialog(page);
      await chooseInMenu(page, 'More…', /everybody at example\.net/u);
      await expectAccessible(page, 'scope');
      await closeDialog(page);
      await rowOf(page, 'mallory').focus();
      await page.keyboard.press('Control+a');
      await expectAccessible(page, 'several');
      await page.getByRole('button', { name: 'All rules' }).click();
      await page.getByText('of another program').first().waitFor();
      await expectAccessible(page, 'rules');
    });
  });

  it('of a chat and the history has nothing that axe complains about', async () => {
    await use({ scenario: { data: 'troubled', theme } }, async (page) => {
      await rowOf(page, 'Bob Martin').click();
      await page.getByText('Platform 9 it is').waitFor();
      await page.getByRole('article').last().focus();
      await expectAccessible(page, 'a message in focus');
      await page.keyboard.press('r');
      await expectAccessible(page, 'an answer');
      await page.getByRole('button', { name: 'Emoji' }).click();
      await page.getByRole('dialog').waitFor();
      await expectAccessible(page, 'emoji');
      await closeDialog(page);
      await page.getByRole('article').last().focus();
      await page.keyboard.press('i');
      await page.getByRole('heading', { name: 'SIP exchange' }).waitFor();
      await expectAccessible(page, 'details of a message');
      await closeDialog(page);
      const menu = 'What can be done with this chat';
      for (const [item, screen] of [
        [/Jump to a date/u, 'date'],
        [/Export/u, 'history of a chat'],
        [/Block/u, 'block'],
      ] as const) {
        await chooseInMenu(page, menu, item);
        await expectAccessible(page, screen);
        await closeDialog(page);
      }
      await page.getByRole('button', { name: /Unknown senders/u }).click();
      await rowOf(page, 'Lucky Winner').click();
      await page.getByText('You do not know').waitFor();
      await expectAccessible(page, 'unknown sender');
      await page.keyboard.press('Control+,');
      await page.getByRole('button', { name: 'Message history…' }).click();
      await page.getByRole('button', { name: 'Export…' }).click();
      await page.getByRole('progressbar').waitFor();
      await expectAccessible(page, 'history');
      await closeDialog(page);
      await page.keyboard.press('Control+,');
      await page.getByRole('button', { name: 'Blocked addresses' }).click();
      await page.getByText('spam@example.com').waitFor();
      await page.getByText(/by your answer · .* 3 messages refused/u).waitFor();
      await expectAccessible(page, 'blocked addresses');
      await closeDialog(page);
      await page.keyboard.press('Control+Shift+f');
      await page.keyboard.type('the');
      await page.locator('mark').first().waitFor();
      await page.getByText('Filters').click();
      await expectAccessible(page, 'search with filters');
    });
  });
});

describe('requests', () => {
  it('are chosen and answered together by keys alone, and undone', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+3');
      await rowOf(page, 'mallory').focus();
      await page.keyboard.press('Space');
      await page.keyboard.press('Shift+ArrowDown');
      await page.getByRole('heading', { name: 'Answer 2 requests together' }).waitFor();
      await page.keyboard.press('p');
      await page.getByRole('heading', { name: /peggy/u }).waitFor();
      expect(await callsOf(page, 'decideRequests')).toEqual([
        { requestIds: ['request-mallory', 'request-oscar'], decision: 'politely-block' },
      ]);
      await page.keyboard.press('Control+z');
      await expect.poll(() => callsOf(page, 'undoDecision').then((calls) => calls.length)).toBe(2);
      const list = page.getByRole('navigation').getByRole('listitem');
      await expect.poll(() => list.filter({ hasText: /mallory|oscar/u }).count()).toBe(2);
    });
  });

  it('are allowed only at work, and put off until tomorrow', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+3');
      await page.keyboard.press('u');
      await page.getByRole('menuitem', { name: 'only while I am at work' }).click();
      await page.getByRole('heading', { name: /Oscar/u }).waitFor();
      await page.getByRole('button', { name: 'More…' }).click();
      await page.getByRole('menuitem', { name: 'Ask me again tomorrow' }).click();
      await expect
        .poll(() => callsOf(page, 'decideRequest'))
        .toEqual([
          { requestId: 'request-mallory', decision: 'allow', sphere: 'work' },
          { requestId: 'request-oscar', decision: 'later', untilMs: expect.any(Number) },
        ]);
    });
  });

  it('show what that person would see for the answer in focus', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+3');
      await page.getByRole('button', { name: /would see/u }).click();
      const preview = page.getByRole('region', { name: /would see/u });
      await expect.poll(() => preview.innerText()).toContain('Available · In a meeting');
      await page.getByRole('button', { name: 'Politely block' }).focus();
      await expect.poll(() => preview.innerText()).toContain('Offline');
      await page.getByRole('button', { name: 'Block', exact: true }).focus();
      await expect.poll(() => preview.innerText()).toContain('is told that it is not allowed');
    });
  });

  it('where two devices disagree, the person chooses', async () => {
    await use({ scenario: { data: 'troubled' } }, async (page) => {
      await page.keyboard.press('Control+3');
      await page.getByRole('button', { name: 'Keep this' }).last().press('Enter');
      await expect.poll(() => callsOf(page, 'resolveConflict')).toEqual([{ conflictId: 'conflict-1', keep: 'theirs' }]);
      expect(await page.getByRole('button', { name: 'Keep this' }).count()).toBe(0);
    });
  });

  it('by thousands, and the log, and watchers, stay few elements', async () => {
    await use({ scenario: { data: 'large' } }, async (page) => {
      await page.keyboard.press('Control+3');
      await rowOf(page, 'mallory').focus();
      await page.keyboard.press('End');
      await expect.poll(() => focusedName(page)).toContain('Trent');
      expect(await page.getByRole('listitem').count()).toBeLessThan(120);
      for (const name of [/^Answered/u, /^Watching/u]) {
        await page.getByRole('button', { name }).click();
        await page.getByRole('main').getByRole('listitem').first().waitFor();
        expect(await page.getByRole('listitem').count()).toBeLessThan(160);
      }
    });
  });
});

describe('a chat', () => {
  it('answers a message by keys alone, and the quote leads back', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await rowOf(page, 'Bob Martin').click();
      await page.getByText('Here is the plan').waitFor();
      await page.getByRole('article').last().focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('r');
      await expect.poll(() => focusedName(page)).toBe('Message to Bob Martin');
      await page.keyboard.type('Good plan');
      await page.keyboard.press('Enter');
      const own = page.getByRole('article').last();
      await expect.poll(() => own.innerText()).toContain('Good plan');
      await own.getByRole('button', { name: /Quoted/u }).click();
      await page.locator('article.pointed', { hasText: 'Here is the plan' }).waitFor();
    });
  });

  it('deletes a message here only, after asking', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await rowOf(page, 'Carol').click();
      await page.getByRole('article').last().focus();
      await page.keyboard.press('Delete');
      await page.getByText('Carol Nwosu keeps it').waitFor();
      await page.getByRole('button', { name: 'Delete here' }).press('Enter');
      await expect.poll(() => page.getByRole('article').count()).toBe(0);
    });
  });

  it('takes an emoji that was searched for', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await rowOf(page, 'Bob Martin').click();
      const composer = page.getByRole('textbox', { name: 'Message to Bob Martin' });
      await composer.fill('Well done');
      await page.getByRole('button', { name: 'Emoji' }).press('Enter');
      await page.getByRole('textbox', { name: 'Search emoji' }).fill('rocket');
      await page.keyboard.press('Enter');
      await expect.poll(() => composer.inputValue()).toBe('Well done🚀');
    });
  });

  it('with somebody unknown is accepted', async () => {
    await use({ scenario: { data: 'troubled' } }, async (page) => {
      await page.getByRole('button', { name: /Unknown senders/u }).click();
      await rowOf(page, 'Lucky Winner').click();
      await page.getByRole('button', { name: 'Accept' }).click();
      await expect.poll(() => rowOf(page, 'Bob Martin').count()).toBe(1);
      expect(await rowOf(page, 'Lucky Winner').count()).toBe(1);
    });
  });

  it('goes out to several people at once', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+n');
      await page.keyboard.type('bob@example.org');
      await page.getByRole('button', { name: 'Add another person' }).press('Enter');
      await page.keyboard.type('zoe@example.org');
      await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Hello both');
      await page.getByRole('button', { name: 'Send to 2 people' }).press('Enter');
      await expect
        .poll(() => callsOf(page, 'sendToMany'))
        .toEqual([{ accountId: 'account-1', addresses: ['sip:bob@example.org', 'sip:zoe@example.org'], text: 'Hello both' }]);
    });
  });
});

describe('the history', () => {
  it('is searched here, everywhere and by filters, and a result opens the chat at its message', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await rowOf(page, 'Bob Martin').click();
      await page.keyboard.press('Control+f');
      await page.keyboard.type('timetable');
      await page.getByText('Only with Bob Martin').waitFor();
      const results = page.locator('#search-results [data-row]');
      await expect.poll(() => results.count()).toBe(2);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('article.pointed', { hasText: 'timetable' }).waitFor();
      await page.getByText('Filters', { exact: false }).first().click();
      await page.getByLabel('Who wrote').selectOption('out');
      await expect.poll(() => results.count()).toBe(0);
    });
  });

  it('is exported with progress that can be cancelled', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+,');
      await page.getByRole('button', { name: 'Message history…' }).click();
      await page.getByLabel('To import again (JSON Lines)').check();
      await page.getByRole('button', { name: 'Export…' }).click();
      await page.getByRole('button', { name: 'Cancel: Export' }).click();
      await page.getByText('cancelled').waitFor();
      expect(await callsOf(page, 'exportHistory')).toEqual([{ path: expect.stringMatching(/\.jsonl$/u), format: 'jsonl' }]);
    });
  });

  it('of one chat is kept for a while, and deleted after asking', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await rowOf(page, 'Dave').click();
      await chooseInMenu(page, 'What can be done with this chat', /Export/u);
      await page.getByLabel('Keep messages').selectOption('30');
      await expect.poll(() => callsOf(page, 'setRetention')).toEqual([{ conversationId: 'c-dave', keepDays: 30 }]);
      await page.getByRole('button', { name: 'Delete this chat…' }).click();
      await page.getByRole('button', { name: 'Delete chat', exact: true }).click();
      await expect.poll(() => rowOf(page, 'Dave').count()).toBe(0);
    });
  });
});
