// A thread in the real window, keyboard alone: writing, failing and sending again, quoting, copying, details, deleting; and getting about in a long one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DevelopmentServer } from '../../build/server/server.ts';
import type { People, Person } from '../interop/support/people.ts';
import { recordFrames, recordRows, rowMoves } from '../support/row-moves.ts';
import { type RunningApp, until } from './support/harness.ts';
import { startSignedIn, type SignedIn } from './support/signed-in.ts';
import { call, composerOf, expectAccessibleInBoth, focused, haveHistory, openChat, type HistoryLine } from './support/use-app.ts';

const DAY_MS = 86_400_000;
/** Messages of the long thread, one an hour. */
const LONG = 1_500;
const HOUR_MS = 3_600_000;

let world: SignedIn;
let server: DevelopmentServer;
let people: People;
let app: RunningApp;
let bob: Person;
let carol: Person;
let accountId: string;

beforeAll(async () => {
  world = await startSignedIn('ada');
  ({ server, people, app, accountId } = world);
  [bob, carol] = await Promise.all([people.signIn('bob', 'tcp'), people.signIn('carol', 'tcp')]);
});
afterAll(() => world.end());

const log = (): ReturnType<RunningApp['page']['getByRole']> => app.page.getByRole('log');

/** The text of the message that has the focus. */
const focusedMessage = (): Promise<string> =>
  app.page.evaluate('document.activeElement?.matches("[data-message]") ? document.activeElement.innerText : ""') as Promise<string>;

/** From the composer to the last message, and up to the one with `text`. */
async function goToMessage(text: string): Promise<void> {
  await app.page.keyboard.press('Escape');
  await until('the composer', async () => /^Message to/u.test(await focused(app.page)));
  await app.page.keyboard.press('Shift+Tab');
  for (let at = 0; at < 20 && !(await focusedMessage()).includes(text); at += 1) await app.page.keyboard.press('ArrowUp');
  expect(await focusedMessage()).toContain(text);
}

const says = (person: Person, text: string): Promise<unknown> =>
  person.app.call('sendMessage', { accountId: person.accountId, address: `sip:ada@${server.domain}`, text });

test('written, quoted, copied, looked into, deleted, failed and sent again', async () => {
  const { page } = app;
  await openChat(page, bob.address);
  await until('the composer', async () => /^Message to/u.test(await focused(page)));
  await page.keyboard.type('first line');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('second line');
  await page.keyboard.press('Enter');
  await bob.app.change('message-added', ({ message }) => message.text === 'first line\nsecond line');
  await page.getByLabel('Accepted by the server').first().waitFor();
  expect(await composerOf(page).inputValue()).toBe('');

  await says(bob, 'Shall we meet at ten?');
  await log().getByText('Shall we meet at ten?').waitFor();
  await goToMessage('Shall we meet at ten?');
  await page.keyboard.press('r');
  await until('the composer', async () => /^Message to/u.test(await focused(page)));
  await page.keyboard.type('Yes, gladly');
  await app.screenshot('thread-quoting');
  await page.keyboard.press('Enter');
  await bob.app.change('message-added', ({ message }) => message.text === '> Shall we meet at ten?\n\nYes, gladly');

  await goToMessage('Shall we meet at ten?');
  await page.keyboard.press('c');
  await until('the copy', async () =>
    (await app.control('state')).notes.some(({ what, details }) => what === 'copied' && details === 'Shall we meet at ten?'),
  );
  expect(await focusedMessage()).toContain('Shall we meet at ten?');

  await page.keyboard.press('i');
  await page.getByRole('dialog', { name: 'Details of the message' }).getByText('Call-ID', { exact: true }).waitFor();
  await expectAccessibleInBoth(app, 'thread-details');
  await page.keyboard.press('Escape');
  await until('the message again', async () => (await focusedMessage()).includes('Shall we meet at ten?'));

  await page.keyboard.press('Delete');
  const question = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  await question.getByText('It is deleted on this computer only.').waitFor();
  await expectAccessibleInBoth(app, 'thread-delete');
  await question.getByRole('button', { name: 'Delete here' }).press('Enter');
  await question.waitFor({ state: 'hidden' });
  await until('the message to go', async () => (await log().getByText('Shall we meet at ten?', { exact: true }).count()) === 1);
  await app.screenshot('thread-deleted');

  await bob.app.call('blockAddress', { accountId: bob.accountId, address: `sip:ada@${server.domain}` });
  await page.keyboard.press('Escape');
  await until('the composer', async () => /^Message to/u.test(await focused(page)));
  await page.keyboard.type('Are you still there?');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Send again' }).waitFor();
  await expectAccessibleInBoth(app, 'thread-failed');
  await bob.app.call('unblockAddress', { accountId: bob.accountId, address: `sip:ada@${server.domain}` });
  await page.keyboard.press('ArrowUp');
  expect(await composerOf(page).inputValue()).toBe('Are you still there?');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe('Send again');
  await page.keyboard.press('Enter');
  await bob.app.change('message-added', ({ message }) => message.text === 'Are you still there?');
  await page.getByRole('button', { name: 'Send again' }).waitFor({ state: 'hidden' });
  expect(await log().getByText('Are you still there?').count()).toBe(1);
});

