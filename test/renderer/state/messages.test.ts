// Messages beside sending and reading: quotes, typing, jumps, deletion, strangers, blocked addresses, search filters, long work.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openConversation, runCommand } from '../../../renderer/state/commands.ts';
import { emojis } from '../../../renderer/state/emoji.ts';
import { taskWords } from '../../../renderer/state/history-text.ts';
import { messageCommandOfKey, replyTo } from '../../../renderer/state/message-commands.ts';
import { quotedIndex, quoteOf, splitQuote } from '../../../renderer/state/quote.ts';
import { dayStart } from '../../../renderer/state/search.svelte.ts';
import { settled, startApp } from '../support/app.ts';
import { makeLargeData, makeTroubledData } from '../support/fake-people.ts';

describe('quotes', () => {
  it('stand in front of the text and are split from it again', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (quoted, written) => {
        const own = splitQuote(quoted.replace(/\r\n?/gu, '\n')).rest.trim();
        fc.pre(written.trim() !== '' && !written.startsWith('>') && !/^\n/u.test(written) && own.length < 400);
        fc.pre(own.split('\n').length <= 6);
        expect(splitQuote(`${quoteOf(quoted)}\n\n${written}`)).toEqual({ quote: own, rest: written });
      }),
    );
  });

  it('are short, without what was quoted before, and no quote of their own', () => {
    expect(quoteOf('> before\n\nafter')).toBe('> after');
    expect(quoteOf('1\n2\n3\n4\n5\n6\n7')).toBe('> 1\n> 2\n> 3\n> 4\n> 5\n> 6…');
    expect(splitQuote('> only this')).toEqual({ quote: '', rest: '> only this' });
    expect(splitQuote('plain')).toEqual({ quote: '', rest: 'plain' });
  });

  it('name the nearest message they are from', () => {
    const texts = ['yes', 'no', '> yes\n\nyes', 'x'];
    expect([quotedIndex(texts, 3, 'yes'), quotedIndex(texts, 2, 'yes'), quotedIndex(texts, 3, 'never'), quotedIndex(texts, 3, '')]).toEqual(
      [2, 0, -1, -1],
    );
  });

  it('go out with the answer, and come back when it was not taken', async () => {
    const { app, fake } = await startApp();
    openConversation(app, 'c-bob');
    await settled();
    const bob = app.conversations.byId.get('c-bob');
    const asked = app.thread.messages.find((one) => one.text === 'Yes! Two minutes.');
    if (bob === undefined || asked === undefined) throw new Error('both are there');
    replyTo(app, asked);
    app.composer.type('c-bob', 'Fine');
    fake.failNext('sendMessage', { kind: 'unavailable', reason: 'The disk is full.' });
    expect([await app.composer.send(bob), app.composer.textOf(bob), app.composer.quoted.get('c-bob')]).toEqual([false, 'Fine', asked]);
    expect(await app.composer.send(bob)).toBe(true);
    expect(fake.data.messages.get('c-bob')?.at(-1)?.text).toBe('> Yes! Two minutes.\n\nFine');
    expect(app.composer.quoted.has('c-bob')).toBe(false);
  });

  it('lead back to what they quote', async () => {
    const { app } = await startApp(makeTroubledData);
    openConversation(app, 'c-bob');
    await settled();
    const answer = app.thread.messages.find((one) => one.text.endsWith('Platform 9 it is.'));
    expect(await app.thread.showQuoted(answer?.messageId ?? '', 'Shall we say platform 9?')).toBe(true);
    const shown = app.thread.messages.find((one) => one.messageId === app.thread.focusedMessageId);
    expect(shown?.text).toBe('Shall we say platform 9?');
    expect(await app.thread.showQuoted(answer?.messageId ?? '', 'never said')).toBe(false);
  });

  it('lead back however far: what is not loaded is searched for, and only what is around it is loaded', async () => {
    const { app, fake } = await startApp(makeLargeData);
    openConversation(app, 'c-carol');
    await settled();
    const quoting = app.thread.messages.at(-1)?.messageId ?? '';
    // Others contain the words, and begin with other ones; the mark says that more was quoted.
    expect(await app.thread.showQuoted(quoting, 'Number 987…')).toBe(true);
    const shown = app.thread.messages.find((one) => one.messageId === app.thread.focusedMessageId);
    expect([shown?.text.split(',')[0], app.thread.messages.length]).toEqual(['Number 987', 100]);
    expect(fake.calls.filter(({ name }) => name === 'searchMessages').map(({ input }) => input)).toEqual([
      { query: '"Number 987"*', conversationId: 'c-carol', before: quoting, limit: 500 },
    ]);
    expect(await app.thread.showQuoted(quoting, 'Number 987')).toBe(false);
  });

  it('are searched for without the marks of the search field, and by their beginning', async () => {
    const { app, fake } = await startApp(makeLargeData);
    openConversation(app, 'c-carol');
    await settled();
    const quoting = app.thread.messages.at(-1)?.messageId ?? '';
    for (const quote of ['say "yes" *now*\nand then', '👍', `${'word '.repeat(31)}😀 after`]) await app.thread.showQuoted(quoting, quote);
    expect(fake.calls.filter(({ name }) => name === 'searchMessages').map(({ input }) => (input as { query: string }).query)).toEqual([
      '"say yes now and then"*',
      '👍',
      `"${'word '.repeat(31)}😀 aft"*`,
    ]);
  });
});

