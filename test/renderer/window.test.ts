// The window as it ships, in Chromium under its strict policy: what a person sees and does, with the mouse and without.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../app/domain/account.ts';
import { recordFrames, recordRows, rowMoves } from '../support/row-moves.ts';
import { callsOf, expectAccessible, focusedName as focused, prepareWindow, rowOf as row } from './support/use-window.ts';

const use = prepareWindow();

describe.each(['light', 'dark'] as const)('every screen in %s', (theme) => {
  it('has nothing that axe complains about', async () => {
    await use({ scenario: { data: 'new', theme } }, async (page) => {
      await expectAccessible(page, 'welcome');
      await withServer(page);
      await expectAccessible(page, 'sign in');
      await page.getByRole('button', { name: 'Server settings' }).click();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await expectAccessible(page, 'sign in with an error');
    });
    await use({ scenario: { data: 'empty', theme } }, async (page) => expectAccessible(page, 'empty'));
    await use({ scenario: { data: 'lively', theme } }, async (page) => {
      await row(page, 'Bob Martin').click();
      await page.getByText('Here is the plan').waitFor();
      await expectAccessible(page, 'thread');
      const dialogs = { 'Control+k': 'palette', F1: 'keys', 'Control+,': 'settings', 'Control+n': 'new chat' };
      for (const [key, name] of Object.entries(dialogs)) {
        await page.keyboard.press(key);
        await page.getByRole('dialog').waitFor();
        await expectAccessible(page, name);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
      await page.keyboard.press('Control+2');
      await expectAccessible(page, 'people');
      await page.keyboard.press('Control+3');
      await page.getByText('mallory@example.net').first().waitFor();
      await expectAccessible(page, 'requests');
      await page.getByRole('button', { name: /^Answered/u }).click();
      await expectAccessible(page, 'answered');
      await page.getByRole('button', { name: /^Watching/u }).click();
      await expectAccessible(page, 'watching');
      await page.getByRole('button', { name: 'Connection: fine' }).click();
      await page.getByText('Technical details').click();
      await expectAccessible(page, 'connection');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('the');
      await page.locator('mark').first().waitFor();
      await expectAccessible(page, 'search');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /Ada Byron/u }).click();
      await expectAccessible(page, 'own presence');
    });
    await use({ scenario: { data: 'lively', theme }, width: 600 }, async (page) => {
      await row(page, 'Bob Martin').click();
      await page.getByRole('button', { name: 'Show details' }).click();
      await page.getByRole('dialog').waitFor();
      await expectAccessible(page, 'narrow with details');
    });
  });
});

/** Chooses the first of the two ways to begin, by key. */
async function withServer(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with a SIP account' }).press('Enter');
}

describe('signing in', () => {
  it('says what to mend next to the field, puts the focus there, and opens the window', async () => {
    await use({ scenario: { data: 'new' } }, async (page) => {
      await withServer(page);
      await page.keyboard.type('ada@example.org');
      await page.keyboard.press('Enter');
      expect(await page.getByRole('alert').allInnerTexts()).toEqual(['Type the password of this account.']);
      await page.keyboard.type('secret');
      await page.evaluate(() =>
        window.fake.failNext('addAccount', { kind: 'invalid-input', field: 'xcapRoot', reason: 'This is not a web address.' }),
      );
      await page.keyboard.press('Enter');
      await page.getByText('This is not a web address.').waitFor();
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('xcapRoot');
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: 'Chats' }).waitFor();
    });
  });
});

/** The registration of an account becomes this. */
const setRegistration = (page: Page, registration: Account['registration'], more: Partial<Account> = {}): Promise<void> =>
  page.evaluate(
    ([state, others]) => {
      const account = window.fake.data.accounts[0];
      if (account === undefined) throw new Error('no account');
      window.fake.announce({ type: 'account-changed', account: { ...account, ...others, registration: state } });
    },
    [registration, more] as const,
  );

