// The history as the calls of the bridge give it: searching, export and import, deletion, how long messages are kept, damage at the start.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { Task } from '../../app/domain/task.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

interface Scene {
  readonly world: FlowWorld;
  readonly ada: Person;
  readonly accountId: string;
  readonly folder: string;
}

async function createScene(...texts: string[]): Promise<Scene> {
  const world = await createFlowWorld();
  const folder = mkdtempSync(join(tmpdir(), 'watchword-history-'));
  onTestFinished(async () => {
    await world.end();
    rmSync(folder, { recursive: true, force: true });
  });
  const ada = await world.person('ada');
  const accountId = await ada.signIn();
  for (const text of texts) await ada.call('sendMessage', { accountId, address: 'sip:bob@example.test', text });
  return { world, ada, accountId, folder };
}

const isEnded = ({ state }: Task): boolean => state !== 'working';

/** The task as it ended. */
async function ended({ world, ada }: Scene, { taskId }: { taskId: string }): Promise<Task> {
  let found: Task | undefined;
  // Threads know no fake time, so the answer is asked for outside of it.
  for (let turn = 0; turn < 2_000 && (found === undefined || !isEnded(found)); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await world.clock.settle();
    found = (await ada.call('listTasks', {})).tasks.find((task) => task.taskId === taskId);
  }
  if (found === undefined || !isEnded(found)) throw new Error(`task ${taskId} does not end`);
  return found;
}

const texts = async (ada: Person, query: string): Promise<string[]> =>
  (await ada.call('searchMessages', { query })).messages.map(({ text }) => text);

test('everything is found as one types, and a newer search of a field ends the older', async () => {
  const { ada } = await createScene('The lake house', '湖のほとり', 'bridge');
  expect(await texts(ada, 'lake')).toEqual(['The lake house']);
  expect(await texts(ada, 'idg')).toEqual(['bridge']);
  expect(await texts(ada, 'ほと')).toEqual(['湖のほとり']);
  const asked = ['b', 'br', 'bri'].map((query) => ada.core.call('searchMessages', { query, channel: 'field' }));
  const answers = await Promise.all(asked);
  expect(answers.map((answer) => ('failure' in answer ? answer.failure.kind : 'found'))).toEqual(['cancelled', 'cancelled', 'found']);
});

test('exported, deleted and imported again: the same messages, once', async () => {
  const scene = await createScene('one', 'two');
  const { ada, folder } = scene;
  const path = join(folder, 'all.jsonl');
  expect(await ended(scene, await ada.call('exportHistory', { path, format: 'jsonl' }))).toMatchObject({ state: 'done', path });
  const [conversation] = (await ada.call('listConversations', {})).conversations;
  const conversationId = conversation?.conversationId ?? '';
  expect(await ended(scene, await ada.call('deleteConversation', { conversationId }))).toMatchObject({ state: 'done', done: 2, total: 2 });
  expect((await ada.call('listConversations', {})).conversations).toEqual([]);
  expect(ada.changes).toContainEqual({ type: 'conversation-removed', conversationId });
  for (const reason of ['Imported 2 messages.', 'Imported 0 messages. 2 were here already.']) {
    expect(await ended(scene, await ada.call('importHistory', { path }))).toMatchObject({ state: 'done', reason });
  }
  expect(await texts(ada, '*o*')).toEqual([]);
  expect(await texts(ada, 'two')).toEqual(['two']);
});

test('a copy, a check, and what cannot be done is said', async () => {
  const scene = await createScene('one');
  const { ada, folder } = scene;
  expect(await ended(scene, await ada.call('backupHistory', { path: join(folder, 'copy.db') }))).toMatchObject({ state: 'done' });
  expect(await ended(scene, await ada.call('checkHistory', {}))).toMatchObject({ reason: 'The message database is in order.' });
  const nowhere = join(folder, 'none', 'x.html');
  expect(await ended(scene, await ada.call('exportHistory', { path: nowhere, format: 'html' }))).toMatchObject({ state: 'failed' });
  const strange = join(folder, 'strange.jsonl');
  writeFileSync(strange, '{"name":"something else"}\n');
  expect(await ended(scene, await ada.call('importHistory', { path: strange }))).toMatchObject({
    state: 'failed',
    reason: 'Line 1 of this file is JSON, but no message of a history. Choose a file that was exported as JSON Lines.',
  });
  await expect(ada.call('exportHistory', { path: 'relative', format: 'html' })).rejects.toMatchObject({
    failure: { kind: 'invalid-input' },
  });
  await expect(ada.call('cancelTask', { taskId: '1' })).rejects.toMatchObject({ failure: { kind: 'not-found' } });
});

