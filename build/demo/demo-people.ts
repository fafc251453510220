// The two people of the demo: each with a profile that goes when the demo ends.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DemoPerson {
  readonly name: string;
  readonly profile: string;
}

/** So that neither window hides the other one. */
const PLACES = [
  { x: 24, y: 40 },
  { x: 560, y: 120 },
];
const SIZE = { width: 780, height: 640, isMaximized: false };

export interface DemoPeople {
  readonly people: readonly [ada: DemoPerson, bob: DemoPerson];
  /** Deletes the profiles. */
  clear(): void;
}

/** `isSeen`: on a display, where both windows must find room. */
export function makeDemoPeople(isSeen: boolean): DemoPeople {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-demo-'));
  const person = (name: string, at: number): DemoPerson => {
    const profile = join(folder, name.toLowerCase());
    mkdirSync(profile, { mode: 0o700 });
    const windowPlace = { ...PLACES[at], ...SIZE };
    if (isSeen) writeFileSync(join(profile, 'settings.json'), JSON.stringify({ version: 1, windowPlace }));
    return { name, profile };
  };
  return {
    people: [person('Ada', 0), person('Bob', 1)],
    clear: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}
