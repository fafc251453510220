// Contacts, conversations, requests, watchers, search: order, bursts, answers, late replies.
import { describe, expect, it } from 'vitest';
import { pressKey } from '../../../renderer/state/commands.ts';
import { matches } from '../../../renderer/state/matching.ts';
import { paletteEntries } from '../../../renderer/state/palette.ts';
import { decisionWords, progressWords, seesUsWords, subscriptionWords } from '../../../renderer/state/presence-words.ts';
import { progress } from '../../../renderer/state/watchers.svelte.ts';
import { makeLargeData } from '../support/fake-people.ts';
import { settled, startApp } from '../support/app.ts';

const press = { key: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('contacts', () => {
  it('stand in the order of names', async () => {
    const { app } = await startApp();
    expect(app.contacts.order.slice(0, 4)).toEqual(['contact-bob', 'contact-carol', 'contact-dave', 'contact-erin']);
  });

  it('take a burst of changes together, and keep their order when only presence changed', async () => {
    const { app, fake, clock } = await startApp();
    const order = app.contacts.order;
    for (const contact of fake.data.contacts)
      fake.announce({ type: 'contact-changed', contact: { ...contact, presence: { ...contact.presence, note: 'x' } } });
    expect(app.contacts.byId.get('contact-bob')?.presence.note).toBe('in a meeting');
    clock.advance(40);
    expect(app.contacts.byId.get('contact-bob')?.presence.note).toBe('x');
    expect(app.contacts.order).toBe(order);
  });

  it('move when renamed, and go when removed, even with a change still gathered', async () => {
    const { app, fake, clock } = await startApp();
    await app.contacts.rename('contact-bob', ' Zed ');
    clock.advance(40);
    expect(app.contacts.order.indexOf('contact-bob')).toBeGreaterThan(app.contacts.order.indexOf('contact-ivan'));
    const contact = app.contacts.byId.get('contact-bob');
    if (contact !== undefined) fake.announce({ type: 'contact-changed', contact });
    await app.contacts.remove('contact-bob');
    clock.advance(40);
    expect([app.contacts.byId.has('contact-bob'), app.contacts.find('account-1', 'sip:bob@example.org')]).toEqual([false, undefined]);
  });

  it('are asked for with a whole address', async () => {
    const { app, fake } = await startApp();
    await app.contacts.add('account-1', 'zoe@example.org', ' ');
    expect(fake.calls.at(-1)).toEqual({ name: 'addContact', input: { accountId: 'account-1', address: 'sip:zoe@example.org' } });
  });
});

describe('a list that cannot be read', () => {
  it('says why, and is there after another try', async () => {
    const { app, fake } = await startApp();
    fake.failNext('listConversations', { kind: 'unavailable', reason: 'The history is locked.' });
    await app.reload();
    expect([app.conversations.isLoaded, app.conversations.failureReason]).toEqual([true, 'The history is locked.']);
    await app.reload();
    expect([app.conversations.failureReason, app.conversations.order.length]).toEqual(['', 6]);
  });
});

describe('conversations', () => {
  it('stand newest first and move up with a message', async () => {
    const { app, fake } = await startApp();
    expect(app.conversations.order.slice(0, 2)).toEqual(['c-bob', 'c-carol']);
    fake.receive('sip:dave@example.org', 'hello');
    expect(app.conversations.order[0]).toBe('c-dave');
    expect(app.conversations.unreadCount).toBe(3);
  });

  it('are walked by keys, also to the next unread one', async () => {
    const { app } = await startApp();
    expect(pressKey(app, { ...press, key: 'ArrowDown', altKey: true })).toBe(true);
    expect(app.view.conversationId).toBe('c-bob');
    pressKey(app, { ...press, key: 'ArrowDown', altKey: true });
    expect(app.view.conversationId).toBe('c-carol');
    pressKey(app, { ...press, key: 'ArrowUp', altKey: true, shiftKey: true });
    expect(app.view.conversationId).toBe('c-bob');
    expect(pressKey(app, { ...press, key: 'x' })).toBe(false);
  });
});

describe('requests', () => {
  it('wait in the order of asking; those put off stand apart', async () => {
    const { app } = await startApp();
    expect([app.requests.waiting.map((one) => one.displayName || 'none'), app.requests.postponed.map((one) => one.displayName)]).toEqual([
      ['Bob Martin \u202E(admin)', 'Oscar', 'none'],
      ['Trent'],
    ]);
  });

  it('are out of the way at once when answered, and back when the answer was not taken', async () => {
    const { app, fake } = await startApp();
    fake.failNext('decideRequest', { kind: 'unavailable', reason: 'Storage is full.' });
    const answering = app.requests.decide('request-oscar', 'block');
    expect(app.requests.waiting.map((one) => one.requestId)).not.toContain('request-oscar');
    expect(await answering).toEqual({ kind: 'failure', failure: { kind: 'unavailable', reason: 'Storage is full.' } });
    expect(app.requests.waiting.map((one) => one.requestId)).toContain('request-oscar');
    await app.requests.decide('request-oscar', 'allow', { untilMs: 5 });
    expect(fake.calls.at(-1)).toEqual({ name: 'decideRequest', input: { requestId: 'request-oscar', decision: 'allow', untilMs: 5 } });
    expect(app.watchers.answered[0]).toMatchObject({ address: 'sip:oscar@example.net', decision: 'allow', untilMs: 5, isConfirmed: false });
  });

  it('name the next one to look at', async () => {
    const { app } = await startApp();
    expect(app.requests.after('request-mallory')?.requestId).toBe('request-oscar');
    expect(app.requests.after('request-peggy.longaddress.with.very.many.parts.in.its.user.name')?.requestId).toBe('request-oscar');
  });

  it('asked again after an answer come back', async () => {
    const { app, fake } = await startApp();
    const oscar = app.requests.byId.get('request-oscar');
    await app.requests.decide('request-oscar', 'later');
    expect(app.requests.postponed.map((one) => one.requestId)).toContain('request-oscar');
    if (oscar !== undefined) fake.announce({ type: 'request-added', request: oscar });
    expect(app.requests.waiting.map((one) => one.requestId)).toContain('request-oscar');
    expect(app.announcer.list.at(-1)?.text).toBe('Oscar asks to see your presence.');
  });
});

describe('watchers', () => {
  it('show both truths', async () => {
    const { app, clock } = await startApp();
    const now = clock.nowMs();
    const told = app.watchers.answered.map((one) => [one.address, progress(one, now), decisionWords(one.decision, null, now)]);
    expect(told).toEqual([
      ['sip:erin@example.org', 'working', 'Politely blocked'],
      ['sip:bob@example.org', 'confirmed', 'Allowed'],
      ['sip:carol@example.org', 'confirmed', 'Allowed'],
      ['sip:ivan@example.org', 'refused', 'Blocked'],
    ]);
    const find = (user: string): string => {
      const watcher = app.watchers.find('account-1', `sip:${user}@example.org`);
      return watcher === undefined ? '' : `${seesUsWords(watcher, now)} | ${progressWords(watcher, now)}`;
    };
    expect(find('erin')).toBe('as offline | on its way to the server…');
    expect(find('ivan')).toBe('no, and has been told so | The server refused: The rules are locked by an administrator.');
    expect(progress({ ...app.watchers.answered[1], untilMs: now } as never, now)).toBe('ended');
  });

  it('and contacts say why they are not seen', async () => {
    const { app, clock } = await startApp();
    const words = ['grace', 'ivan', 'bob'].map((user) => {
      const contact = app.contacts.byId.get(`contact-${user}`);
      return contact === undefined ? '' : subscriptionWords(contact, clock.nowMs());
    });
    expect(words).toEqual(['asked 2 hours ago', 'not allowed to see them', '']);
  });
});

describe('search', () => {
  it('waits for a rest, then asks once for the last words', async () => {
    const { app, fake, clock } = await startApp();
    app.search.type('t');
    app.search.type('plan');
    expect(app.search.phase).toBe('working');
    clock.advance(120);
    await settled();
    expect(fake.calls.filter((call) => call.name === 'searchMessages')).toEqual([
      { name: 'searchMessages', input: { query: 'plan', limit: 50, channel: 'search' } },
    ]);
    expect([app.search.phase, app.search.messages.length, app.search.hasMore]).toEqual(['ready', 1, false]);
  });

  it('drops the answer to a question that is no longer asked', async () => {
    const { app, clock } = await startApp();
    app.search.type('plan');
    clock.advance(120);
    app.search.type('');
    await settled();
    expect([app.search.phase, app.search.messages]).toEqual(['idle', []]);
  });

  it('finds people by parts of words, without case and accents', () => {
    expect([matches('Zoë Müller', 'zoe mul'), matches('Zoë Müller', 'zoe x'), matches('anything', '')]).toEqual([true, false, true]);
  });

  it('offers chats, people and actions in the palette', async () => {
    const { app } = await startApp(makeLargeData);
    const groups = paletteEntries(app, 'set').map((group) => [group.title, group.entries.map((entry) => entry.text)]);
    expect(groups).toEqual([
      ['palette.actions', ['Settings', 'Set presence: Available', 'Set presence: Busy', 'Set presence: Away', 'Set presence: Invisible']],
    ]);
    expect(paletteEntries(app, 'person 999').map((group) => group.entries.length)).toEqual([2, 4]);
  });
});
