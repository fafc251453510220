// What Kamailio does not do is asked of it once, and not again in the next run: how often to be told (RFC 6446), who is signed in (RFC 3680).
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startServer } from '../../build/server/server.ts';
import { askAndAnswer, People } from './support/people.ts';
import { until } from './support/simple-person.ts';

/** Longer than the app waits before it asks who is signed in. */
const WOULD_HAVE_ASKED_MS = 7_000;

test('min-interval and the registrations of others are refused with 489, and remembered', async () => {
  const server = await startServer();
  const people = new People(server);
  const asked = (event: string): number =>
    server
      .wire()
      .split(/\r?\n/u)
      .filter((line) => line.trim() === `Event: ${event}`).length;
  try {
    const ada = await people.signIn('ada', 'tcp');
    const bob = await people.signIn('bob', 'tcp');
    await askAndAnswer(ada, bob, 'allow');
    await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');
    await bob.app.call('setOwnPresence', { accountId: bob.accountId, availability: 'invisible' });
    await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'offline');
    // INTEROP(Kamailio 5.6): whoever withdraws is closed for those who watch, and nothing at all for who asks then.
    await people.restart(ada);
    await until(
      () => asked('reg') === 1,
      () => 'nobody asked who is signed in',
    );
    await people.restart(ada);
    await ada.app.change('contact-changed', ({ contact }) => contact.subscription.state === 'active');
    await sleep(WOULD_HAVE_ASKED_MS);
    expect([asked('reg'), asked('presence;min-interval=2')]).toEqual([1, 1]);
  } finally {
    await people.end();
    await server.stop();
  }
});
