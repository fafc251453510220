// Who may see us, as the window keeps it: the inbox looked at in many ways, answers together, undo, the log, conflicts, words.
import { describe, expect, it } from 'vitest';
import { undoLastAnswer } from '../../../renderer/state/commands.ts';
import {
  recordProgressWords,
  recordWords,
  ruleWords,
  scopeName,
  seenWords,
  watchingWords,
} from '../../../renderer/state/decision-words.ts';
import { settled, startApp } from '../support/app.ts';
import { makeDecision, makeRules } from '../support/fake-decisions.ts';
import { makeTroubledData } from '../support/fake-people.ts';

const names = (list: readonly { readonly requestId: string }[]): string[] => list.map((one) => one.requestId.slice('request-'.length, 14));

describe('the inbox', () => {
  it('is searched, filtered and sorted; those put off stand last', async () => {
    const { app } = await startApp();
    const { inbox } = app;
    expect(names(inbox.shown)).toEqual(['mallor', 'oscar', 'peggy.', 'trent']);
    inbox.order = 'oldest';
    expect(names(inbox.shown)).toEqual(['peggy.', 'oscar', 'mallor', 'trent']);
    inbox.order = 'often';
    expect(names(inbox.shown)).toEqual(['mallor', 'oscar', 'peggy.', 'trent']);
    inbox.order = 'name';
    expect(names(inbox.shown)).toEqual(['mallor', 'oscar', 'peggy.', 'trent']);
    inbox.state = 'once';
    expect(names(inbox.shown)).toEqual(['oscar']);
    inbox.state = 'later';
    expect(names(inbox.shown)).toEqual(['trent']);
    inbox.state = 'pending';
    inbox.query = 'PEGGY';
    expect([names(inbox.shown), inbox.isFiltered]).toEqual([['peggy.'], true]);
    inbox.accountId = 'another';
    expect(names(inbox.shown)).toEqual([]);
    inbox.showAll();
    expect([inbox.shown.length, inbox.isFiltered]).toEqual([4, false]);
  });

  it('chooses one, a stretch, all, none', async () => {
    const { inbox } = (await startApp()).app;
    const [first = '', second = '', third = ''] = inbox.ids;
    inbox.toggle(second);
    inbox.extend(second, third);
    expect(inbox.chosenIds).toEqual([second, third]);
    inbox.extend(third, first);
    expect(inbox.chosenIds).toEqual([first, second]);
    inbox.toggle(first);
    expect(inbox.chosenIds).toEqual([second]);
    inbox.chooseAll();
    expect(inbox.chosenIds).toEqual(inbox.ids);
    inbox.clear();
    expect(inbox.chosenIds).toEqual([]);
    inbox.extend(second, third);
    expect(inbox.chosenIds).toEqual([second, third]);
  });

  it('answers many at once, and takes all of them back together', async () => {
    const { app, fake } = await startApp();
    const ids = ['request-mallory', 'request-oscar'];
    const reply = await app.requests.decideMany(ids, 'block');
    expect(reply).toEqual({ kind: 'ok', output: { decided: 2 } });
    expect(fake.calls.at(-1)).toEqual({ name: 'decideRequests', input: { requestIds: ids, decision: 'block' } });
    expect(names(app.requests.waiting)).toEqual(['peggy.']);
    app.decisions.noteTogether(2);
    await undoLastAnswer(app);
    expect(names(app.requests.waiting)).toEqual(['mallor', 'oscar', 'peggy.']);
    expect(app.announcer.list.at(-1)?.text).toBe('2 answers undone.');
  });

  it('has them back when the answer was not taken', async () => {
    const { app, fake } = await startApp();
    fake.failNext('decideRequests', { kind: 'unavailable', reason: 'The disk is full.' });
    const answering = app.requests.decideMany(['request-oscar'], 'allow');
    expect(names(app.requests.waiting)).toEqual(['mallor', 'peggy.']);
    await answering;
    expect(names(app.requests.waiting)).toEqual(['mallor', 'oscar', 'peggy.']);
  });
});

describe('undoing', () => {
  it('once more goes further back, and never undoes an undoing', async () => {
    const { app } = await startApp();
    await app.requests.decide('request-oscar', 'allow');
    await app.requests.decide('request-mallory', 'block');
    expect(names(app.requests.waiting)).toEqual(['peggy.']);
    await undoLastAnswer(app);
    expect(names(app.requests.waiting)).toEqual(['mallor', 'peggy.']);
    await undoLastAnswer(app);
    expect(names(app.requests.waiting)).toEqual(['mallor', 'oscar', 'peggy.']);
  });

  it('says whose answer was taken back, what failed, and that there is nothing', async () => {
    const { app, fake } = await startApp();
    await app.requests.decide('request-oscar', 'allow');
    await undoLastAnswer(app);
    fake.failNext('undoDecision', { kind: 'unavailable', reason: 'Not now.' });
    await undoLastAnswer(app);
    fake.data.decisions = [];
    await undoLastAnswer(app);
    // Who is undone asks again, and that is said too.
    expect(app.announcer.list.map((one) => one.text)).toEqual([
      'Oscar asks to see your presence.',
      'Undone: Oscar is as before.',
      'It could not be undone: Not now.',
      'There is no answer to undo.',
    ]);
  });
});

