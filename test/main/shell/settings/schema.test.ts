// settings.json: defaults, repair, migration.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultSettings, readStored, SETTINGS_VERSION } from '../../../../main/shell/settings/schema.ts';

const place = { x: 1, y: 2, width: 800, height: 600, isMaximized: false };

describe('readStored', () => {
  test('nothing gives the defaults', () => {
    const fresh = { version: SETTINGS_VERSION, settings: defaultSettings, windowPlace: null };
    for (const value of [undefined, null, 7, 'x', [], {}]) expect(readStored(value)).toEqual(fresh);
  });
  test('what is right is kept, one wrong value costs only itself', () => {
    const file = { version: 1, settings: { ...defaultSettings, theme: 'dark', sideBarWidthPx: 9_000 }, windowPlace: place };
    expect(readStored(file)).toEqual({ version: 1, settings: { ...defaultSettings, theme: 'dark' }, windowPlace: place });
  });
  test('a broken place is forgotten', () => {
    expect(readStored({ version: 1, settings: defaultSettings, windowPlace: { x: 'left' } }).windowPlace).toBeNull();
  });
  test('version 0: flat settings become nested ones', () => {
    expect(readStored({ theme: 'light', isDoNotDisturb: true, windowPlace: place })).toEqual({
      version: 1,
      settings: { ...defaultSettings, theme: 'light', isDoNotDisturb: true },
      windowPlace: place,
    });
  });
  test('a newer file is read for what is known of it', () => {
    const file = { version: 99, settings: { theme: 'dark', novelty: 1 }, windowPlace: null, more: true };
    expect(readStored(file)).toEqual({ version: SETTINGS_VERSION, settings: { ...defaultSettings, theme: 'dark' }, windowPlace: null });
  });
  test('whatever it reads, it reads the same again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const stored = readStored(value);
        expect(readStored(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
      }),
    );
  });
});
