// What is kept beside a message's text and of its peers: details, abilities, blocked addresses, choices, reports, strangers, places by time.
import { describe, expect, test } from 'vitest';
import * as store from '../../../main/store/index.ts';
import { incoming, openTestStore, outgoing } from './support/open-test-store.ts';

const ONE = { accountId: '1' };
const BOB = { accountId: '1', address: 'sip:bob@example.org' };

test('extras and who refused it come back with the message; what it refers to can be replaced', async () => {
  const db = await openTestStore();
  const reference = { name: 'a.png', size: 5, type: 'image/png', state: 'offered' as const, url: 'https://example.org/a.png' };
  const extra = { wasStored: true, subject: 'Lunch', reference };
  const { message } = await db.commit((tx) => store.addOutgoingMessage(tx, outgoing({ extra })));
  expect(db.read((tx) => store.getMessage(tx, message))).toEqual({ ...message, ...extra });
  const failure = { code: 603, reason: 'No.', by: 'peer' as const };
  await db.commit((tx) => store.setMessageState(tx, { messageId: '1', from: ['queued'], state: 'failed', failure }));
  const fetched = { ...reference, state: 'fetched' as const, text: 'x' };
  const changed = await db.commit((tx) => store.setMessageReference(tx, { messageId: '1', reference: fetched }));
  expect(changed).toEqual({ ...message, ...extra, reference: fetched, state: 'failed', failure });
  expect(db.read((tx) => store.getMessage(tx, message))).toEqual(changed);
  expect(await db.commit((tx) => store.setMessageReference(tx, { messageId: '9', reference }))).toBeNull();
});

test('details are bounded: the newest lines stay', async () => {
  const db = await openTestStore();
  await db.commit((tx) => store.addOutgoingMessage(tx, outgoing()));
  for (let number = 0; number < 100; number++) {
    const line = `line ${number}`;
    await db.commit((tx) =>
      store.addMessageDetail(tx, { messageId: '1', exchange: [{ atMs: number, line }], states: [{ state: 'queued', atMs: number }] }),
    );
  }
  const { exchange, states } = db.read((tx) => store.getMessageDetail(tx, { messageId: '1' }));
  expect([exchange.length, exchange[0]?.line, exchange.at(-1)?.line, states.length]).toEqual([60, 'line 40', 'line 99', 60]);
});

describe('a message that a server kept', () => {
  test('stands where its time says; the last one stays the last', async () => {
    const db = await openTestStore();
    const add = (text: string, storedAtMs: number, placeAtMs?: number) =>
      db.commit((tx) => store.addIncomingMessage(tx, incoming({ text, storedAtMs, ...(placeAtMs === undefined ? {} : { placeAtMs }) })));
    await add('one', 100);
    await add('four', 400);
    const kept = await add('two', 500, 200);
    await add('three', 501, 300);
    const texts = db.read((tx) => store.listMessages(tx, { conversationId: '1', limit: 9 })).map(({ text }) => text);
    expect(texts).toEqual(['one', 'two', 'three', 'four']);
    expect(kept.kind === 'added' && [kept.conversation.lastMessage?.text, kept.conversation.unreadCount]).toEqual(['four', 3]);
    const read = await db.commit((tx) => store.markRead(tx, { conversationId: '1' }));
    expect(read?.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four']);
  });
});

test('a stranger is accepted once, or by writing to them', async () => {
  const db = await openTestStore();
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ isUnknown: true })));
  const unknown = (): unknown => db.read((tx) => store.getConversation(tx, { conversationId: '1' }))?.isUnknown;
  expect(unknown()).toBe(true);
  const accepted = await db.commit((tx) => store.acceptConversation(tx, { conversationId: '1' }));
  expect(accepted).toEqual(db.read((tx) => store.getConversation(tx, { conversationId: '1' })));
  expect([unknown(), await db.commit((tx) => store.acceptConversation(tx, { conversationId: '1' }))]).toEqual([undefined, null]);
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ address: 'sip:eve@example.org', text: 'x', isUnknown: true })));
  const answered = await db.commit((tx) => store.addOutgoingMessage(tx, outgoing({ address: 'sip:eve@example.org' })));
  expect(answered.conversation.isUnknown).toBeUndefined();
});