describe('typing', () => {
  it('is told now and then, and its end at once', async () => {
    const { app, fake, clock } = await startApp();
    const told = (): unknown[] => fake.calls.filter((call) => call.name === 'noteTyping').map((call) => call.input);
    app.composer.type('c-bob', 'a');
    app.composer.type('c-bob', 'ab');
    clock.advance(3_000);
    app.composer.type('c-bob', 'abc');
    app.composer.type('c-bob', '');
    app.composer.type('c-bob', '');
    const one = (isTyping: boolean): object => ({ conversationId: 'c-bob', isTyping });
    expect(told()).toEqual([one(true), one(true), one(false)]);
  });
});

describe('a message', () => {
  it('is deleted here when the core says so', async () => {
    const { app } = await startApp();
    openConversation(app, 'c-bob');
    await settled();
    const [first] = app.thread.messages;
    await app.thread.remove(first?.messageId ?? '');
    expect(app.thread.messages).not.toContainEqual(first);
  });

  it('has keys of its own', () => {
    const press = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    const keys = ['r', 'C', 'i', 'Enter', 'Delete', 'x'].map((key) => messageCommandOfKey({ ...press, key }));
    expect(keys).toEqual(['reply', 'copy', 'details', 'details', 'delete', undefined]);
    expect(messageCommandOfKey({ ...press, key: 'c', ctrlKey: true })).toBe('copy');
    expect(messageCommandOfKey({ ...press, key: 'r', ctrlKey: true })).toBe(undefined);
  });

  it('is jumped to by its day, far back too', async () => {
    const { app, fake } = await startApp(makeLargeData);
    openConversation(app, 'c-carol');
    await settled();
    const far = fake.data.messages.get('c-carol')?.[4_000];
    expect(await app.thread.showFrom(far?.sentAtMs ?? 0)).toBe(true);
    expect(app.thread.focusedMessageId).toBe(far?.messageId);
    expect(await app.thread.showFrom((fake.data.messages.get('c-carol')?.at(-1)?.sentAtMs ?? 0) + 1)).toBe(false);
  });
});

describe('unknown senders', () => {
  it('stand apart, count for nothing, and move when accepted', async () => {
    const { app } = await startApp(makeTroubledData);
    expect([app.conversations.unknown, app.conversations.order.includes('c-stranger'), app.conversations.unreadCount]).toEqual([
      ['c-stranger'],
      false,
      5,
    ]);
    expect(await app.conversations.accept('c-stranger')).toBe(undefined);
    expect([app.conversations.unknown, app.conversations.order.includes('c-stranger'), app.conversations.unreadCount]).toEqual([
      [],
      true,
      6,
    ]);
  });

  it('and others are blocked and taken back', async () => {
    const { app, fake } = await startApp();
    expect(await app.blocked.block('account-1', 'sip:bob@example.org', true)).toBe(undefined);
    expect(app.blocked.find('account-1', 'sip:bob@example.org')?.isSilent).toBe(true);
    expect(await app.blocked.unblock('account-1', 'sip:spam@example.com')).toBe(undefined);
    expect(app.blocked.list.map((one) => one.address)).toEqual(['sip:bob@example.org', 'sip:mallory@example.com']);
    fake.failNext('unblockAddress', { kind: 'unavailable', reason: 'Not now.' });
    expect(await app.blocked.unblock('account-1', 'sip:bob@example.org')).toBe('Not now.');
  });

  it('who is refused by the answer to their request is counted, and not to be unblocked', async () => {
    const { app } = await startApp();
    const mallory = ['account-1', 'sip:mallory@example.com'] as const;
    expect([app.blocked.find(...mallory), app.blocked.refusedCount(...mallory)]).toEqual([undefined, 3]);
    expect(app.blocked.refusedCount('account-1', 'sip:nobody@example.com')).toBe(0);
  });
});