describe('the log', () => {
  it('is read by pages, searched, filtered, and takes what happens', async () => {
    const { app, fake, clock } = await startApp();
    const many = Array.from({ length: 150 }, (_, at) => makeDecision(`sip:p${at}@example.org`, 'allow', 1_000 - at));
    fake.data.decisions = many;
    await app.decisions.load();
    expect([app.decisions.records.length, app.decisions.hasMore]).toEqual([100, true]);
    await app.decisions.more();
    expect([app.decisions.records.length, app.decisions.hasMore]).toEqual([150, false]);
    fake.announce({ type: 'decision-added', decision: makeDecision('sip:new@example.org', 'block', 2_000) });
    expect(app.decisions.records[0]?.address).toBe('sip:new@example.org');
    app.decisions.kind = 'block';
    expect(app.decisions.shown.map((one) => one.address)).toEqual(['sip:new@example.org']);
    app.decisions.kind = '';
    app.decisions.search('p149');
    clock.advance(120);
    await settled();
    expect(app.decisions.shown.map((one) => one.address)).toEqual(['sip:p149@example.org']);
    fake.announce({ type: 'decision-added', decision: makeDecision('sip:other@example.org', 'block', 3_000) });
    expect(app.decisions.shown).toHaveLength(1);
    const [only] = app.decisions.records;
    if (only !== undefined) fake.announce({ type: 'decision-changed', decision: { ...only, confirmedState: 'rejected' } });
    expect(app.decisions.records[0]?.confirmedState).toBe('rejected');
  });

  it('says why it cannot be read', async () => {
    const { app, fake } = await startApp();
    fake.failNext('listDecisions', { kind: 'unavailable', reason: 'The history is locked.' });
    await app.decisions.load();
    expect([app.decisions.phase, app.decisions.failureReason]).toEqual(['failed', 'The history is locked.']);
  });

  it('and rules are told in words', () => {
    const now = new Date(2026, 4, 6, 12).getTime();
    const seen = { notes: true, activities: false, place: false, devices: false };
    const record = makeDecision('sip:bob@example.org', 'allow', now, { sphere: 'work', seen, confirmedAtMs: now });
    expect([recordWords(record, now), recordProgressWords(record, now)]).toEqual([
      'Allowed, while at work, shown: Notes',
      'in force since 12:00 (the server says: active)',
    ]);
    expect(recordProgressWords({ ...record, isCurrent: false }, now)).toBe('replaced since');
    expect(recordProgressWords({ ...record, confirmedAtMs: null }, now)).toBe('on its way to the server…');
    expect(recordProgressWords({ ...record, failure: 'No.' }, now)).toBe('The server refused: No.');
    expect(recordWords({ ...record, decision: 'none', sphere: '', seen: null }, now)).toBe('Answer removed');
    expect([seenWords({ ...seen, notes: false }), seenWords(null)]).toEqual(['only whether you are there', '']);
    expect(['*', '*@example.org', 'sip:bob@example.org'].map(scopeName)).toEqual(['Everybody', 'Everybody at example.org', '']);
    expect(makeRules(now).map((rule) => ruleWords(rule, now))).toEqual([
      'Allowed until 15:00',
      'Allowed, while at work',
      'Allowed',
      'A rule that cannot be put into words',
      'Is asked about',
    ]);
  });
});

describe('watchers', () => {
  it('are told of with state, since when and by which rule', async () => {
    const { app, clock } = await startApp();
    const find = (user: string): string => {
      const watcher = app.watchers.find('account-1', `sip:${user}@example.org`);
      return watcher === undefined ? '' : watchingWords(watcher, clock.nowMs()).replace(/since .*?(,|$)/u, 'since …$1');
    };
    expect(['bob', 'carol', 'ivan'].map(find)).toEqual([
      'sees you since …, by your answer',
      'sees you since …, by another rule of yours',
      'no longer',
    ]);
    expect(app.watchers.mentioned.map((one) => one.state)).toEqual(['active', 'active', 'active', 'terminated']);
  });
});

describe('conflicts', () => {
  it('wait until one answer is chosen, and come back when that fails', async () => {
    const { app, fake } = await startApp(makeTroubledData);
    const [conflict] = app.conflicts.list;
    if (conflict === undefined) throw new Error('there is a conflict');
    fake.failNext('resolveConflict', { kind: 'unavailable', reason: 'Not now.' });
    expect([await app.conflicts.resolve(conflict, 'ours'), app.conflicts.list.length]).toEqual(['Not now.', 1]);
    expect([await app.conflicts.resolve(conflict, 'theirs'), app.conflicts.list.length]).toEqual([undefined, 0]);
    expect(fake.calls.at(-1)).toEqual({ name: 'resolveConflict', input: { conflictId: 'conflict-1', keep: 'theirs' } });
    fake.announce({ type: 'conflict-changed', conflict });
    fake.announce({ type: 'conflict-removed', conflictId: 'conflict-1', accountId: 'account-1' });
    expect(app.conflicts.list).toEqual([]);
  });
});
