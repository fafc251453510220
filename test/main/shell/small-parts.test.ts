// The small pure parts of the shell: profile argument, log lines, network fingerprint, menu.
import { describe, expect, test } from 'vitest';
import type { WindowCommand } from '../../../app/bridge/shell-contract.ts';
import { windowCommandSchema } from '../../../app/bridge/shell-contract.ts';
import { createLog } from '../../../main/shell/log.ts';
import { menuTemplate } from '../../../main/shell/menu-template.ts';
import { idleSince } from '../../../main/shell/idle-watch.ts';
import { networkFingerprint } from '../../../main/shell/connection-watch.ts';
import { profileArgument } from '../../../main/shell/profile.ts';

test.each([
  [['electron', '.', '--profile', 'ada'], '/home/me/ada'],
  [['electron', '--profile=/tmp/x', '.'], '/tmp/x'],
  [['electron', '--profile'], undefined],
  [['electron', '--profile='], undefined],
  [['electron', '.'], undefined],
])('%j means profile %s', (argv, folder) => {
  expect(profileArgument(argv, '/home/me')).toBe(folder);
});

describe('log', () => {
  const lines = (wanted: string | undefined, text: string): string[] => {
    const written: string[] = [];
    const log = createLog(wanted, (line) => written.push(line.replace(/^\S+ /, '')));
    log('debug', text);
    log('error', text);
    return written;
  };
  test('shows what is wanted', () => {
    expect([lines(undefined, 'x'), lines('debug', 'x')]).toEqual([['error x\n'], ['debug x\n', 'error x\n']]);
  });
  test('is one bounded line, whatever it is given', () => {
    expect(lines(undefined, 'a\r\nb\u001b[31mc')).toEqual(['error a b [31mc\n']);
    expect(lines(undefined, 'x'.repeat(9_999))[0]?.length).toBe('error \n'.length + 2_000);
  });
});

test('the network’s fingerprint follows outside addresses, not their order', () => {
  const face = (address: string, internal = false) => ({
    address,
    internal,
    netmask: '255.0.0.0',
    family: 'IPv4' as const,
    mac: '',
    cidr: null,
  });
  const before = networkFingerprint({ lo: [face('127.0.0.1', true)], a: [face('10.0.0.1')], b: [face('10.0.0.2')] }, true);
  expect(networkFingerprint({ b: [face('10.0.0.2')], a: [face('10.0.0.1')] }, true)).toBe(before);
  expect(networkFingerprint({ b: [face('10.0.0.2')], a: [face('10.0.0.9')] }, true)).not.toBe(before);
  expect(networkFingerprint({ b: [face('10.0.0.2')], a: [face('10.0.0.1')] }, false)).not.toBe(before);
});

test.each([true, false])('the menu reaches every command but with a key each only once (macOS: %s)', (isMac) => {
  const chosen: WindowCommand[] = [];
  const keys: string[] = [];
  type Items = ReturnType<typeof menuTemplate>;
  const clickAll = (items: Items): void => {
    for (const item of items) {
      if (item.accelerator) keys.push(String(item.accelerator));
      (item.click as (() => void) | undefined)?.();
      if (Array.isArray(item.submenu)) clickAll(item.submenu);
    }
  };
  clickAll(menuTemplate({ appName: 'W', isMac, isDevelopment: false }, (command) => chosen.push(command)));
  expect(chosen.toSorted()).toEqual([...windowCommandSchema.options].toSorted());
  expect(new Set(keys).size).toBe(keys.length);
});

test('idle since when, from the minutes the person chose', () => {
  const seen = [idleSince(599, 10, 1_000_000), idleSince(600, 10, 1_000_000), idleSince(9_999, 0, 1_000_000)];
  expect(seen).toEqual([undefined, 400_000, undefined]);
});
