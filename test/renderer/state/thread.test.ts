// The thread: rows, loading, older pages, what comes while loading, what was unread.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../app/domain/message.ts';
import { createThreadRows, threadRows } from '../../../renderer/state/thread-rows.ts';
import { openConversation, showMessage } from '../../../renderer/state/commands.ts';
import { makeConversation, makeEmptyData, makeLargeData, makeMessage, type FakeData } from '../support/fake-people.ts';
import { settled, startApp } from '../support/app.ts';

const noon = new Date(2026, 4, 6, 12).getTime();
const MINUTE = 60_000;

function message(id: string, minutes: number, direction: 'in' | 'out' = 'in'): Message {
  return { ...makeMessage('c', 'sip:bob@example.org', noon + minutes * MINUTE, { text: id, direction }), messageId: id };
}

describe('threadRows', () => {
  it('groups by sender within five minutes and puts day and unread lines in', () => {
    const messages = [
      message('a', -1440),
      message('b', 0),
      message('c', 4),
      message('d', 5, 'out'),
      message('e', 12, 'out'),
      message('f', 13, 'out'),
    ];
    const rows = threadRows(messages, 'f', true).map((row) => (row.kind === 'message' ? [row.key, row.isFirst, row.isLast] : row.key));
    expect(rows).toEqual([
      'begin',
      'day a',
      ['a', true, true],
      'day b',
      ['b', true, false],
      ['c', false, true],
      ['d', true, true],
      ['e', true, true],
      'unread',
      ['f', true, true],
    ]);
  });

  it('breaks a group at midnight', () => {
    const rows = threadRows([message('a', 12 * 60 - 1), message('b', 12 * 60 + 1)], null, false);
    expect(rows.map((row) => row.kind)).toEqual(['day', 'message', 'day', 'message']);
    expect(rows.filter((row) => row.kind === 'message').map((row) => [row.isFirst, row.isLast])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it('has every message once, and each group begins and ends', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.boolean())), (given) => {
        const messages = given.map(([minutes, isIn], at) => message(`m${at}`, minutes, isIn ? 'in' : 'out'));
        const rows = threadRows(messages, null, false).filter((row) => row.kind === 'message');
        expect(rows.map((row) => row.message)).toEqual(messages);
        rows.forEach((row, at) => expect(row.isLast).toBe(rows[at + 1]?.isFirst ?? true));
      }),
    );
  });
});

describe('createThreadRows', () => {
  it('says what threadRows says, whatever comes, goes or changes, and keeps the rows that stay', () => {
    const edit = fc.record({
      at: fc.nat(60),
      removed: fc.nat(6),
      added: fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.boolean()), { maxLength: 6 }),
      unreadAt: fc.option(fc.nat(60)),
      isWhole: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const rowsOf = createThreadRows();
        let messages: readonly Message[] = [];
        let made = 0;
        for (const { at, removed, added, unreadAt, isWhole } of edits) {
          const fresh = added.map(([minutes, isIn]) => message(`m${(made += 1)}`, minutes, isIn ? 'in' : 'out'));
          messages = messages.toSpliced(at, removed, ...fresh);
          const unreadFromId = unreadAt === null ? null : (messages[unreadAt]?.messageId ?? null);
          expect(rowsOf(messages, unreadFromId, isWhole)).toEqual(threadRows(messages, unreadFromId, isWhole));
        }
      }),
    );
  });

  it('keeps the rows of the messages that were there when older ones come', () => {
    const rowsOf = createThreadRows();
    const messages = [message('c', 10), message('d', 11), message('e', 30)];
    const before = rowsOf(messages, null, false);
    const after = rowsOf([message('a', 0), message('b', 8), ...messages], null, true);
    expect(after.map((row) => row.key)).toEqual(['begin', 'day a', 'a', 'b', 'c', 'd', 'e']);
    expect(after.slice(-2).map((row, at) => row === before[before.length - 2 + at])).toEqual([true, true]);
  });
});

function withOne(count: number): (nowMs: number) => FakeData {
  return (nowMs) => {
    const messages = Array.from({ length: count }, (_, at) => ({
      ...makeMessage('c', 'sip:bob@example.org', nowMs - (count - at) * MINUTE, { text: `number ${at}` }),
      messageId: `m${at}`,
    }));
    const conversation = makeConversation('c', 'sip:bob@example.org', messages);
    return { ...makeEmptyData(nowMs), conversations: [conversation], messages: new Map([['c', messages]]) };
  };
}

