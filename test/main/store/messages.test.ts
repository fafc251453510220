// Messages and conversations: adding, duplicates, summaries, paging, states, reading, deleting; whole objects.
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as store from '../../../main/store/index.ts';
import type { Message } from '../../../app/domain/message.ts';
import type { IncomingMessage, Store } from '../../../main/store/index.ts';
import { IDENTITY, incoming, newDatabasePath, openAt, openTestStore, outgoing } from './support/open-test-store.ts';

const HELLO: Message = {
  messageId: '1',
  conversationId: '1',
  accountId: '1',
  direction: 'in',
  address: 'sip:bob@example.org',
  text: 'Hello',
  contentType: 'text/plain',
  sentAtMs: 100,
  storedAtMs: 200,
  state: 'received',
};
const BOB = { conversationId: '1', accountId: '1', address: 'sip:bob@example.org', displayName: 'Bob', draft: '' };

async function addThree(to: Store): Promise<void> {
  await to.commit((db) => store.addIncomingMessage(db, incoming({ text: 'one', storedAtMs: 200 })));
  await to.commit((db) => store.addOutgoingMessage(db, outgoing({ text: 'two', storedAtMs: 300 })));
  // The clock was set back.
  await to.commit((db) => store.addIncomingMessage(db, incoming({ text: 'three', storedAtMs: 250 })));
}
const texts = (messages: readonly Message[]): string[] => messages.map((message) => message.text);

test('an incoming message is stored with its conversation and summary', async () => {
  const db = await openTestStore();
  const added = await db.commit((tx) => store.addIncomingMessage(tx, incoming()));
  const conversation = { ...BOB, lastMessage: HELLO, unreadCount: 1 };
  expect(added).toEqual({ kind: 'added', message: HELLO, conversation });
  expect(db.read((tx) => store.listConversations(tx, {}))).toEqual([conversation]);
  expect(db.read((tx) => store.getConversation(tx, { conversationId: '1' }))).toEqual(conversation);
  expect(db.read((tx) => store.findConversation(tx, { accountId: '1', address: BOB.address }))).toEqual(conversation);
  expect(db.read((tx) => store.getMessage(tx, { messageId: '1' }))).toEqual(HELLO);
  expect(db.read((tx) => store.getMessageIdentity(tx, { messageId: '1' }))).toEqual(IDENTITY);
});

test('a message that comes again is known by its key, for the time asked for', async () => {
  const db = await openTestStore();
  await db.commit((tx) => store.addIncomingMessage(tx, incoming()));
  const again = await db.commit((tx) => store.addIncomingMessage(tx, incoming({ storedAtMs: 900, dedupeSinceMs: 200 })));
  expect(again).toEqual({ kind: 'duplicate', message: HELLO });
  const later = await db.commit((tx) => store.addIncomingMessage(tx, incoming({ storedAtMs: 900, dedupeSinceMs: 201 })));
  expect(later).toMatchObject({ kind: 'added', message: { messageId: '2' }, conversation: { unreadCount: 2 } });
  expect(await seen(db, 'k1')).toEqual({ messageId: '2', seenAtMs: 900 });
  await db.commit((tx) => store.deleteMessage(tx, { messageId: '2' }));
  const deleted = await db.commit((tx) => store.addIncomingMessage(tx, incoming({ storedAtMs: 950, dedupeSinceMs: 900 })));
  expect(deleted).toEqual({ kind: 'duplicate', message: null });
});

const keyOf = (number: number): string => hash('sha256', String(number), 'base64url').slice(0, 22);
async function addNumbered(db: Store, from: number, to: number, over: Partial<IncomingMessage>): Promise<void> {
  await db.commit((tx) => {
    for (let number = from; number < to; number += 1) store.addIncomingMessage(tx, incoming({ dedupeKey: keyOf(number), ...over }));
  });
}
const seen = (db: Store, dedupeKey: string, sinceMs = 0) =>
  db.commit((tx) => store.findSeenMessage(tx, { accountId: '1', dedupeKey, sinceMs }));

