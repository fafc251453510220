// The stream of changes: in order, at once or when the turn is done, the last of one conversation only.
import { expect, test } from 'vitest';
import type { Change } from '../../../app/domain/change.ts';
import type { Message } from '../../../app/domain/message.ts';
import { createBroadcast } from '../../../main/accounts/broadcast.ts';

function open() {
  const turns: (() => void)[] = [];
  const lines: string[] = [];
  const logged: string[] = [];
  const broadcast = createBroadcast({ log: (_, text) => void logged.push(text), defer: (callback) => void turns.push(callback) });
  broadcast.onChange((change) => {
    if (change.type === 'conversation-changed') lines.push(`${change.conversation.conversationId}: ${change.conversation.unreadCount}`);
    else lines.push(change.type === 'message-added' ? `message ${change.message.messageId}` : change.type);
  });
  const endTurn = (): void => {
    for (const turn of turns.splice(0)) turn();
  };
  return { ...broadcast, lines, logged, endTurn, turns };
}

const changed = (conversationId: string, unreadCount: number, isUnknown?: true): Change => ({
  type: 'conversation-changed',
  conversation: {
    ...{ conversationId, unreadCount, accountId: '1', address: 'sip:b@example.org', displayName: '', lastMessage: null, draft: '' },
    ...(isUnknown === true && { isUnknown }),
  },
});
const added = (messageId: string): Change => ({
  type: 'message-added',
  message: {
    ...{ messageId, conversationId: '1', accountId: '1', direction: 'in', address: 'sip:b@example.org', text: 'x' },
    ...{ contentType: 'text/plain', sentAtMs: 1, storedAtMs: 1, state: 'received' },
  } as Message,
});

test('what is told soon waits for the end of the turn, with the last state of each conversation', () => {
  const { announce, lines, endTurn, turns } = open();
  for (const change of [added('1'), changed('a', 1), added('2'), changed('b', 1), added('3'), changed('a', 2)]) announce(change, 'soon');
  expect([lines, turns.length]).toEqual([[], 1]);
  endTurn();
  expect(lines).toEqual(['message 1', 'message 2', 'b: 1', 'message 3', 'a: 2']);
  announce(added('4'), 'soon');
  endTurn();
  expect(lines.at(-1)).toBe('message 4');
});

test('a stranger is told of before their messages', () => {
  const { announce, lines, endTurn } = open();
  for (const change of [changed('a', 1, true), added('1'), changed('a', 2, true), added('2')]) announce(change, 'soon');
  endTurn();
  expect(lines).toEqual(['a: 2', 'message 1', 'message 2']);
});

test('what is told at once overtakes nothing that waits, and what waits is told once', () => {
  const { announce, lines, endTurn } = open();
  announce(added('1'), 'soon');
  announce(changed('a', 1), 'soon');
  announce(changed('a', 0));
  expect(lines).toEqual(['message 1', 'a: 1', 'a: 0']);
  endTurn();
  expect(lines).toHaveLength(3);
});

test('a listener that throws is logged and harms nobody else', () => {
  const { announce, onChange, lines, logged } = open();
  const stop = onChange(() => {
    throw new Error('mine');
  });
  announce(added('1'));
  stop();
  announce(added('2'));
  expect([lines, logged]).toEqual([['message 1', 'message 2'], ['a listener failed at message-added: Error: mine']]);
});
