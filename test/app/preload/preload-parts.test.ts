// The preload's two halves: calls to the shell, changes from it.
import { describe, expect, test } from 'vitest';
import type { PageChange } from '../../../app/bridge/shell-contract.ts';
import { createCalls } from '../../../app/preload/calls.ts';
import { createChangeFan } from '../../../app/preload/change-fan.ts';

describe('calls', () => {
  const asked: unknown[] = [];
  const call = (name: unknown, input: unknown, reply: unknown = { output: {} }): Promise<unknown> => {
    asked.length = 0;
    const calls = createCalls((channel, given) => {
      asked.push([channel, given]);
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    });
    return calls.call(name, input);
  };

  test('a good call goes over its own channel, unknown keys left behind', async () => {
    expect(await call('markRead', { conversationId: 'c', more: 1 })).toEqual({ output: {} });
    expect(asked).toEqual([['call:markRead', { conversationId: 'c' }]]);
  });
  test.each([['constructor'], ['__proto__'], ['nothing'], [7], [null], [{}]])('%j is no call', async (name) => {
    expect(await call(name, {})).toMatchObject({ failure: { kind: 'unknown-call' } });
    expect(asked).toEqual([]);
  });
  test('a wrong input stays in the page', async () => {
    expect(await call('sendMessage', { accountId: 'a', address: 'b', text: '' })).toMatchObject({
      failure: { kind: 'invalid-input', field: 'text' },
    });
    expect(asked).toEqual([]);
  });
  test.each([
    [undefined],
    ['text'],
    [{}],
    [{ output: {}, failure: {} }],
    [{ output: { conversations: 1 } }],
    [{ failure: { kind: 'odd' } }],
  ])('a reply of %j is an internal failure', async (reply) => {
    // undefined as an argument would mean the default.
    const given = reply === undefined ? null : reply;
    expect(await call('listConversations', {}, given)).toMatchObject({ failure: { kind: 'internal' } });
  });
  test('a failure is passed on, a rejection becomes one', async () => {
    const failure = { kind: 'refused', reason: 'No.' };
    expect(await call('markRead', { conversationId: 'c' }, { failure })).toEqual({ failure });
    expect(await call('markRead', { conversationId: 'c' }, new Error('gone'))).toMatchObject({
      failure: { kind: 'internal', detail: 'Error: gone' },
    });
  });
});

describe('changes', () => {
  const chosen: PageChange = { type: 'conversation-chosen', conversationId: 'c' };

  test('every listener hears well-formed changes until it stops, also beside one that throws', () => {
    const heard: unknown[] = [];
    let starts = 0;
    const fan = createChangeFan(() => starts++);
    fan.onChange(() => {
      throw new Error('a mistake of the page');
    });
    const stop = fan.onChange((change) => heard.push(change));
    fan.receive(chosen);
    fan.receive({ type: 'unheard-of' });
    fan.receive(null);
    stop();
    fan.receive(chosen);
    expect([heard, starts]).toEqual([[chosen], 1]);
  });
});