describe('a server that does not take the sign-in', () => {
  const refused = { state: 'failed', reason: 'The server does not accept this.', detail: '401 for realm example.org' } as const;

  it('is said at the field, and mended as the same account', async () => {
    await use({ scenario: { data: 'new', registration: refused }, height: 400 }, async (page) => {
      await withServer(page);
      await page.keyboard.type('ada@example.org');
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.keyboard.press('Enter');
      const alert = page.getByRole('alert').getByText('The server does not accept this password for this address.');
      await alert.waitFor();
      expect(await alert.evaluate((one) => one.getBoundingClientRect().bottom <= window.innerHeight)).toBe(true);
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('password');
      await expectAccessible(page, 'sign-in refused');
      await page.keyboard.type('right');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.evaluate(() => window.fake.calls.at(-1)))
        .toEqual({
          name: 'updateAccount',
          input: { accountId: 'account-1', password: 'wrongright' },
        });
      await setRegistration(page, { state: 'ok' });
      await page.getByRole('tab', { name: 'Chats' }).waitFor();
    });
  });

  it('is said at the form when nobody is reached, and tried on in the background', async () => {
    const unreachable = { state: 'failed', reason: 'The server cannot be reached.', detail: 'refused: no', untilMs: 1 } as const;
    await use({ scenario: { data: 'new', registration: unreachable } }, async (page) => {
      await withServer(page);
      await page.keyboard.type('ada@example.org');
      await page.getByLabel('Password', { exact: true }).fill('secret');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
      expect(await page.getByLabel('Outbound proxy').isVisible()).toBe(true);
      await expectAccessible(page, 'server unreachable');
      await page.getByRole('button', { name: 'Keep trying in the background' }).click();
      await page.getByRole('tab', { name: 'Chats' }).waitFor();
      await page.getByRole('button', { name: /Your presence.*Not connected – will be Available/u }).waitFor();
    });
  });

  it('is a banner in the window when only the person can mend it', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await setRegistration(page, refused);
      const banner = page.getByRole('alert').filter({ hasText: 'ada@example.org' });
      await expect.poll(() => banner.innerText()).toContain('The server does not accept this.');
      await expectAccessible(page, 'banner');
      await banner.getByRole('button', { name: 'Edit account…' }).click();
      await page.getByRole('dialog', { name: 'Edit ada@example.org' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Not connected', exact: true }).click();
      const edit = page.getByRole('dialog').getByRole('button', { name: 'Edit account…' });
      expect(await edit.getAttribute('class')).toContain('primary');
      await page.keyboard.press('Escape');
      await setRegistration(page, { state: 'ok' });
      await banner.waitFor({ state: 'detached' });
    });
  });
});

describe('what the server does', () => {
  const NO_RULES = 'This server keeps no rules.';

  it('is said once, with the time until which each part holds', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      const untilMs = new Date(2026, 4, 6, 14, 30).getTime();
      const findings = [{ kind: 'no-xcap' as const, reason: NO_RULES }];
      await setRegistration(page, { state: 'ok', untilMs }, { findings, policy: { state: 'failed', reason: NO_RULES } });
      await page.getByRole('button', { name: /not everything works/u }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Good until 14:30.').waitFor();
      expect(await dialog.getByText(NO_RULES, { exact: true }).count()).toBe(1);
    });
  });

  it('is not contradicted: where everybody is let in, nothing says that nobody is', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+3');
      await page.getByText('Nobody sees you before you answer.').waitFor();
      await setRegistration(page, { state: 'ok' }, { findings: [{ kind: 'authorizes-everybody', reason: 'It lets everybody in.' }] });
      await page.getByText('It lets everybody in.').waitFor();
      expect(await page.getByText('Nobody sees you before you answer.').count()).toBe(0);
    });
  });
});

