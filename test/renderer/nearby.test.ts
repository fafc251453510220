// Nearby in Chromium: the first run by keys, people of every kind, a changed key, a crowd; nothing for axe to complain about.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { callsOf, expectAccessible, focusedName, prepareWindow, rowOf } from './support/use-window.ts';

const use = prepareWindow();

async function showPeople(page: Page): Promise<void> {
  await page.keyboard.press('Control+2');
  await rowOf(page, 'Bob').first().waitFor();
}

describe('the first run', () => {
  it('offers two ways of equal size, and starts nearby with a name and two keys', async () => {
    await use({ scenario: { data: 'new' } }, async (page) => {
      const ways = ['Sign in with a SIP account', 'Start nearby'].map((name) => page.getByRole('button', { name }));
      const boxes = await Promise.all(ways.map((way) => way.boundingBox()));
      expect([boxes[0]?.width, boxes[0]?.height]).toEqual([boxes[1]?.width, boxes[1]?.height]);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByLabel('Your name').waitFor();
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('displayName');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('Type a name').waitFor();
      await page.keyboard.type('Ada');
      await page.keyboard.press('Enter');
      await page.getByText('Nobody nearby yet').first().waitFor();
      expect(await callsOf(page, 'addAccount')).toEqual([{ kind: 'nearby', displayName: 'Ada' }]);
      await page.getByRole('button', { name: 'Nearby: on' }).waitFor();
    });
  });

  it('goes back from a form to the way that was left', async () => {
    await use({ scenario: { data: 'new' } }, async (page) => {
      await page.getByRole('button', { name: 'Start nearby' }).press('Enter');
      await page.getByRole('button', { name: 'Back' }).press('Enter');
      expect(await focusedName(page)).toContain('Start nearby');
    });
  });

  it('says at the form that a port is taken, and mends the same account', async () => {
    const taken = { state: 'failed', reason: 'Another program listens on port 25062. Choose another port.' } as const;
    await use({ scenario: { data: 'new', registration: taken } }, async (page) => {
      await page.getByRole('button', { name: 'Start nearby' }).click();
      await page.keyboard.type('Ada');
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByLabel('Port', { exact: true }).fill('25062');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('Another program listens').waitFor();
      await expectAccessible(page, 'a port that is taken');
      await page.getByLabel('Port', { exact: true }).fill('25063');
      await page.keyboard.press('Enter');
      await page.getByRole('tab', { name: 'People' }).waitFor();
      expect(await callsOf(page, 'updateAccount')).toEqual([
        { accountId: 'account-1', displayName: 'Ada', listenPort: 25063, interfaces: [] },
      ]);
    });
  });
});

describe.each(['light', 'dark'] as const)('every screen of nearby in %s', (theme) => {
  it('has nothing that axe complains about', async () => {
    await use({ scenario: { data: 'new', theme } }, async (page) => {
      await page.getByRole('button', { name: 'Start nearby' }).click();
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByLabel('wlan0').waitFor();
      await expectAccessible(page, 'start nearby');
    });
    await use({ scenario: { data: 'nobody', theme } }, async (page) => {
      await page.getByText('Nobody appears?').click();
      await expectAccessible(page, 'nobody nearby');
    });
    await use({ scenario: { data: 'nearby', theme } }, async (page) => {
      await showPeople(page);
      await expectAccessible(page, 'people nearby');
      await page.getByRole('button', { name: 'Who is Erin on baresip?' }).click();
      await page.getByText('does not encrypt').waitFor();
      await expectAccessible(page, 'unverified');
      await rowOf(page, 'Dave').first().click();
      await page.getByRole('alert').getByText('Messages have stopped').waitFor();
      await expectAccessible(page, 'key changed');
      await page.keyboard.press('Control+n');
      await page.getByRole('dialog').getByText('Heidi').first().waitFor();
      await expectAccessible(page, 'new chat');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Nearby: on' }).click();
      await page.getByText('192.0.2.5:25062').waitFor();
      await expectAccessible(page, 'connection');
      await page.getByRole('button', { name: 'Edit account' }).click();
      await page.getByLabel('Port', { exact: true }).waitFor();
      await expectAccessible(page, 'edit');
    });
    await use({ scenario: { data: 'nearby', theme }, width: 420 }, async (page) => {
      await showPeople(page);
      await rowOf(page, 'Dave').first().click();
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
      await page.getByRole('dialog').getByText('Safety number of the new key').waitFor();
      await expectAccessible(page, 'narrow, compared');
    });
  });
});