test('keys are known after a restart too, and when their message is deleted, for the time asked for', async () => {
  const path = newDatabasePath();
  const first = openAt(path);
  await first.commit((tx) => store.addAccount(tx, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  await addNumbered(first, 0, 1_500, { storedAtMs: 10 });
  await addNumbered(first, 1_500, 3_000, { storedAtMs: 30, placeAtMs: 5 });
  await first.commit((tx) => store.deleteMessage(tx, { messageId: '2' }));
  await first.commit((tx) => store.deleteMessage(tx, { messageId: '2999' }));
  const asked = [0, 1, 1_499, 2_998, 2_999, 3_000].map(keyOf);
  const known = async (db: Store, sinceMs: number) =>
    (await Promise.all(asked.map((key) => seen(db, key, sinceMs)))).map((of) => of?.seenAtMs);
  expect(await known(first, 0)).toEqual([10, 10, 10, 30, 30, undefined]);
  first.close();
  const second = openAt(path);
  expect(await known(second, 10)).toEqual([10, 10, 10, 30, 30, undefined]);
  second.close();
  const third = openAt(path);
  expect(await known(third, 20)).toEqual([undefined, undefined, undefined, 30, 30, undefined]);
  expect(third.read((tx) => tx.all('SELECT message_id FROM message_seen'))).toEqual([{ message_id: 2_999 }]);
});

test('of many keys the newest thirty thousand are known, whether they came in this run or before', async () => {
  const path = newDatabasePath();
  const first = openAt(path);
  await first.commit((tx) => store.addAccount(tx, { kind: 'sip', address: 'sip:ada@example.org', settings: {}, createdAtMs: 1 }));
  await addNumbered(first, 0, 1, { storedAtMs: 10 });
  await first.commit((tx) =>
    tx.run(`INSERT INTO message (conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms, dedupe_key)
      WITH RECURSIVE number (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number WHERE value < 66000)
      SELECT 1, 1, 'in', 'read', 'text/plain', 'x', 10, 10, 'n' || value FROM number`),
  );
  first.close();
  const second = openAt(path);
  const asked = ['n20000', 'n34000', 'n66000', keyOf(1)];
  const known = async (): Promise<boolean[]> => (await Promise.all(asked.map((key) => seen(second, key)))).map((of) => of !== null);
  expect(await known()).toEqual([false, true, true, false]);
  await addNumbered(second, 1, 32_768, { storedAtMs: 20 });
  expect(await known()).toEqual([false, false, true, true]);
});

test('a message that was taken back is not known', async () => {
  const db = await openTestStore();
  const failing = db.commit((tx) => {
    store.addIncomingMessage(tx, incoming({ text: 'lost' }));
    throw new Error('mine');
  });
  await expect(failing).rejects.toThrow('mine');
  const results = await Promise.allSettled([
    db.commit((tx) => {
      store.addIncomingMessage(tx, incoming({ text: 'lost' }));
      throw new Error('mine');
    }),
    db.commit((tx) => store.addIncomingMessage(tx, incoming({ text: 'kept' }))),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect([await seen(db, 'lost'), (await seen(db, 'kept'))?.seenAtMs]).toEqual([null, 200]);
  expect(await db.commit((tx) => store.addIncomingMessage(tx, incoming({ text: 'lost' })))).toMatchObject({ kind: 'added' });
});

test('an id is never given twice, not after a restart and not after the newest message was deleted', async () => {
  const path = newDatabasePath();
  const ids: number[] = [];
  for (let start = 0; start < 3; start += 1) {
    const db = openAt(path);
    if (start === 0) await db.commit((tx) => store.addAccount(tx, { kind: 'sip', address: 'sip:a@b', settings: {}, createdAtMs: 1 }));
    for (let each = 0; each < 70; each += 1) {
      const added = await db.commit((tx) => store.addOutgoingMessage(tx, outgoing()));
      ids.push(Number(added.message.messageId));
      if (each % 2 === 0) await db.commit((tx) => store.deleteMessage(tx, added.message));
    }
    db.close();
  }
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
});

test('a thread is read in pages, newest last, in the order stored even when the clock went back', async () => {
  const db = await openTestStore();
  await addThree(db);
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ address: 'sip:eve@example.org', text: 'other', storedAtMs: 220 })));
  expect(texts(db.read((tx) => store.listMessages(tx, { conversationId: '1', limit: 10 })))).toEqual(['one', 'two', 'three']);
  expect(texts(db.read((tx) => store.listMessages(tx, { conversationId: '1', limit: 2 })))).toEqual(['two', 'three']);
  expect(texts(db.read((tx) => store.listMessages(tx, { conversationId: '1', before: '3', limit: 1 })))).toEqual(['two']);
  expect(texts(db.read((tx) => store.listMessages(tx, { conversationId: '1', before: '2', limit: 9 })))).toEqual(['one']);
  expect(db.read((tx) => store.listMessages(tx, { conversationId: '1', before: '1', limit: 9 }))).toEqual([]);
  expect(db.read((tx) => store.listMessages(tx, { conversationId: '1', before: '4', limit: 9 }))).toEqual([]);
  expect(db.read((tx) => store.listMessages(tx, { conversationId: 'x', limit: 9 }))).toEqual([]);
});