describe('ThreadState', () => {
  it('opens at the end and loads older pages until there are none', async () => {
    const { app } = await startApp(withOne(320));
    openConversation(app, 'c');
    await settled();
    expect([app.thread.phase, app.thread.messages.length, app.thread.hasOlder, app.thread.messages[0]?.messageId]).toEqual([
      'ready',
      50,
      true,
      'm270',
    ]);
    expect(await app.thread.loadOlder()).toBe(true);
    expect(await app.thread.loadOlder()).toBe(true);
    expect([app.thread.messages.length, app.thread.hasOlder, app.thread.messages[0]?.messageId]).toEqual([320, false, 'm0']);
    expect(await app.thread.loadOlder()).toBe(false);
  });

  it('opens at the first unread one, however many there are, and loads what is around it alone', async () => {
    const { app, fake } = await startApp((nowMs) => {
      const data = makeLargeData(nowMs);
      const all = data.messages.get('c-carol') ?? [];
      const unread = all.map((one, at) => (at >= 7_000 && one.direction === 'in' ? { ...one, state: 'received' as const } : one));
      data.messages.set('c-carol', unread);
      data.conversations = data.conversations.map((one) =>
        one.conversationId === 'c-carol' ? makeConversation('c-carol', one.address, unread) : one,
      );
      return data;
    });
    const unread = fake.data.messages.get('c-carol')?.filter(({ state }) => state === 'received') ?? [];
    expect(app.conversations.byId.get('c-carol')?.unreadCount).toBe(unread.length);
    openConversation(app, 'c-carol');
    await settled();
    const { thread } = app;
    const at = thread.messages.findIndex(({ messageId }) => messageId === thread.unreadFromId);
    expect([thread.unreadFromId, at, thread.messages.length, thread.hasOlder, thread.hasNewer, thread.phase]).toEqual([
      unread[0]?.messageId,
      50,
      100,
      true,
      true,
      'ready',
    ]);
    await thread.showEnd();
    expect(thread.messages.at(-1)?.messageId).toBe(unread.at(-1)?.messageId);
  });

  it('a count that is not true any more costs no look through the whole thread', async () => {
    const { app, fake } = await startApp(makeLargeData);
    await app.thread.open('c-carol', 9_000);
    expect([fake.calls.filter(({ name }) => name === 'listMessages').length, app.thread.phase, app.thread.unreadFromId]).toEqual([
      1,
      'ready',
      null,
    ]);
  });

  it('marks where the unread ones begin, and forgets it when one answers', async () => {
    const { app, fake } = await startApp();
    openConversation(app, 'c-bob');
    await settled();
    const unread = app.thread.messages.find((one) => one.messageId === app.thread.unreadFromId);
    expect(unread?.text).toBe('Here is the plan for tomorrow: coffee first, then the archive, then we walk along the river.');
    await fake.call('sendMessage', { accountId: 'account-1', address: 'sip:bob@example.org', text: 'Good' });
    expect(app.thread.unreadFromId).toBe(null);
    expect(app.thread.messages.at(-1)?.text).toBe('Good');
  });

  it('changes a message in place and ignores those of other threads', async () => {
    const { app, fake } = await startApp();
    openConversation(app, 'c-bob');
    await settled();
    const before = app.thread.messages;
    const failed = before.find((one) => one.state === 'failed');
    await fake.call('resendMessage', { messageId: failed?.messageId ?? '' });
    expect(app.thread.messages.map((one) => one.messageId)).toEqual(before.map((one) => one.messageId));
    expect(app.thread.messages.find((one) => one.messageId === failed?.messageId)?.state).toBe('sending');
    fake.receive('sip:carol@example.org', 'elsewhere');
    expect(app.thread.messages).toHaveLength(before.length);
  });

  it('says why when the messages cannot be read', async () => {
    const { app, fake } = await startApp();
    fake.failNext('listMessages', { kind: 'unavailable', reason: 'The history is locked.' });
    openConversation(app, 'c-bob');
    await settled();
    expect([app.thread.phase, app.thread.failureReason]).toEqual(['failed', 'The history is locked.']);
  });

  it('drops a page that comes after another thread was opened', async () => {
    const { app } = await startApp();
    openConversation(app, 'c-bob');
    openConversation(app, 'c-carol');
    await settled();
    expect(app.thread.messages.map((one) => one.conversationId)).toEqual(['c-carol']);
  });

  it('jumps back to a message thousands before', async () => {
    const { app, fake } = await startApp(makeLargeData);
    const far = fake.data.messages.get('c-carol')?.[1_000];
    await showMessage(app, 'c-carol', far?.messageId ?? '');
    expect(app.thread.focusedMessageId).toBe(far?.messageId);
    expect(app.thread.messages).toContainEqual(far);
  });

  it('jumps by one page around the message, reads on in both directions, and comes back to the end', async () => {
    const { app, fake } = await startApp(withOne(1_000));
    openConversation(app, 'c');
    await settled();
    const span = (): unknown => [app.thread.messages[0]?.messageId, app.thread.messages.at(-1)?.messageId];
    const ends = (): unknown => [app.thread.hasOlder, app.thread.hasNewer];
    await app.thread.show('m500');
    expect([span(), ends(), app.thread.focusedMessageId]).toEqual([['m450', 'm549'], [true, true], 'm500']);
    await app.thread.loadNewer();
    await app.thread.loadOlder();
    expect([span(), ends()]).toEqual([
      ['m250', 'm749'],
      [true, true],
    ]);
    fake.receive('sip:bob@example.org', 'far below');
    expect([span(), app.thread.arrivedCount]).toEqual([['m250', 'm749'], 1]);
    const before = app.thread.stretch;
    await app.thread.showEnd();
    expect([app.thread.messages.at(-1)?.text, ends(), app.thread.stretch]).toEqual(['far below', [true, false], before + 1]);
    await app.thread.show('m3');
    expect([span(), ends()]).toEqual([
      ['m0', 'm52'],
      [false, true],
    ]);
    await fake.call('sendMessage', { accountId: 'account-1', address: 'sip:bob@example.org', text: 'mine' });
    await settled();
    expect([app.thread.messages.at(-1)?.text, ends()]).toEqual(['mine', [true, false]]);
  });

  it('jumps to a time, and says when there is nothing from then on', async () => {
    const { app } = await startApp(withOne(1_000));
    openConversation(app, 'c');
    await settled();
    const times = app.thread.messages.map((one) => one.storedAtMs);
    const last = times.at(-1) ?? 0;
    expect(await app.thread.showFrom(last - 600 * MINUTE - 1)).toBe(true);
    expect([app.thread.focusedMessageId, app.thread.messages.length]).toEqual(['m399', 100]);
    expect(await app.thread.showFrom(last + 1)).toBe(false);
    expect(app.thread.focusedMessageId).toBe('m399');
  });
});