describe('people nearby', () => {
  it('are written to, added and looked at by keys; twins show their addresses', async () => {
    await use({ scenario: { data: 'nearby' } }, async (page) => {
      await showPeople(page);
      const bobs = page.getByRole('listitem').filter({ hasText: 'Bob' });
      expect(await bobs.allInnerTexts()).toEqual([
        expect.stringContaining('bob@q7x2m4ka.local') as unknown,
        expect.stringContaining('bob@zzr4t2ab.local') as unknown,
      ]);
      await bobs.first().getByRole('button').first().press('Enter');
      await page.getByRole('textbox', { name: 'Message to Bob' }).waitFor();
      await page.keyboard.type('Hello');
      await page.keyboard.press('Enter');
      await page.getByRole('log').getByText('Hello').waitFor();
      await page.getByRole('button', { name: 'Add Heidi' }).press('Enter');
      await expect.poll(() => callsOf(page, 'addContact')).toHaveLength(1);
      await page.getByRole('button', { name: 'Who is Bob?' }).first().press('Enter');
      await expect.poll(() => focusedName(page)).toBe('Who it is');
      await page.getByRole('button', { name: 'We compared it' }).press('Enter');
      await page.getByText('you made sure that it is Bob').waitFor();
      await page.getByRole('button', { name: 'Not compared after all' }).press('Enter');
      await page.getByRole('button', { name: 'We compared it' }).waitFor();
    });
  });

  it('of a crowd are few elements, and none moves under the pointer', async () => {
    await use({ scenario: { data: 'crowded' } }, async (page) => {
      await showPeople(page);
      const first = page.getByRole('listitem').filter({ hasText: 'Bob' }).first();
      await first.hover();
      const before = await first.boundingBox();
      await page.evaluate(() => {
        const { data, announce } = window.fake;
        const [someone] = data.peers;
        if (someone === undefined) throw new Error('nobody');
        const newer = Array.from({ length: 50 }, (_, at) => ({ ...someone, address: `sip:aaron@${at}.local`, displayName: `Aaron ${at}` }));
        announce({ type: 'nearby-changed', accountId: someone.accountId, peers: [...data.peers, ...newer] });
      });
      await page.getByText('556 people').waitFor();
      expect(await first.boundingBox()).toEqual(before);
      expect(await page.getByRole('listitem').count()).toBeLessThan(60);
    });
  });

  it('whose address and port are known are added by them', async () => {
    await use({ scenario: { data: 'nobody' } }, async (page) => {
      await page.getByRole('button', { name: 'Add by address' }).first().press('Enter');
      await page.keyboard.type('192.0.2.7:25062');
      await page.keyboard.press('Enter');
      await expect.poll(() => callsOf(page, 'addContact')).toEqual([{ accountId: 'account-1', address: 'sip:192.0.2.7:25062' }]);
    });
  });
});

describe('a changed key', () => {
  it('stops the chat, says what that means, and is accepted only when asked twice', async () => {
    await use({ scenario: { data: 'nearby' } }, async (page) => {
      await showPeople(page);
      await rowOf(page, 'Dave').first().press('Enter');
      await page.getByRole('alert').getByText('Dave shows another key').waitFor();
      const composer = page.getByRole('textbox', { name: 'Message to Dave' });
      expect(
        await composer.evaluate(
          (field) => document.getElementById((field.getAttribute('aria-describedby') ?? '').split(' ')[0] ?? '')?.textContent,
        ),
      ).toBe('Messages to Dave wait here until you accept the new key.');
      await page.getByRole('button', { name: 'Compare', exact: true }).press('Enter');
      await expect.poll(() => focusedName(page)).toBe('Who it is');
      await page.getByRole('button', { name: 'Accept the new key…' }).first().press('Enter');
      await page.getByRole('dialog').waitFor();
      expect(await focusedName(page)).toBe('Cancel');
      expect(await callsOf(page, 'acceptKey')).toEqual([]);
      await expectAccessible(page, 'accept a key');
      await page.getByRole('button', { name: 'Accept the new key', exact: true }).press('Enter');
      await page.getByRole('alert').getByText('Dave shows another key').waitFor({ state: 'detached' });
      expect(await callsOf(page, 'acceptKey')).toEqual([
        { accountId: 'account-1', address: 'sip:dave@cc44dd55.local', safetyNumber: '99999 88888 77777 66666 55555 44444' },
      ]);
    });
  });
});

