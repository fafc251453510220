// Unread messages, requests and names, as badge, tray and notifications show them.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../app/domain/change.ts';
import type { Message } from '../../../app/domain/message.ts';
import { notificationFor } from '../../../main/shell/notification-text.ts';
import { emptyOverview, overviewAfter, overviewWith, personName, unreadCount, type Overview } from '../../../main/shell/overview.ts';
import { defaultSettings } from '../../../main/shell/settings/schema.ts';
import { trayText } from '../../../main/shell/tray.ts';

const bob = 'sip:bob@example.org';
const conversation = (unread: number, displayName = ''): Change => ({
  type: 'conversation-changed',
  conversation: { conversationId: 'c1', accountId: 'a1', address: bob, displayName, lastMessage: null, unreadCount: unread, draft: '' },
});
const request = (type: 'request-added' | 'request-changed', isPostponed: boolean): Change => ({
  type,
  request: {
    requestId: 'r1',
    accountId: 'a1',
    address: bob,
    displayName: '',
    state: 'pending',
    firstSeenAtMs: 1,
    lastSeenAtMs: 1,
    isPostponed,
  },
});
const contact = (name: string): Change => ({
  type: 'contact-changed',
  contact: {
    contactId: 'k1',
    accountId: 'a1',
    address: bob,
    name,
    presence: { availability: 'unknown', note: '', activities: [], devices: [], changedAtMs: 0 },
    subscription: { state: 'off', sinceMs: 0 },
  },
});
const after = (...changes: Change[]): Overview => changes.reduce(overviewAfter, emptyOverview);
const counts = (overview: Overview): number[] => [unreadCount(overview), overview.requests.size];

describe('overview', () => {
  test('counts follow conversations and requests', () => {
    expect(counts(after(conversation(2), request('request-added', false)))).toEqual([2, 1]);
    expect(counts(after(conversation(2), conversation(0), request('request-added', false), request('request-changed', true)))).toEqual([
      0, 0,
    ]);
    const removed: Change = { type: 'request-removed', requestId: 'r1', accountId: 'a1' };
    expect(counts(after(request('request-added', false), removed))).toEqual([0, 0]);
  });
  test('an account that is removed takes its counts with it', () => {
    const gone: Change = { type: 'account-removed', accountId: 'a1' };
    expect(counts(after(conversation(2), request('request-added', false), gone))).toEqual([0, 0]);
  });
  test('the name is the person’s own, else the claimed one, else the address', () => {
    const name = (overview: Overview): string => personName(overview, 'a1', bob);
    expect(name(after())).toBe('bob@example.org');
    expect(name(after(conversation(0, 'Bobby')))).toBe('Bobby');
    expect(name(after(conversation(0, 'Bobby'), contact('Bob Martin')))).toBe('Bob Martin');
    expect(name(after(contact('Bob Martin'), conversation(0, 'Bobby')))).toBe('Bob Martin');
  });
  test('a change that does not concern it leaves the same object', () => {
    const overview = after(conversation(1));
    expect(overviewAfter(overview, { type: 'trouble-changed', trouble: null })).toBe(overview);
  });
  test('neither does what it knows already, e.g. a contact whose presence is new', () => {
    const said = [conversation(2), request('request-added', false), contact('Bob Martin')];
    const overview = after(...said);
    expect(said.map((change) => overviewAfter(overview, change) === overview)).toEqual([true, true, true]);
  });
  test('all at once is the same as one after the other', () => {
    const [one, other, third] = [conversation(2, 'Bobby'), request('request-added', false), contact('Bob Martin')];
    if (one.type !== 'conversation-changed' || other.type !== 'request-added' || third.type !== 'contact-changed') throw new Error();
    const told = { conversations: [one.conversation], requests: [other.request], contacts: [third.contact] };
    expect(overviewWith(emptyOverview, told)).toEqual(after(one, other, third));
  });
});

test('the tray says what waits', () => {
  expect(trayText('W', after())).toBe('W');
  expect(trayText('W', after(conversation(1)))).toBe('W: 1 unread message');
  expect(trayText('W', after(conversation(3), request('request-added', false)))).toBe('W: 3 unread messages, 1 request');
});

test('somebody not accepted neither counts nor notifies, until accepted', () => {
  const unknown = conversation(2);
  const stranger: Change =
    unknown.type === 'conversation-changed' ? { ...unknown, conversation: { ...unknown.conversation, isUnknown: true } } : unknown;
  expect([unreadCount(after(stranger)), [...after(stranger).unknown]]).toEqual([0, ['c1']]);
  expect([unreadCount(after(stranger, unknown)), [...after(stranger, unknown).unknown]]).toEqual([2, []]);
});

describe('notificationFor', () => {
  const added = (over: Partial<Message> = {}): Change => ({
    type: 'message-added',
    message: {
      messageId: 'm',
      conversationId: 'c1',
      accountId: 'a1',
      direction: 'in',
      address: bob,
      text: 'Hello',
      contentType: 'text/plain',
      sentAtMs: 1,
      storedAtMs: 1,
      state: 'received',
      ...over,
    },
  });
  const overview = after(contact('Bob Martin'));

  test('names the person and shows the text', () => {
    expect(notificationFor(added(), overview, defaultSettings, false)).toEqual({
      conversationId: 'c1',
      title: 'Bob Martin',
      body: 'Hello',
    });
  });
  test('keeps quiet for own messages, in front, at do-not-disturb, when switched off, and for other changes', () => {
    const quiet = [
      notificationFor(added({ direction: 'out' }), overview, defaultSettings, false),
      notificationFor(added(), overview, defaultSettings, true),
      notificationFor(added(), overview, { ...defaultSettings, isDoNotDisturb: true }, false),
      notificationFor(added(), overview, { ...defaultSettings, hasNotifications: false }, false),
      notificationFor(conversation(1), overview, defaultSettings, false),
    ];
    expect(quiet).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
  test('is one short line of plain text', () => {
    const body = (text: string): string | undefined => notificationFor(added({ text }), overview, defaultSettings, false)?.body;
    expect(body('a\n\u0000b\u202ec <b>d</b>')).toBe('a bc ‹b>d‹/b>');
    expect(body('😀'.repeat(300))).toBe(`${'😀'.repeat(199)}…`);
    expect(body('x'.repeat(100_000))?.length).toBe(200);
  });
});