test('abilities are believed until their time', async () => {
  const db = await openTestStore();
  const save = (fact: string, value: boolean, untilMs: number) =>
    db.commit((tx) => store.savePeerFact(tx, { ...BOB, fact, value, untilMs }));
  await save('cpim', false, 100);
  await save('cpim', true, 200);
  await save('typing', false, 150);
  const at = (nowMs: number): unknown => db.read((tx) => store.listPeerFacts(tx, { ...BOB, nowMs }));
  expect([at(149), at(150), at(200)]).toEqual([
    [
      { fact: 'cpim', value: true },
      { fact: 'typing', value: false },
    ],
    [{ fact: 'cpim', value: true }],
    [],
  ]);
  expect(await db.commit((tx) => store.sweepPeerFacts(tx, { ...ONE, nowMs: 150 }))).toBe(1);
});

test('blocked addresses: added, changed, counted, removed', async () => {
  const db = await openTestStore();
  const { address } = BOB;
  await db.commit((tx) => store.addBlocked(tx, { ...BOB, isSilent: false, sinceMs: 1 }));
  await db.commit((tx) => store.countRefused(tx, BOB));
  await db.commit((tx) => store.addBlocked(tx, { ...BOB, isSilent: true, sinceMs: 2 }));
  const blocked = { address, isSilent: true, sinceMs: 1, refusedCount: 1 };
  expect(db.read((tx) => [store.getBlocked(tx, BOB), store.listBlocked(tx, { ...ONE, nowMs: 0 })])).toEqual([blocked, [blocked]]);
  expect([await db.commit((tx) => store.removeBlocked(tx, BOB)), await db.commit((tx) => store.removeBlocked(tx, BOB))]).toEqual([
    true,
    false,
  ]);
});

test('choices about reports: nothing, then what was chosen', async () => {
  const db = await openTestStore();
  const chosen = { delivery: true, display: false, typing: null };
  expect(db.read((tx) => store.getReporting(tx, BOB))).toEqual({ delivery: null, display: null, typing: null });
  await db.commit((tx) => store.saveReporting(tx, { ...BOB, reporting: chosen }));
  expect(db.read((tx) => [store.getReporting(tx, BOB), store.getReporting(tx, { ...ONE, address: '' }).delivery])).toEqual([chosen, null]);
});

test('reports: each once, a display report instead of a delivery report, gone when sent', async () => {
  const db = await openTestStore();
  const report = { ...BOB, imdnId: 'a', kind: 'delivery' as const, status: 'delivered', sentAtMs: 1, createdAtMs: 10, originalTo: null };
  const add = (over: Partial<Parameters<typeof store.addReport>[1]>) => db.commit((tx) => store.addReport(tx, { ...report, ...over }));
  await add({});
  await add({});
  await add({ imdnId: 'b' });
  await add({ kind: 'display', status: 'displayed', createdAtMs: 20 });
  const list = (): unknown => db.read((tx) => store.listReports(tx, { ...BOB, limit: 9 })).map(({ imdnId, kind }) => [imdnId, kind]);
  expect([list(), db.read((tx) => store.listReportAddresses(tx, ONE))]).toEqual([
    [
      ['b', 'delivery'],
      ['a', 'display'],
    ],
    [BOB.address],
  ]);
  await db.commit((tx) => store.removeReports(tx, { ...ONE, createdBeforeMs: 20 }));
  expect(list()).toEqual([['a', 'display']]);
  const [last] = db.read((tx) => store.listReports(tx, { ...BOB, limit: 9 }));
  await db.commit((tx) => store.removeReport(tx, { reportId: last?.reportId ?? '' }));
  expect(list()).toEqual([]);
});