test('a page after a message, and one around a message or a time', async () => {
  const db = await openTestStore();
  await addThree(db);
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ address: 'sip:eve@example.org', text: 'other', storedAtMs: 320 })));
  const page = (of: Omit<store.ThreadPage, 'conversationId'>): string[] =>
    texts(db.read((tx) => store.listMessages(tx, { conversationId: '1', ...of })));
  expect(page({ after: '1', limit: 1 })).toEqual(['two']);
  expect(page({ after: '2', limit: 9 })).toEqual(['three']);
  expect(page({ after: '3', limit: 9 })).toEqual([]);
  expect(page({ after: '4', limit: 9 })).toEqual([]);
  expect(page({ around: '2', limit: 2 })).toEqual(['one', 'two']);
  expect(page({ around: '2', limit: 4 })).toEqual(['one', 'two', 'three']);
  expect(page({ around: '4', limit: 9 })).toEqual([]);
  expect(page({ around: 300, limit: 2 })).toEqual(['one', 'two']);
  expect(page({ around: 201, limit: 4 })).toEqual(['one', 'two', 'three']);
  expect(page({ around: 100, limit: 4 })).toEqual(['one', 'two']);
  expect(page({ around: 999, limit: 4 })).toEqual(['two', 'three']);
});

test('the conversation list is ordered by the last message and can be of one account', async () => {
  const db = await openTestStore();
  const other = { kind: 'sip' as const, address: 'sip:two@example.org', settings: {}, createdAtMs: 1 };
  await db.commit((tx) => store.addAccount(tx, other));
  const empty = await db.commit((tx) => store.openConversation(tx, { accountId: '1', address: 'sip:new@example.org' }));
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ address: 'sip:b@example.org', text: '1' })));
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ accountId: '2', address: 'sip:c@example.org', text: '2' })));
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ address: 'sip:d@example.org', text: '3' })));
  const addresses = (of: { accountId?: string }): string[] => db.read((tx) => store.listConversations(tx, of)).map((c) => c.address);
  expect(empty).toEqual({
    conversationId: '1',
    accountId: '1',
    address: 'sip:new@example.org',
    displayName: '',
    lastMessage: null,
    unreadCount: 0,
    draft: '',
  });
  expect(addresses({})).toEqual(['sip:d@example.org', 'sip:c@example.org', 'sip:b@example.org', 'sip:new@example.org']);
  expect(addresses({ accountId: '2' })).toEqual(['sip:c@example.org']);
});

test('a draft is kept, and an open conversation is found again', async () => {
  const db = await openTestStore();
  const opened = await db.commit((tx) => store.openConversation(tx, { accountId: '1', address: 'sip:bob@example.org' }));
  const drafted = await db.commit((tx) => store.saveDraft(tx, { conversationId: '1', text: 'not yet' }));
  expect(drafted).toEqual({ ...opened, draft: 'not yet' });
  const again = await db.commit((tx) => store.openConversation(tx, { accountId: '1', address: 'sip:bob@example.org' }));
  expect(again).toEqual(drafted);
  const { conversation } = await db.commit((tx) => store.addOutgoingMessage(tx, outgoing()));
  expect(conversation).toMatchObject({ draft: 'not yet', unreadCount: 0 });
  expect(await db.commit((tx) => store.saveDraft(tx, { conversationId: '9', text: '' }))).toBeNull();
});

test('reading a conversation marks what was unread, once', async () => {
  const db = await openTestStore();
  await addThree(db);
  const read = await db.commit((tx) => store.markRead(tx, { conversationId: '1' }));
  const [one, , three] = db.read((tx) => store.listMessages(tx, { conversationId: '1', limit: 9 }));
  expect([one?.state, three?.state]).toEqual(['read', 'read']);
  expect(read).toEqual({ conversation: { ...BOB, lastMessage: three, unreadCount: 0 }, messages: [one, three] });
  const conversation = db.read((tx) => store.getConversation(tx, { conversationId: '1' }));
  expect(conversation).toEqual(read?.conversation);
  expect(await db.commit((tx) => store.markRead(tx, { conversationId: '1' }))).toEqual({ conversation, messages: [] });
  expect(await db.commit((tx) => store.markRead(tx, { conversationId: '2' }))).toBeNull();
});

test('a state changes only from the states named, and a failure goes with the next state', async () => {
  const db = await openTestStore();
  const { message } = await db.commit((tx) => store.addOutgoingMessage(tx, outgoing()));
  const failure = { code: 404, reason: 'Nobody there.' };
  const fail = { messageId: '1', from: ['queued', 'sending'] as const, state: 'failed' as const, failure };
  const failed = await db.commit((tx) => store.setMessageState(tx, fail));
  expect(failed).toEqual({ ...message, state: 'failed', failure });
  expect(db.read((tx) => store.getMessage(tx, { messageId: '1' }))).toEqual(failed);
  expect(await db.commit((tx) => store.setMessageState(tx, fail))).toBeNull();
  const again = await db.commit((tx) => store.setMessageState(tx, { messageId: '1', from: ['failed'], state: 'queued' }));
  expect(again).toEqual(message);
  expect(db.read((tx) => store.getMessage(tx, { messageId: '1' }))).toEqual(message);
});

