// Two people on a real Kamailio, each a headless process: sign in, ask, approve, see presence, chat, start again, find it all.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { askAndAnswer, People } from './support/people.ts';

let server: DevelopmentServer;
beforeAll(async () => {
  server = await startServer({ users: ['ada', 'bob', 'carol', 'dave'].map((name) => ({ name, password: `${name}-secret` })) });
});
afterAll(() => server.stop());

describe.each([
  ['udp', 'ada', 'bob'],
  ['tcp', 'carol', 'dave'],
] as const)('over %s', (transport, first, second) => {
  const people = (): People => (made ??= new People(server));
  let made: People | undefined;
  afterAll(() => people().end());

  test('ask, approve, see, chat, restart', async () => {
    const ada = await people().signIn(first, transport);
    const bob = await people().signIn(second, transport);

    await askAndAnswer(ada, bob, 'allow');
    await ada.app.change(
      'contact-changed',
      ({ contact }) => contact.presence.availability === 'available' && contact.subscription.state === 'active',
    );
    await askAndAnswer(bob, ada, 'allow');
    await bob.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');

    await bob.app.call('setOwnPresence', { accountId: bob.accountId, availability: 'busy', note: 'Vor Ort — 会議', activity: 'meeting' });
    const { contact } = await ada.app.change('contact-changed', (change) => change.contact.presence.availability === 'busy');
    expect({ note: contact.presence.note, activities: contact.presence.activities }).toEqual({
      note: 'Vor Ort — 会議',
      activities: ['busy', 'meeting'],
    });

    const { messageId } = await ada.app.call('sendMessage', {
      accountId: ada.accountId,
      address: bob.address,
      text: 'Hi, are you around?\n“Zwei” ✓',
    });
    const received = await bob.app.change('message-added', ({ message }) => message.direction === 'in');
    expect({ text: received.message.text, address: received.message.address, state: received.message.state }).toEqual({
      text: 'Hi, are you around?\n“Zwei” ✓',
      address: ada.address,
      state: 'received',
    });
    await ada.app.change('message-changed', ({ message }) => message.messageId === messageId && message.state === 'accepted');
    await bob.app.call('sendMessage', { accountId: bob.accountId, address: ada.address, text: 'Yes! Two minutes.' });
    await ada.app.change('message-added', ({ message }) => message.text === 'Yes! Two minutes.');

    await people().restart(ada);
    const { conversations } = await ada.app.call('listConversations', {});
    const { messages } = await ada.app.call('listMessages', { conversationId: conversations[0]!.conversationId });
    expect(messages.map(({ direction, text, state }) => ({ direction, text, state }))).toEqual([
      { direction: 'out', text: 'Hi, are you around?\n“Zwei” ✓', state: 'accepted' },
      { direction: 'in', text: 'Yes! Two minutes.', state: 'received' },
    ]);
    const watchers = await ada.app.call('listWatchers', { accountId: ada.accountId });
    expect(watchers.watchers.map(({ address, decision }) => ({ address, decision }))).toEqual([
      { address: bob.address, decision: 'allow' },
    ]);
    await ada.app.change('contact-changed', (change) => change.contact.presence.availability === 'busy');

    await ada.app.stop();
    await bob.app.change('contact-changed', (change) => change.contact.presence.availability === 'offline');
    expect(await bob.app.signal('SIGTERM')).toBe(0);
  });
});