describe('a chat', () => {
  it('is opened, written in and answered by keys alone', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Alt+ArrowDown');
      const composer = page.getByRole('textbox', { name: 'Message to Bob Martin' });
      await composer.waitFor();
      await expect.poll(() => focused(page)).toBe('Message to Bob Martin');
      await page.keyboard.type('One');
      await page.keyboard.press('Shift+Enter');
      await page.keyboard.type('Two');
      await page.keyboard.press('Enter');
      const own = page.getByRole('article').last();
      await expect.poll(() => own.innerText()).toContain('One\nTwo');
      expect(await own.getByRole('img').getAttribute('aria-label')).toBe('Waiting to be sent');
      expect(await composer.inputValue()).toBe('');
      await page.evaluate(() => window.fake.receive('sip:bob@example.org', 'Three'));
      await expect.poll(() => page.getByRole('article').last().innerText()).toContain('Three');
      expect(await page.locator('[aria-live="polite"].for-readers p').allInnerTexts()).toEqual(['Bob Martin: Three']);
      await expect.poll(() => page.evaluate(() => window.fake.calls.at(-1)?.name)).toBe('markRead');
    });
  });

  it('holds a word wider than the pane, typed or said', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await row(page, 'Bob Martin').click();
      const composer = page.getByRole('textbox', { name: 'Message to Bob Martin' });
      await composer.fill('x'.repeat(200));
      const widths = async (): Promise<{ isInside: boolean; overflow: number }> =>
        page.evaluate(() => {
          const thread = document.querySelector('main')?.getBoundingClientRect();
          const all = [...document.querySelectorAll('main textarea, main .send, main [role=article], main article')];
          const isInside = thread !== undefined && all.every((one) => one.getBoundingClientRect().right <= thread.right);
          const log = document.querySelector('[role=log]');
          return { isInside, overflow: log === null ? -1 : log.scrollWidth - log.clientWidth };
        });
      expect(await widths()).toEqual({ isInside: true, overflow: 0 });
      await composer.press('Enter');
      await page.getByRole('article').filter({ hasText: 'xxxx' }).waitFor();
      expect(await widths()).toEqual({ isInside: true, overflow: 0 });
    });
  });

  it('copies a message through the shell, and says it when that fails', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await row(page, 'Bob Martin').click();
      const message = page.getByRole('article').filter({ hasText: 'Or rather 10.' });
      await message.focus();
      await page.keyboard.press('c');
      await page.getByText('Copied', { exact: true }).waitFor({ state: 'attached' });
      expect(await page.evaluate(() => window.fake.calls.find((call) => call.name === 'copyText')?.input)).toEqual({
        text: 'Or rather 10.',
      });
      await page.evaluate(() => window.fake.failNext('copyText', { kind: 'internal', reason: 'There is no clipboard.' }));
      await page.keyboard.press('c');
      await page.getByRole('alert').getByText('Not copied: There is no clipboard.').waitFor();
      await page.getByRole('button', { name: 'Connection: fine' }).click();
      await page.getByText('Technical details').click();
      await page.evaluate(() => window.fake.failNext('copyText', { kind: 'internal', reason: 'No room.' }));
      await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click();
      await page.getByRole('dialog').getByText('Not copied: No room.').waitFor();
    });
  });

  it('keeps the draft of each conversation', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await row(page, 'Bob Martin').click();
      await page.getByRole('textbox', { name: 'Message to Bob Martin' }).fill('unfinished');
      await row(page, 'Carol').click();
      await page.getByRole('textbox', { name: 'Message to Carol Nwosu' }).waitFor();
      await expect.poll(() => row(page, 'Bob Martin').innerText()).toContain('Draft unfinished');
      await row(page, 'Bob Martin').click();
      await expect.poll(() => page.getByRole('textbox', { name: 'Message to Bob Martin' }).inputValue()).toBe('unfinished');
    });
  });

  it('shows hostile text as text and opens only checked links, outside', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await row(page, 'Bob Martin').click();
      await page.getByRole('log').press('Home');
      const hostile = page.getByRole('article').filter({ hasText: '<b>bold?</b>' });
      await hostile.waitFor();
      expect(await hostile.locator('b, img, script').count()).toBe(0);
      expect(await hostile.innerText()).toContain('\u2407bell ⟨U+202E⟩gnitupmoc⟨U+202C⟩');
      expect(await hostile.getByRole('link').allInnerTexts()).toEqual(['https://example.org/path?q=1']);
      await hostile.getByRole('link').click();
      expect(await page.evaluate(() => window.fake.calls.at(-1))).toEqual({
        name: 'openExternal',
        input: { url: 'https://example.org/path?q=1' },
      });
      expect(new URL(page.url()).pathname).toBe('/');
    });
  });

  it('leaves a reader alone who scrolls while it opens at its unread line', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      // As soon as the first rows are drawn: their sizes, and those of the next, come in then.
      await row(page, 'Bob Martin').evaluate(async (button: HTMLElement) => {
        button.click();
        const log = (): Element | null => document.querySelector('[role=log]:has([data-key])');
        while ((log()?.scrollTop ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve));
        log()?.scrollTo(0, 0);
      });
      await recordRows(page);
      await recordFrames(page, 30);
      expect((await rowMoves(page)).filter(({ scrollTop }) => scrollTop !== 0)).toEqual([]);
    });
  });

  it('says why a message failed and sends it again', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await row(page, 'Bob Martin').click();
      const failed = page.getByRole('article').filter({ hasText: 'Or rather 10.' });
      expect(await failed.innerText()).toContain('Not sent: Bob is not signed in anywhere, and the server keeps no messages.');
      await failed.getByRole('button', { name: 'Send again' }).click();
      await expect.poll(() => failed.getByRole('img').getAttribute('aria-label')).toBe('Sending');
    });
  });
});

