// Every screen of the inbox in a real window on a real server, in light and in dark: nothing for axe to complain about.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DevelopmentServer } from '../../build/server/server.ts';
import { PRESENCE_RULES_CONTENT_TYPE } from '../../main/simple/document/presence-rules.ts';
import { simplePerson } from '../interop/support/simple-person.ts';
import { ask, type Asker } from './support/asker.ts';
import { type RunningApp, until } from './support/harness.ts';
import { chooseItem, inDialog } from './support/keys.ts';
import { startSignedIn, type SignedIn } from './support/signed-in.ts';
import { call, expectAccessibleInBoth } from './support/use-app.ts';
import { decide } from '../support/decide.ts';

const NAMES = ['ada', 'carol', 'dave'];
const RULES = { auid: 'pres-rules', contentType: PRESENCE_RULES_CONTENT_TYPE };

let world: SignedIn;
let server: DevelopmentServer;
let app: RunningApp;
let accountId: string;
let askers: Asker[] = [];
const at = (name: string): string => `sip:${name}@${server.domain}`;

beforeAll(async () => {
  world = await startSignedIn('bob');
  ({ server, app, accountId } = world);
  askers = await Promise.all(NAMES.map((name) => ask(server, at('bob'), { address: at(name), password: `${name}-secret` })));
  await app.page.getByRole('tab', { name: new RegExp(`Requests.*${NAMES.length}`, 'u') }).waitFor();
});
afterAll(async () => {
  await Promise.allSettled(askers.map((asker) => asker.end()));
  await world.end();
});

async function closeDialog(): Promise<void> {
  await app.page.keyboard.press('Escape');
  await app.page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Another device of bob's answers while this one does not know yet. */
async function answeredElsewhere(name: string): Promise<void> {
  const other = await simplePerson(server, 'bob', 'tcp');
  const stored = await other.xcap.get(RULES);
  const rules = decide(stored.kind === 'document' ? stored.text : undefined, { address: at(name), subHandling: 'block' }, Date.now());
  if (rules.kind === 'failure') throw new Error(rules.reason);
  const condition =
    stored.kind === 'document' && stored.etag !== undefined ? { kind: 'etag' as const, etag: stored.etag } : { kind: 'none' as const };
  expect(await other.xcap.put(RULES, rules.text, condition)).toMatchObject({ kind: 'stored' });
  await other.end();
}

test('a request, what they would see, its dialogs, and several together', async () => {
  const { page } = app;
  await page.keyboard.press('Control+3');
  await page.getByRole('article').waitFor();
  await page.getByRole('button', { name: /would see/u }).click();
  await page.getByText('The document itself').click();
  await expectAccessibleInBoth(app, 'inbox-01-request');
  for (const [key, item, title] of [
    ['u', 'until a date…', /Allow until/u],
    ['', 'Choose what they see…', /^What .* sees$/u],
    ['', /Answer for everybody/u, /./u],
  ] as const) {
    if (key === '') await page.getByRole('button', { name: 'More…' }).click();
    else await page.keyboard.press(key);
    if (typeof item === 'string') await chooseItem(page, item);
    else await page.getByRole('menuitem', { name: item }).click();
    await inDialog(page, title);
    await expectAccessibleInBoth(app, `inbox-02-${String(item).replace(/\W+/gu, '-')}`);
    await closeDialog();
  }
  await page.getByRole('listitem').filter({ hasText: 'carol' }).getByRole('button').first().focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('heading', { name: 'Answer 3 requests together' }).waitFor();
  await expectAccessibleInBoth(app, 'inbox-03-together');
  await page.keyboard.press('Escape');
});

test('two devices that disagree, the log, who watches, the rules, and taking a document in', async () => {
  const { page } = app;
  const { requests } = await call(app, 'listRequests', { accountId });
  const requestOf = (name: string): string => requests.find(({ address }) => address === at(name))?.requestId ?? '';
  await call(app, 'decideRequest', { requestId: requestOf('carol'), decision: 'allow' });
  await until('the rule', async () => (await call(app, 'exportPolicy', { accountId })).document.includes(at('carol')));
  await answeredElsewhere('ada');
  await call(app, 'decideRequest', { requestId: requestOf('ada'), decision: 'allow' });
  await page.getByRole('heading', { name: /differently/u }).waitFor();
  await expectAccessibleInBoth(app, 'inbox-04-conflict');

  for (const name of ['Answered', 'Watching you now']) {
    await page.getByRole('button', { name: new RegExp(`^${name}`, 'u') }).click();
    await page.getByRole('heading', { name, level: 2 }).waitFor();
    await page.getByText('carol').first().waitFor();
    await expectAccessibleInBoth(app, `inbox-05-${name.replaceAll(' ', '-')}`);
  }

  await page.getByRole('button', { name: /^All rules/u }).click();
  await page.getByRole('list', { name: /rules/iu }).getByText('carol').first().waitFor();
  await expectAccessibleInBoth(app, 'inbox-06-rules');
  const { document } = await call(app, 'exportPolicy', { accountId });
  const path = join(app.profile, 'rules.xml');
  writeFileSync(path, document);
  await app.control('answerFileDialog', path);
  await page.getByRole('button', { name: /^Import/u }).click();
  await page.getByRole('dialog').waitFor();
  await expectAccessibleInBoth(app, 'inbox-07-import');
  await page.getByRole('dialog').getByRole('button').last().click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('status').filter({ hasText: /\w/u }).first().waitFor();
  await expectAccessibleInBoth(app, 'inbox-08-imported');
});
