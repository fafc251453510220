// People one does not know, in the real window: apart, without a notification until accepted; accepted or blocked by keyboard.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DevelopmentServer } from '../../build/server/server.ts';
import type { People, Person } from '../interop/support/people.ts';
import { type RunningApp, until } from './support/harness.ts';
import { startSignedIn, type SignedIn } from './support/signed-in.ts';
import { call, expectAccessibleInBoth } from './support/use-app.ts';

let world: SignedIn;
let server: DevelopmentServer;
let people: People;
let app: RunningApp;
let accountId: string;

beforeAll(async () => {
  world = await startSignedIn('ada');
  ({ server, people, app, accountId } = world);
});
afterAll(() => world.end());

async function say(person: Person, text: string): Promise<string> {
  const { messageId } = await person.app.call('sendMessage', { accountId: person.accountId, address: `sip:ada@${server.domain}`, text });
  return messageId;
}
const notified = async (): Promise<string[]> => (await app.control('state')).notifications.map(({ title, body }) => `${title}: ${body}`);

test('apart and quiet; accepted, they notify; blocked, they are refused and kept nowhere', async () => {
  const { page } = app;
  const [carol, dave] = await Promise.all([people.signIn('carol', 'tcp'), people.signIn('dave', 'tcp')]);
  await app.control('blurWindow');
  await say(carol, 'You do not know me');
  await say(dave, 'Cheap watches');
  await until('both', async () => (await call(app, 'listConversations', { accountId })).conversations.length === 2);
  await page.getByText('Somebody you do not know wrote to you').first().waitFor();
  await page
    .getByRole('button', { name: /Unknown senders/u })
    .first()
    .press('Enter');
  await page.getByText('They make no sound and no notification').first().waitFor();
  await page.getByRole('button', { name: /^carol/iu }).press('Enter');
  await page.getByText('You do not know carol.').waitFor();
  await expectAccessibleInBoth(app, 'unknown-senders');
  expect([await notified(), (await app.control('state')).badgeCount]).toEqual([[], 0]);

  await page.getByRole('button', { name: 'Accept', exact: true }).press('Enter');
  await page.getByText('You do not know carol.').waitFor({ state: 'hidden' });
  await app.control('blurWindow');
  await say(carol, 'Now you do');
  await until('the notification', async () => (await notified()).some((line) => line.includes('Now you do')));
  await app.screenshot('unknown-accepted');

  await page
    .getByRole('button', { name: /Unknown senders/u })
    .first()
    .press('Enter');
  await page.getByRole('button', { name: /^dave/iu }).press('Enter');
  await page.getByRole('group', { name: 'Unknown senders' }).getByRole('button', { name: 'Block…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Block dave/iu });
  await dialog.waitFor();
  await expectAccessibleInBoth(app, 'unknown-block');
  await dialog.getByRole('button', { name: 'Block', exact: true }).press('Enter');
  await page.getByText('You refuse messages of dave.').waitFor();
  const refused = await say(dave, 'Cheaper watches');
  const { message } = await dave.app.change(
    'message-changed',
    (change) => change.message.messageId === refused && change.message.state === 'failed',
  );
  expect(message.failure?.code).toBe(603);
  expect(await page.getByText('Cheaper watches').count()).toBe(0);
  expect((await notified()).filter((line) => line.includes('watches'))).toEqual([]);
  await app.screenshot('unknown-blocked');
});