describe('a second kind of account', () => {
  it('is added later from the account menu', async () => {
    await use({ scenario: { data: 'lively' } }, async (page) => {
      await page.getByRole('button', { name: /Ada Byron/u }).click();
      await page.getByRole('button', { name: 'Add another account' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Start nearby' }).click();
      expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('displayName');
      await expectAccessible(page, 'start nearby beside another account');
    });
  });
});

describe('the connection', () => {
  it('does not say that what is kept here runs out', async () => {
    await use({ scenario: { data: 'nearby' } }, async (page) => {
      await page.evaluate(() => {
        const account = window.fake.data.accounts[0]!;
        window.fake.announce({ type: 'account-changed', account: { ...account, policy: { state: 'ok', untilMs: Date.now() + 300_000 } } });
      });
      await page.getByRole('button', { name: 'Nearby: on' }).click();
      const text = await page.getByRole('dialog').innerText();
      expect([text.includes('Rules: fine'), text.includes('Good until')]).toEqual([true, false]);
    });
  });
});

describe('a request', () => {
  it('says that who is politely blocked still finds us on the network, and has no answer for a domain', async () => {
    await use({ scenario: { data: 'nearby' } }, async (page) => {
      await page.evaluate(() => {
        const { accountId } = window.fake.data.accounts[0]!;
        const asked = { firstSeenAtMs: Date.now(), lastSeenAtMs: Date.now(), isPostponed: false, state: 'pending' as const };
        const request = { requestId: 'r1', accountId, address: 'sip:gil@ll88mm99.local', displayName: 'Gil', ...asked };
        window.fake.announce({ type: 'request-added', request });
      });
      await page.keyboard.press('Control+3');
      await page.getByRole('button', { name: 'Politely block' }).focus();
      await page.locator('.explain', { hasText: 'can still find you, unless you are invisible' }).waitFor();
      await page.getByRole('button', { name: 'More…' }).click();
      const items = await page.getByRole('menuitem').allInnerTexts();
      expect([items.length > 0, items.filter((item) => item.includes('everybody at'))]).toEqual([true, []]);
    });
  });
});

describe('the layout', () => {
  /** Names of buttons and fields that reach beyond the window's edge. */
  const cutOff = (page: Page): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('button, input, [role=alert], .number')]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > window.innerWidth + 0.5)
        .map((one) => one.getAttribute('aria-label') ?? one.textContent ?? ''),
    );

  it.each([
    [360, 1],
    [640, 1],
    [1280, 2],
  ])('cuts nothing off at %s px, enlarged %s times, in German', async (width, zoom) => {
    await use({ scenario: { data: 'new', language: 'de' }, width, zoom }, async (page) => {
      expect(await cutOff(page)).toEqual([]);
      await page.getByRole('button', { name: 'In der Nähe starten' }).click();
      await page.getByRole('button', { name: 'Mehr' }).click();
      await page.getByLabel('wlan0').waitFor();
      expect(await cutOff(page)).toEqual([]);
    });
    await use({ scenario: { data: 'nearby', language: 'de' }, width, zoom }, async (page) => {
      await showPeople(page);
      expect(await cutOff(page)).toEqual([]);
      await rowOf(page, 'Bob').first().focus();
      await page.keyboard.press('End');
      // Until the row is there the focus is on the page, which begins otherwise.
      await expect.poll(() => focusedName(page)).toMatch(/^D\s+Dave/u);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('zeigt einen anderen Schlüssel').waitFor();
      expect(await cutOff(page)).toEqual([]);
      await page.getByRole('button', { name: 'Vergleichen', exact: true }).click();
      await page.getByText('Sicherheitsnummer des neuen Schlüssels').first().waitFor();
      expect(await cutOff(page)).toEqual([]);
    });
  });
});
