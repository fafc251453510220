// One call of the page: checked on its way in and out, failures as values.
import { expect, test } from 'vitest';
import { CallFailure } from '../../../app/bridge/failure.ts';
import type { PageCallName } from '../../../app/bridge/shell-contract.ts';
import type { CallResult } from '../../../main/accounts/core.ts';
import { answerCall } from '../../../main/shell/answer-call.ts';
import { defaultSettings } from '../../../main/shell/settings/schema.ts';

const logged: string[] = [];
const asked: unknown[] = [];

function answer(name: PageCallName, input: unknown, core: () => Promise<CallResult>): Promise<CallResult> {
  asked.length = 0;
  logged.length = 0;
  return answerCall(name, input, {
    callCore: (called, given) => {
      asked.push([called, given]);
      return core();
    },
    shell: {
      getSettings: () => ({ settings: defaultSettings }),
      changeSettings: (patch) => ({ settings: { ...defaultSettings, ...patch } }),
      openExternal: () => {
        throw new CallFailure({ kind: 'refused', reason: 'No.', field: 'url' });
      },
      readyToQuit: () => ({}),
      getAppInfo: () => ({ appInfo: { version: '1', platform: 'x', locale: 'en', profile: '/p' } }),
      chooseFile: () => ({ path: '' }),
      saveTextFile: () => ({ path: '' }),
      openTextFile: () => ({ text: null }),
      copyText: () => ({}),
    },
    log: (_level, text) => logged.push(text),
  });
}
const nothing = async (): Promise<CallResult> => ({ output: {} });

test('a call of the core gets the checked input, with defaults, and gives the output', async () => {
  const result = await answer('listMessages', { conversationId: 'c', extra: 1 }, async () => ({ output: { messages: [], secret: 1 } }));
  expect(result).toEqual({ output: { messages: [] } });
  expect(asked).toEqual([['listMessages', { conversationId: 'c', limit: 50 }]]);
});

test('a wrong input never reaches the core, and names its field', async () => {
  const result = await answer('addContact', { accountId: 'a', address: 7 }, nothing);
  expect(result).toMatchObject({ failure: { kind: 'invalid-input', field: 'address' } });
  expect(asked).toEqual([]);
});

test('a failure of the core is passed on', async () => {
  const failure = { kind: 'not-found', reason: 'Nobody.' } as const;
  expect(await answer('markRead', { conversationId: 'c' }, async () => ({ failure }))).toEqual({ failure });
});

test('an output that does not fit is an internal failure, and logged', async () => {
  const result = await answer('listAccounts', {}, async () => ({ output: { accounts: 'many' } }));
  expect(result).toMatchObject({ failure: { kind: 'internal', detail: 'listAccounts: unexpected output' } });
  expect(logged).toHaveLength(1);
});

test('an exception is an internal failure, and logged', async () => {
  const result = await answer('listAccounts', {}, () => Promise.reject(new Error('broken')));
  expect(result).toMatchObject({ failure: { kind: 'internal', detail: 'Error: broken' } });
  expect(logged).toHaveLength(1);
});

test('the shell answers its own calls; its failures are values too', async () => {
  expect(await answer('getSettings', {}, nothing)).toEqual({ output: { settings: defaultSettings } });
  expect(await answer('changeSettings', { theme: 'dark' }, nothing)).toEqual({
    output: { settings: { ...defaultSettings, theme: 'dark' } },
  });
  expect(await answer('changeSettings', { theme: 'pink' }, nothing)).toMatchObject({ failure: { kind: 'invalid-input', field: 'theme' } });
  expect(await answer('openExternal', { url: 'x' }, nothing)).toEqual({ failure: { kind: 'refused', reason: 'No.', field: 'url' } });
  expect(asked).toEqual([]);
});
