// The calls that the shell answers itself: what the page may not do alone is done for it.
import { expect, test } from 'vitest';
import { createShellHandlers } from '../../../main/shell/shell-calls.ts';
import type { SettingsStore } from '../../../main/shell/settings/settings-store.ts';
import { copied } from '../../support/electron-stub.ts';

test('copying puts the text on the system’s clipboard as it is', async () => {
  const handlers = createShellHandlers({} as SettingsStore, '/home/ada/.config/Watchword', () => undefined);
  expect(await handlers.copyText({ text: 'sip:ada@example.org\n\u202E' })).toEqual({});
  expect(copied).toEqual(['sip:ada@example.org\n\u202E']);
});