/** As the program before version 8 left it, with many messages. */
const BEFORE = `
  ALTER TABLE decision DROP COLUMN refused_count;
  ALTER TABLE report DROP COLUMN original_to;
  PRAGMA user_version = 7;
  WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 6000)
    INSERT INTO message (conversation_id, account_id, direction, state, content_type, text, sent_at_ms, stored_at_ms)
    SELECT conversation_id, account_id, 'in', 'read', 'text/plain', 'Straße ' || n, n, n FROM number, conversation;
  UPDATE message_index SET indexed_to = (SELECT max(message_id) FROM message);`;

test('after an update that folds more letters the history is indexed anew beside everything else, and found meanwhile', async () => {
  const scene = await createScene('one');
  const { ada, world } = scene;
  await ada.quit();
  const db = new Database(ada.databaseFile);
  db.exec(BEFORE);
  db.close();
  ada.changes.length = 0;
  await ada.launch();
  expect(await texts(ada, 'strasse 77 ')).toEqual(['Straße 77']);
  await world.clock.until(() => ada.changes.some((change) => change.type === 'task-changed' && isEnded(change.task)));
  const told = ada.changes.flatMap((change) => (change.type === 'task-changed' ? [`${change.task.kind} ${change.task.state}`] : []));
  expect([...new Set(told)]).toEqual(['index working', 'index done']);
  expect(await texts(ada, 'strasse 5999 ')).toEqual(['Straße 5999']);
});

test('messages are kept as long as was said', async () => {
  const { ada, world, accountId } = await createScene();
  const bob = await world.person('bob');
  await bob.signIn();
  await ada.call('sendMessage', { accountId, address: bob.address, text: 'old' });
  await world.clock.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'accepted'));
  const conversationId = (await ada.call('listConversations', {})).conversations[0]?.conversationId ?? '';
  await ada.call('setRetention', { keepDays: 1 });
  expect(await ada.call('getRetention', {})).toEqual({ keepDays: 1 });
  expect((await ada.call('listMessages', { conversationId })).messages).toHaveLength(1);
  await ada.quit();
  world.clock.setNowMs(world.clock.nowMs() + 2 * 86_400_000);
  await ada.launch();
  await world.clock.until(() =>
    ada.changes.some((change) => change.type === 'task-changed' && change.task.kind === 'retention' && isEnded(change.task)),
  );
  expect((await ada.call('listMessages', { conversationId })).messages).toEqual([]);
});

test('a deleted message is gone, and a deletion that was begun goes on at the next start', async () => {
  const { ada, world } = await createScene('one', 'two');
  const [conversation] = (await ada.call('listConversations', {})).conversations;
  await ada.call('deleteMessage', { messageId: conversation?.lastMessage?.messageId ?? '' });
  expect(await texts(ada, 'two')).toEqual([]);
  void ada.core.call('deleteConversation', { conversationId: conversation?.conversationId ?? '' });
  await ada.restart();
  await world.clock.until(() => ada.changes.some(({ type }) => type === 'conversation-removed'));
  expect((await ada.call('listConversations', {})).conversations).toEqual([]);
});

test('a damaged database is salvaged at the start, which is said, and the broken file is kept', async () => {
  const { ada } = await createScene('one', 'two');
  await ada.quit();
  writeFileSync(`${ada.databaseFile}.damaged`, 'found by a check\n');
  const broken = readFileSync(ada.databaseFile);
  await ada.launch();
  const [task] = (await ada.call('listTasks', {})).tasks;
  expect(task).toMatchObject({ kind: 'salvage', state: 'done' });
  const kept = readdirSync(dirname(ada.databaseFile)).find((name) => /\.damaged-2026-/u.test(name)) ?? '';
  expect(readFileSync(join(dirname(ada.databaseFile), kept)).equals(broken)).toBe(true);
  expect(await texts(ada, 'two')).toEqual(['two']);
});
