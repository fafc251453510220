// The server is killed and comes back: each state says so, everything recovers by itself, and nothing typed meanwhile is lost.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { askAndAnswer, People } from './support/people.ts';

/** What the product promises after the server is back. */
const RECOVERED_WITHIN_MS = 30_000;

let server: DevelopmentServer;
let people: People;
beforeEach(async () => {
  server = await startServer({ forgetsAtRestart: true });
  people = new People(server);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  test('killed in the middle of a conversation', async () => {
    const ada = await people.signIn('ada', transport);
    const bob = await people.signIn('bob', transport);
    await askAndAnswer(ada, bob, 'allow');
    await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');

    await server.halt('SIGKILL');
    for (const person of [ada, bob]) person.app.forget();
    await ada.app.call('sendMessage', { accountId: ada.accountId, address: bob.address, text: 'typed while the server was away' });
    const { account } = await ada.app.change('account-changed', (change) => change.account.registration.state === 'failed', 60_000);
    expect(account.registration.reason).toMatch(/\w+ \w+/);

    await server.start();
    for (const person of [ada, bob]) person.app.forget();
    await Promise.all([ada, bob].map((person) => people.everythingOk(person, RECOVERED_WITHIN_MS)));
    await bob.app.until(
      'listConversations',
      {},
      ({ conversations }) => conversations[0]?.lastMessage?.text === 'typed while the server was away',
    );
    await bob.app.call('setOwnPresence', { accountId: bob.accountId, availability: 'away' });
    await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'away', RECOVERED_WITHIN_MS);
  });
});

test('wrong password: one clear sentence, and no second try', async () => {
  const mallory = await people.newcomer();
  await mallory.call('addAccount', { ...people.settings('bob', 'tcp'), password: 'wrong' });
  const { account } = await mallory.change('account-changed', (change) => change.account.registration.state === 'failed');
  expect(account.registration.reason).toContain('password');
  const tries = (): number => server.wire().split('REGISTER sip:').length;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = tries();
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(tries()).toBe(before);
  expect(account.registration.untilMs).toBeUndefined();
});
