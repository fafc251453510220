// Settings on disk (electron-store): read and repaired once, checked at each change, told to who listens.
import Store from 'electron-store';
import * as v from 'valibot';
import { settingsSchema, type Settings } from '../../../app/bridge/shell-contract.ts';
import { readStored, windowPlaceSchema, type StoredSettings, type WindowPlace } from './schema.ts';

export interface SettingsStore {
  get(): Settings;
  /** Gives the settings as they are then. Throws when a value does not fit its schema. */
  change(patch: Partial<Settings>): Settings;
  onChange(listener: (settings: Settings) => void): void;
  windowPlace(): WindowPlace | null;
  rememberWindowPlace(place: WindowPlace): void;
}

function parseFile(text: string): StoredSettings {
  try {
    return readStored(JSON.parse(text));
  } catch {
    // A file cut short by a crash: the defaults are better than no app.
    return readStored({});
  }
}

/** `folder`: the profile. */
export function createSettingsStore(folder: string): SettingsStore {
  const store = new Store<StoredSettings>({
    name: 'settings',
    cwd: folder,
    defaults: readStored({}),
    deserialize: parseFile,
    serialize: (stored) => `${JSON.stringify(stored, null, 2)}\n`,
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
  });
  const listeners: ((settings: Settings) => void)[] = [];
  return {
    get: () => store.get('settings'),
    change(patch) {
      const settings = v.parse(settingsSchema, { ...store.get('settings'), ...patch });
      store.set('settings', settings);
      for (const listener of listeners) listener(settings);
      return settings;
    },
    onChange: (listener) => void listeners.push(listener),
    windowPlace: () => store.get('windowPlace'),
    rememberWindowPlace: (place) => store.set('windowPlace', v.parse(windowPlaceSchema, place)),
  };
}