describe('requests', () => {
  it('are answered by keys, and show what the server made of it', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+3');
      const heading = page.getByRole('article').getByRole('heading');
      await expect.poll(() => heading.innerText()).toBe('“Bob Martin (admin)”');
      await page.keyboard.press('p');
      await expect.poll(() => heading.innerText()).toBe('“Oscar”');
      await page.keyboard.press('u');
      await page.getByRole('menuitem', { name: 'for an hour' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => heading.innerText()).toContain('peggy');
      await page.keyboard.press('Shift+A');
      await expect
        .poll(() => callsOf(page, 'decideRequest'))
        .toEqual([
          { requestId: 'request-mallory', decision: 'politely-block' },
          { requestId: 'request-oscar', decision: 'allow', untilMs: expect.any(Number) },
          { requestId: expect.stringContaining('request-peggy'), decision: 'allow' },
        ]);
      const just = page.getByRole('region', { name: 'Just answered' });
      await expect.poll(() => just.innerText()).toContain('Politely blocked · on its way to the server…');
      await page.evaluate(() => {
        const watcher = window.fake.data.watchers.find((one) => one.address.includes('mallory'));
        if (watcher !== undefined)
          window.fake.announce({ type: 'watcher-changed', watcher: { ...watcher, isConfirmed: true, confirmedAtMs: Date.now() } });
      });
      await expect.poll(() => just.innerText()).toContain('Politely blocked · in force since');
    });
  });

  it('say under the focused button what that person will see', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+3');
      const block = page.getByRole('button', { name: 'Block', exact: true });
      await block.focus();
      await page.locator('.explain', { hasText: 'will be told that you do not allow it' }).waitFor();
    });
  });
});

describe('people', () => {
  it('are added, renamed and removed', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.keyboard.press('Control+2');
      await page.getByRole('button', { name: 'Add person' }).click();
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
      await page.keyboard.type('zoe@example.org');
      await page.keyboard.press('Enter');
      await row(page, 'zoe').click();
      await page.getByRole('button', { name: 'Rename…' }).click();
      await page.keyboard.type('Zoë');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Zoë', level: 2 }).first().waitFor();
      await page.getByRole('button', { name: 'Remove…' }).click();
      expect(await focused(page)).toBe('Cancel');
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await expect.poll(() => page.getByRole('listitem').filter({ hasText: 'Zoë' }).count()).toBe(0);
    });
  });
});