test('reading one message, and deleting one, keeps the count and the last message', async () => {
  const db = await openTestStore();
  await addThree(db);
  await db.commit((tx) => store.setMessageState(tx, { messageId: '1', from: ['received'], state: 'read' }));
  expect(db.read((tx) => store.getConversation(tx, { conversationId: '1' }))?.unreadCount).toBe(1);
  const after = await db.commit((tx) => store.deleteMessage(tx, { messageId: '3' }));
  const two = db.read((tx) => store.getMessage(tx, { messageId: '2' }));
  expect(after).toEqual({ ...BOB, lastMessage: two, unreadCount: 0 });
  expect(await db.commit((tx) => store.deleteMessage(tx, { messageId: '3' }))).toBeNull();
  expect(await db.commit((tx) => store.searchMessages(tx, { query: 'three', limit: 5 }))).toEqual([]);
  await db.commit((tx) => store.deleteMessage(tx, { messageId: '2' }));
  const last = await db.commit((tx) => store.deleteMessage(tx, { messageId: '1' }));
  expect(last).toEqual({ ...BOB, lastMessage: null, unreadCount: 0 });
});

test('the outbox is what is queued or sending, in order, per account and address', async () => {
  const db = await openTestStore();
  const to = (address: string, text: string) => db.commit((tx) => store.addOutgoingMessage(tx, outgoing({ address, text })));
  await to('sip:b@example.org', 'b1');
  const c1 = await to('sip:c@example.org', 'c1');
  await to('sip:b@example.org', 'b2');
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ address: 'sip:b@example.org' })));
  const list = (of: { address?: string }): store.OutboxMessage[] =>
    db.read((tx) => store.listOutbox(tx, { accountId: '1', limit: 9, ...of }));
  expect(texts(list({}).map((entry) => entry.message))).toEqual(['b1', 'c1', 'b2']);
  expect(list({ address: 'sip:c@example.org' })).toEqual([{ message: c1.message, identity: IDENTITY }]);
  expect(db.read((tx) => store.listOutboxAddresses(tx, { accountId: '1' }))).toEqual(['sip:b@example.org', 'sip:c@example.org']);
  await db.commit((tx) => store.setMessageState(tx, { messageId: '1', from: ['queued'], state: 'sending' }));
  expect(list({ address: 'sip:b@example.org' }).map((entry) => [entry.message.text, entry.message.state])).toEqual([
    ['b1', 'sending'],
    ['b2', 'queued'],
  ]);
  await db.commit((tx) => store.setMessageState(tx, { messageId: '1', from: ['sending'], state: 'accepted' }));
  await db.commit((tx) => store.setMessageState(tx, { messageId: '3', from: ['queued'], state: 'failed' }));
  expect(db.read((tx) => store.listOutboxAddresses(tx, { accountId: '1' }))).toEqual(['sip:c@example.org']);
  expect(list({})).toEqual([{ message: c1.message, identity: IDENTITY }]);
});

test('a report finds its message by the id of RFC 5438', async () => {
  const db = await openTestStore();
  const { message } = await db.commit((tx) => store.addOutgoingMessage(tx, outgoing()));
  const identity = { callId: 'c2', cseq: 8, fromTag: 't2', imdnId: 'imdn-1' };
  await db.commit((tx) => store.setMessageIdentity(tx, { messageId: '1', identity }));
  const find = (imdnId: string, direction: 'in' | 'out', address = message.address) =>
    db.read((tx) => store.findMessageByImdnId(tx, { accountId: '1', imdnId, direction, address }));
  expect(db.read((tx) => store.getMessageIdentity(tx, { messageId: '1' }))).toEqual(identity);
  expect([find('imdn-1', 'out'), find('imdn-1', 'in'), find('imdn-2', 'out'), find('imdn-1', 'out', 'sip:eve@example.org')]).toEqual([
    message,
    null,
    null,
    null,
  ]);
});

test('an id is never given twice', async () => {
  const db = await openTestStore();
  await db.commit((tx) => store.addOutgoingMessage(tx, outgoing()));
  await db.commit((tx) => store.deleteMessage(tx, { messageId: '1' }));
  const { message } = await db.commit((tx) => store.addOutgoingMessage(tx, outgoing()));
  expect(message.messageId).toBe('2');
});
