// The inbox in a real window, answered with the keyboard alone, on a real server: who asked gets what was answered, and what the preview shows.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_DOMAIN, type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { shownAddress } from '../../renderer/state/naming.ts';
import { ask, type Asker } from './support/asker.ts';
import { canonicalXml } from './support/canonical-xml.ts';
import { launchApp, until, type RunningApp } from './support/harness.ts';
import { chooseItem, inDialog, tabTo, toRow } from './support/keys.ts';
import { fillSignIn, isSignedIn } from './support/signed-in.ts';
import { call } from './support/use-app.ts';

const PASSWORD = 'secret';
const LOCAL_NAMES = ['ada', 'carol', 'dave', "o'brien+news", 'ab_c~.d', 'frank', 'grace', 'heidi', 'ivan', 'judy'];
const at = (name: string): string => `sip:${name}@${DEFAULT_DOMAIN}`;
const BOB = at('bob');
/** Two of another domain, whom the server lets ask without a password; one whose name is not of ASCII; one who only looks once. */
const EVE = 'sip:eve@elsewhere.example';
const OLYA = 'sip:%D0%BE%D0%BB%D1%8F@elsewhere.example';
const MALLORY = 'sip:mallory@elsewhere.example';
const TOGETHER = [at('ivan'), at('judy')];

let server: DevelopmentServer;
let app: RunningApp;
let page: Page;
const askers = new Map<string, Asker>();

beforeAll(async () => {
  server = await startServer({ users: ['bob', ...LOCAL_NAMES].map((name) => ({ name, password: PASSWORD })) });
  app = await launchApp();
  ({ page } = app);
});
afterAll(async () => {
  await app.kill();
  await Promise.allSettled([...askers.values()].map((asker) => asker.end()));
  await server.stop();
});

async function everybodyAsks(accountId: string): Promise<void> {
  const asked = [
    ...LOCAL_NAMES.map((name) => ask(server, BOB, { address: at(name), password: PASSWORD })),
    ask(server, BOB, { address: EVE, displayName: 'Your “Bank”' }),
    ask(server, BOB, { address: OLYA }),
    ask(server, BOB, { address: MALLORY, isOneTime: true }),
  ];
  for (const asker of await Promise.all(asked)) askers.set(asker.address, asker);
  await is(MALLORY, 'looked', ({ last }) => last?.state === 'terminated');
  // INTEROP(Kamailio 5.6): tells of a single look only when it tells of everybody, which is when it is asked anew.
  await call(app, 'retryAccount', { accountId });
  await page.getByRole('tab', { name: new RegExp(`Requests.*${askers.size}`, 'u') }).waitFor();
}

const heading = (): Promise<string> => page.getByRole('article').innerText();

/** Whose request is in front. */
async function inFront(): Promise<string> {
  const text = await heading();
  const found = [...askers.keys()].find((address) => text.split('\n').some((line) => line.startsWith(`${shownAddress(address)} `)));
  if (found === undefined) throw new Error(`nobody is in front: ${text}`);
  return found;
}

async function is(address: string, what: string, holds: (asker: Asker) => boolean): Promise<void> {
  const asker = askers.get(address);
  if (asker === undefined) throw new Error(`${address} does not ask`);
  await until(`${address} ${what}`, () => Promise.resolve(holds(asker))).catch((error: unknown) => {
    throw new Error(JSON.stringify(asker.heard.slice(-2)), { cause: error });
  });
}
const sees = (address: string): Promise<void> => is(address, 'sees', ({ last }) => last?.state === 'active' && last.document !== '');
const seesNobody = (address: string): Promise<void> =>
  is(address, 'sees nobody', ({ last }) => last?.state === 'active' && last.document === '');
const waits = (address: string): Promise<void> => is(address, 'waits', ({ last }) => last?.state === 'pending');
const isSentAway = (address: string): Promise<void> =>
  is(address, 'is sent away', ({ last }) => last?.state === 'terminated' && last.reason === 'rejected');

/** Opens the menu of further answers by its place in the order of Tab. */
async function openMore(): Promise<void> {
  await tabTo(page, 'More…');
  await page.keyboard.press('Enter');
}

/** Chosen in the list, and answered at once. */
async function answerTogether(): Promise<void> {
  for (const address of TOGETHER) {
    await toRow(page, 'Requests', shownAddress(address));
    await page.keyboard.press('Space');
  }
  await page.getByRole('heading', { name: 'Answer 2 requests together' }).waitFor();
  await page.keyboard.press('a');
  await page.getByRole('article').waitFor();
}

