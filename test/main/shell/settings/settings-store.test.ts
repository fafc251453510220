// Settings on disk: kept over a restart, checked at the change, unharmed by a broken file.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSettings } from '../../../../main/shell/settings/schema.ts';
import { createSettingsStore } from '../../../../main/shell/settings/settings-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchword-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a change is told, kept in a file of the owner, and there after a restart', () => {
  const store = createSettingsStore(folder);
  const told: unknown[] = [];
  store.onChange((settings) => told.push(settings));
  const changed = { ...defaultSettings, theme: 'dark' };
  expect(store.change({ theme: 'dark' })).toEqual(changed);
  store.rememberWindowPlace({ x: 1, y: 2, width: 700, height: 600, isMaximized: true });
  expect(told).toEqual([changed]);
  expect(statSync(join(folder, 'settings.json')).mode & 0o777).toBe(0o600);

  const later = createSettingsStore(folder);
  expect(later.get()).toEqual(changed);
  expect(later.windowPlace()).toEqual({ x: 1, y: 2, width: 700, height: 600, isMaximized: true });
});

test('a value that does not fit is refused and nothing changes', () => {
  const store = createSettingsStore(folder);
  expect(() => store.change({ sideBarWidthPx: 5 })).toThrow();
  expect(store.get()).toEqual(defaultSettings);
});

test.each(['', '{"version":1,"settings":{"theme":"da', 'null'])('a file of %j gives the defaults', (text) => {
  writeFileSync(join(folder, 'settings.json'), text);
  const store = createSettingsStore(folder);
  expect(store.get()).toEqual(defaultSettings);
  store.change({ language: 'de' });
  expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')).settings.language).toBe('de');
});