describe('a conversation that is deleted', () => {
  it('leaves the list and the screen', async () => {
    const { app, fake } = await startApp();
    openConversation(app, 'c-bob');
    await settled();
    await fake.call('deleteConversation', { conversationId: 'c-bob' });
    expect([app.conversations.byId.has('c-bob'), app.view.conversationId, app.thread.phase]).toEqual([false, null, 'empty']);
  });
});

describe('search', () => {
  it('asks with its filters, here or everywhere, and page by page', async () => {
    const { app, fake, clock } = await startApp(makeLargeData);
    openConversation(app, 'c-carol');
    runCommand(app, 'find-here');
    app.search.type('number');
    app.search.filter({ direction: 'out', fromDay: '2026-04-01', untilDay: '2026-04-30' });
    clock.advance(40);
    await settled();
    expect(fake.calls.findLast((call) => call.name === 'searchMessages')?.input).toEqual({
      query: 'number',
      limit: 50,
      channel: 'search',
      conversationId: 'c-carol',
      direction: 'out',
      fromMs: new Date(2026, 3, 1).getTime(),
      untilMs: new Date(2026, 4, 1).getTime(),
    });
    expect([app.search.filterCount, app.search.messages.length, app.search.hasMore]).toEqual([4, 50, true]);
    await app.search.more();
    expect(app.search.messages).toHaveLength(100);
    runCommand(app, 'find-everywhere');
    expect(app.search.filters.conversationId).toBe('');
    app.search.close();
    expect([app.search.isOpen, app.search.query, app.search.filterCount, app.search.messages]).toEqual([false, '', 0, []]);
  });

  it('takes no notice of a search that a newer one ended', async () => {
    const { app, fake, clock } = await startApp();
    fake.failNext('searchMessages', { kind: 'cancelled', reason: 'A newer search took its place.' });
    app.search.type('plan');
    clock.advance(40);
    await settled();
    expect(app.search.phase).toBe('working');
  });

  it('reads days as local ones', () => {
    expect([dayStart('2026-05-06', 1), dayStart(''), dayStart('nonsense')]).toEqual([new Date(2026, 4, 7).getTime(), undefined, undefined]);
  });
});

describe('long work', () => {
  it('says how far it is and how it ended', async () => {
    const { app, fake } = await startApp();
    const reply = await fake.call('backupHistory', { path: '/tmp/x' });
    const taskId = reply.output?.taskId ?? '';
    expect(app.tasks.working.map(taskWords)).toEqual(['40 %']);
    await app.tasks.cancel(taskId);
    expect([app.tasks.working, app.tasks.list.map(taskWords)]).toEqual([[], ['cancelled']]);
    const task = { taskId: 't', kind: 'export', done: 0, total: 0 } as const;
    expect([
      taskWords({ ...task, state: 'working' }),
      taskWords({ ...task, state: 'done' }),
      taskWords({ ...task, state: 'failed', reason: 'Full.' }),
    ]).toEqual(['going on…', 'done', 'failed: Full.']);
  });
});

describe('emoji', () => {
  it('are each there once, with words in both languages', () => {
    expect(new Set(emojis.map((emoji) => emoji.text)).size).toBe(emojis.length);
    expect(emojis.filter((emoji) => emoji.en === '' || emoji.de === '' || /[a-z]/iu.test(emoji.text))).toEqual([]);
  });
});