describe('thousands', () => {
  it('of people, chats and messages stay few elements, and End is reached by keys', async () => {
    await use({ scenario: { data: 'large' } }, async (page) => {
      await page.keyboard.press('Control+2');
      await row(page, 'Bob Martin').focus();
      await page.keyboard.press('End');
      await expect.poll(() => focused(page)).toContain('山田');
      expect(await page.getByRole('listitem').count()).toBeLessThan(200);
      await page.keyboard.press('Control+1');
      await row(page, 'Carol').click();
      await page.getByRole('article').getByText('Number 1', { exact: true }).waitFor();
      expect(await page.getByRole('article').count()).toBeLessThan(200);
    });
  });

  it('of chats stay where they were scrolled to, whatever comes in, with one of them open', async () => {
    await use({ scenario: { data: 'large' } }, async (page) => {
      await row(page, 'Carol').click();
      const list = page.getByRole('list', { name: 'Chats' });
      await list.evaluate((one) => (one.scrollTop = 20_000));
      await page
        .getByText(/Hello number 3\d\d/u)
        .first()
        .waitFor();
      await page.evaluate(() => window.fake.receive('sip:person390@example.org', 'Newest'));
      await page.getByRole('tab', { name: /3 unread/u }).waitFor();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      expect(await list.evaluate((one) => one.scrollTop)).toBe(20_000);
    });
  });

  it('keep the place while older messages load, and go back to the end by the pill', async () => {
    await use({ scenario: { data: 'large', delayMs: 30 } }, async (page) => {
      await row(page, 'Carol').click();
      const mark = page.getByRole('article').filter({ hasText: 'Number 42,' });
      await page.getByRole('article').getByText('Number 1', { exact: true }).waitFor();
      await page.getByRole('log').evaluate((log) => (log.scrollTop = 500));
      await mark.waitFor();
      const top = async (): Promise<number> => (await mark.boundingBox())?.y ?? -1;
      const before = await top();
      await expect.poll(async () => (await callsOf(page, 'listMessages')).length).toBeGreaterThan(1);
      await page.waitForFunction(() => (document.querySelector('[role="log"]')?.scrollTop ?? 0) > 1_000);
      expect(Math.abs((await top()) - before)).toBeLessThan(3);
      await page.evaluate(() => window.fake.receive('sip:carol@example.org', 'Newest'));
      await page.getByRole('button', { name: '1 new message' }).click();
      await page.getByRole('article').getByText('Newest', { exact: true }).waitFor();
    });
  });

  it.each(['the wheel', 'Home'])('stand still in every frame when older messages come above them, reached by %s', async (way) => {
    await use({ scenario: { data: 'large', delayMs: 30 } }, async (page) => {
      await page.evaluate((line) => {
        for (const [at, message] of (window.fake.data.messages.get('c-carol') ?? []).entries()) {
          if (at % 11 === 3) Object.assign(message, { text: line.repeat(3 + (at % 9) * 4) });
          if (at % 5 === 2) Object.assign(message, { text: `> ${line}\n\n${message.text}` });
        }
      }, 'Words for a row that is much higher than the others are. ');
      await row(page, 'Carol').click();
      await page.getByRole('article').getByText('Number 1', { exact: true }).waitFor();
      await page.mouse.move(800, 400);
      await recordRows(page);
      if (way === 'Home') await page.getByRole('log').press('Home');
      const height = (): Promise<number> => page.getByRole('log').evaluate((log) => log.scrollHeight);
      while ((await height()) < 10_000) if (way === 'the wheel') await page.mouse.wheel(0, -240);
      await recordFrames(page, 20);
      const frames = await rowMoves(page);
      // Who scrolls up sees rows go down, all by as much; and where one stands, none.
      expect(frames.filter(({ least, most }) => least < -1 || most - least > 1)).toEqual([]);
      const first = frames.findIndex(({ scrollTop }) => scrollTop === 0);
      expect(way === 'Home' ? frames.slice(first + 1).filter(({ most }) => most > 1) : []).toEqual([]);
    });
  });

  it('are found far back, and shown', async () => {
    await use({ scenario: { data: 'large' } }, async (page) => {
      await page.keyboard.press('Control+f');
      await page.keyboard.type('Number 9001');
      await page.locator('#search-results [data-row]').filter({ hasText: 'Number 9001' }).click();
      await page.locator('article.pointed', { hasText: 'Number 9001' }).waitFor();
      expect(await page.getByRole('article').count()).toBeLessThan(200);
    });
  });
});

describe('the layout', () => {
  it.each([380, 600, 640, 800, 1280])('cuts nothing off at %s px', async (width) => {
    await use({ scenario: { data: 'lively' }, width }, async (page) => {
      await row(page, 'Heidi').click();
      await page.getByRole('log').waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow).toBe(0);
      const composer = await page.getByRole('textbox', { name: /Message to/u }).boundingBox();
      expect((composer?.x ?? 0) + (composer?.width ?? width)).toBeLessThanOrEqual(width);
    });
  });

  it('is one pane with a way back when narrow', async () => {
    await use({ scenario: { data: 'lively' }, width: 380 }, async (page) => {
      await row(page, 'Carol').click();
      await page.getByRole('button', { name: 'Back' }).click();
      await row(page, 'Carol').waitFor();
      expect(await page.getByRole('log').isVisible()).toBe(false);
    });
  });

  it('remembers the width of the side bar, moved by keys', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.getByRole('separator', { name: 'Width of the side bar' }).focus();
      await page.keyboard.press('ArrowRight');
      await expect
        .poll(() => page.evaluate(() => window.fake.calls.at(-1)))
        .toEqual({ name: 'changeSettings', input: { sideBarWidthPx: 312 } });
      expect((await page.getByRole('navigation').boundingBox())?.width).toBe(312);
    });
  });

  it('speaks German when asked to', async () => {
    await use({ scenario: { data: 'lively', language: 'de' } }, async (page) => {
      await page.getByRole('tab', { name: /Anfragen/u }).waitFor();
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    });
  });
});