/** What each gets for an answer, in keys; and what must come of it on the wire. */
const answers: Readonly<Record<string, { readonly keys: () => Promise<void>; readonly comes: (address: string) => Promise<void> }>> = {
  [at('ada')]: { keys: () => page.keyboard.press('a'), comes: sees },
  [at('carol')]: {
    keys: async () => {
      await page.keyboard.press('u');
      await chooseItem(page, 'for 15 minutes');
    },
    comes: sees,
  },
  [EVE]: {
    keys: async () => {
      await page.keyboard.press('u');
      await chooseItem(page, 'this week, until Sunday midnight');
    },
    comes: sees,
  },
  [at('dave')]: {
    keys: async () => {
      await page.keyboard.press('u');
      await chooseItem(page, 'until a date…');
      await inDialog(page, 'Allow until…');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
    comes: sees,
  },
  [at("o'brien+news")]: { keys: () => page.keyboard.press('p'), comes: seesNobody },
  [at('ab_c~.d')]: { keys: () => page.keyboard.press('b'), comes: isSentAway },
  [at('frank')]: { keys: () => page.keyboard.press('l'), comes: waits },
  [at('grace')]: { keys: () => page.keyboard.press('Shift+A'), comes: sees },
  [at('heidi')]: {
    keys: async () => {
      await openMore();
      await chooseItem(page, 'Choose what they see…');
      await inDialog(page, /^What .*heidi.* sees$/u);
      for (const part of ['Notes', 'Activity and mood', 'Place', 'Each device']) {
        await tabTo(page, part);
        await page.keyboard.press('Space');
      }
      expect(await page.getByRole('dialog').getByRole('checkbox', { checked: true }).count()).toBe(0);
      await tabTo(page, 'Allow this');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
    comes: sees,
  },
  [OLYA]: {
    keys: async () => {
      await page.keyboard.press('a');
      await sees(OLYA);
      await page.keyboard.press('z');
      await waits(OLYA);
      await toRow(page, 'Requests', shownAddress(OLYA));
      await page.keyboard.press('Enter');
      await until('the question again', async () => (await inFront()) === OLYA);
      await page.keyboard.press('p');
    },
    comes: seesNobody,
  },
  [MALLORY]: {
    keys: async () => {
      await openMore();
      await chooseItem(page, 'Ask me again in a week');
    },
    comes: () => Promise.resolve(),
  },
};

test('ten requests and more, of different kinds, are answered with the keyboard only; each watcher gets what was answered', async () => {
  await fillSignIn(page, server, BOB, PASSWORD);
  await isSignedIn(page);
  const { accounts } = await call(app, 'listAccounts', {});
  const accountId = accounts[0]?.accountId ?? '';
  await call(app, 'setOwnPresence', {
    accountId,
    availability: 'busy',
    note: 'At my desk',
    activity: 'meeting',
    mood: 'happy',
    place: 'office',
  });
  await everybodyAsks(accountId);
  await page.keyboard.press('Control+3');
  await page.getByRole('article').waitFor();
  await app.screenshot('requests-asked');

  for (let left = askers.size; left > 0;) {
    const address = await inFront();
    const isForBoth = TOGETHER.includes(address);
    if (isForBoth) await answerTogether();
    else await answers[address]?.keys();
    left -= isForBoth ? TOGETHER.length : 1;
    if (left > 0) await until('the next request', async () => (await inFront()) !== address);
  }
  await app.screenshot('requests-answered');
  for (const [address, { comes }] of Object.entries(answers)) await comes(address);
  for (const address of TOGETHER) await sees(address);

  const { requests } = await call(app, 'listRequests', {
    accountId,
  });
  expect(requests.map(({ address, isOneTime, remindAtMs }) => [address, isOneTime, typeof remindAtMs]).sort()).toEqual([
    [at('frank'), false, 'object'],
    [MALLORY, true, 'number'],
  ]);
  const { contacts } = await call(app, 'listContacts', { accountId });
  expect(contacts.map(({ address }) => address)).toEqual([at('grace')]);
}, 240_000);

test('what the preview shows is what each watcher gets on the wire', async () => {
  const { accounts } = await call(app, 'listAccounts', {});
  const accountId = accounts[0]?.accountId ?? '';
  const previewed = async (address: string): Promise<unknown> =>
    canonicalXml((await call(app, 'previewWatcher', { accountId, address })).document);
  for (const [address, asker] of askers) {
    if (address === MALLORY) continue;
    // WHY canonical: INTEROP(Kamailio 5.6) prints each document anew, with white space of its own.
    await expect.poll(async () => canonicalXml(asker.last?.document ?? '?')).toEqual(await previewed(address));
  }
  expect(askers.get(at('ada'))?.last?.document).toContain('At my desk');
  const heidi = askers.get(at('heidi'));
  expect(heidi?.last?.document).not.toContain('At my desk');
  expect(heidi?.last?.document).not.toContain('meeting');
});

test('where the server shows hidden parts again at a renewal, the window says so', async () => {
  const [ada, heidi] = [askers.get(at('ada')), askers.get(at('heidi'))];
  // INTEROP(Kamailio 5.6): applies transformations when the rules or the presence change, and not when a subscription is renewed.
  const before = heidi?.heard.length ?? 0;
  heidi?.refresh();
  await until('the renewal', () => Promise.resolve((heidi?.heard.length ?? 0) > before));
  expect(canonicalXml(heidi?.last?.document ?? '')).toEqual(canonicalXml(ada?.last?.document ?? ''));
  await page.getByText('Only blocking is certain').first().waitFor();
});