/** Where a message stands in the window, or null. */
const placeOf = (text: string): Promise<number | null> =>
  app.page.evaluate(
    `[...document.querySelectorAll('[data-message]')].find((one) => one.innerText.includes(${JSON.stringify(text)}))?.getBoundingClientRect().top ?? null`,
  ) as Promise<number | null>;

const isInView = async (text: string): Promise<boolean> => {
  const top = await placeOf(text);
  return top !== null && top > 50 && top < 700;
};

test('a long one: opens at the unread line, keeps the place, jumps to a date, to the quoted message, to the end', async () => {
  const { page } = app;
  const now = Date.now();
  const lines: HistoryLine[] = Array.from({ length: LONG }, (_unused, at) => ({
    address: carol.address,
    direction: at % 3 === 0 ? 'out' : 'in',
    text: at === LONG - 1 ? '> number 7 of the long one\n\nThis was it.' : `number ${at} of the long one`,
    atMs: now - (LONG - at) * HOUR_MS,
  }));
  await haveHistory(app, `sip:ada@${server.domain}`, lines);
  for (const text of ['unread one', 'unread two', 'unread three']) await says(carol, text);
  await until('what is unread', async () => {
    const { conversations } = await call(app, 'listConversations', { accountId });
    return conversations.find(({ address }) => address === carol.address)?.unreadCount === 3;
  });
  await openChat(page, carol.address);
  await page.getByText('New', { exact: true }).waitFor();
  await until('the first unread', () => isInView('unread one'));
  await expectAccessibleInBoth(app, 'thread-unread');

  // Home leads at once to the oldest that are loaded. Older ones come above them then, and no row in view moves, not for one frame.
  await log().focus();
  const loaded = (): Promise<number> => page.evaluate('document.querySelector("[role=log]").scrollHeight') as Promise<number>;
  const before = await loaded();
  await recordRows(page);
  await page.keyboard.press('Home');
  await until('older ones', async () => (await loaded()) > before + 500);
  await recordFrames(page, 20);
  const frames = await rowMoves(page);
  const grown = frames.findIndex(({ scrollHeight }) => scrollHeight > before + 500);
  expect(frames.slice(grown).filter(({ least, most }) => least < -1 || most > 1)).toEqual([]);
  expect(frames.slice(grown + 1).every(({ rowCount }) => rowCount > 0)).toBe(true);
  const top = (await page.evaluate(
    `[...document.querySelectorAll('[data-message]')].map((one) => [one.getBoundingClientRect().top, one.innerText]).find(([top]) => top > 60)?.[1].split('\\n')[0]`,
  )) as string;
  const stood = await placeOf(top);
  await page.waitForTimeout(500);
  expect(Math.abs(((await placeOf(top)) ?? 0) - (stood ?? 0))).toBeLessThan(3);

  // New ones do not move the reader; the pill says so and leads there.
  await says(carol, 'unread four');
  const pill = page.getByRole('button', { name: '1 new message' });
  await pill.waitFor();
  expect(Math.abs(((await placeOf(top)) ?? 0) - (stood ?? 0))).toBeLessThan(3);
  await app.screenshot('thread-pill');
  await pill.press('Enter');
  await until('the end', () => isInView('unread four'));
  await pill.waitFor({ state: 'hidden' });

  const menu = page.getByRole('button', { name: 'What can be done with this chat' });
  await menu.press('Enter');
  await page.getByRole('menuitem', { name: 'Jump to the first unread' }).press('Enter');
  await until('the first unread again', () => isInView('unread one'));

  await menu.press('Enter');
  await page.getByRole('menuitem', { name: 'Jump to a date…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Jump to a date' });
  await dialog.waitFor();
  const day = new Date(now - 40 * DAY_MS);
  const first = lines.find(({ atMs }) => atMs >= new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime());
  await dialog
    .getByLabel('Date')
    .fill(`${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`);
  await expectAccessibleInBoth(app, 'thread-jump-to-date');
  await dialog.getByLabel('Date').press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await until('the day', () => isInView(first?.text ?? ''));
  await app.screenshot('thread-jumped');

  await page.getByRole('button', { name: 'Jump to the latest message' }).press('Enter');
  await until('the end', () => isInView('unread four'));
  await goToMessage('This was it.');
  await page.keyboard.press('q');
  await until('the quoted message', () => isInView('number 7 of the long one'));
  await app.screenshot('thread-quoted');
});
