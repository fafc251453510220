// What settings.json holds: its shape, defaults, and how older shapes become the present one. Pure.
import * as v from 'valibot';
import { settingsSchema, type Settings } from '../../../app/bridge/shell-contract.ts';

/** Where the window was, in the system's pixels, when it was neither maximized nor minimized. */
export const windowPlaceSchema = v.object({
  x: v.pipe(v.number(), v.integer()),
  y: v.pipe(v.number(), v.integer()),
  width: v.pipe(v.number(), v.integer(), v.minValue(1)),
  height: v.pipe(v.number(), v.integer(), v.minValue(1)),
  isMaximized: v.boolean(),
});
export type WindowPlace = v.InferOutput<typeof windowPlaceSchema>;

export interface StoredSettings {
  /** Which shape the file has: how many of `migrations` it has been through. */
  readonly version: number;
  readonly settings: Settings;
  /** null: never placed. */
  readonly windowPlace: WindowPlace | null;
}

export const defaultSettings: Settings = {
  theme: 'system',
  language: 'system',
  sideBarWidthPx: 300,
  isDetailsOpen: true,
  isDoNotDisturb: false,
  hasNotifications: true,
  awayAfterMinutes: 10,
};

type Loose = Record<string, unknown>;
const asObject = (value: unknown): Loose => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {});

/** Each turns the shape of its index into the next one. Never changed once released, only added to. */
const migrations: readonly ((stored: Loose) => Loose)[] = [
  // 0: settings lay flat in the file, as electron-store's examples have it.
  ({ windowPlace, ...settings }) => ({ settings, windowPlace }),
];
export const SETTINGS_VERSION = migrations.length;

/** The settings that fit, and defaults for the others: one broken value does not cost the rest. */
function repairSettings(value: unknown): Settings {
  const given = asObject(value);
  const entries = Object.entries(settingsSchema.entries).map(([name, schema]) => {
    const checked = v.safeParse(schema, given[name]);
    return [name, checked.success ? checked.output : defaultSettings[name as keyof Settings]];
  });
  return v.parse(settingsSchema, Object.fromEntries(entries));
}

/** Reads whatever lay in the file. Never fails. A file of a newer version is read for what is known of it. */
export function readStored(value: unknown): StoredSettings {
  const file = asObject(value);
  const from = typeof file.version === 'number' && Number.isInteger(file.version) && file.version >= 0 ? file.version : 0;
  const { version: _version, ...content } = file;
  const migrated = migrations.slice(from).reduce((stored, migrate) => migrate(stored), content);
  const place = v.safeParse(windowPlaceSchema, migrated.windowPlace);
  return { version: SETTINGS_VERSION, settings: repairSettings(migrated.settings), windowPlace: place.success ? place.output : null };
}
