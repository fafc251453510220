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
/** So long Chromium may write after its app has ended. */
const LAST_FILES_MS = 1_000;
const SIZE = { width: 780, height: 640, isMaximized: false };

export interface DemoPeople {
  readonly people: readonly [ada: DemoPerson, bob: DemoPerson];
  /** Deletes the profiles. */
  clear(): Promise<void>;
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
    async clear() {
      const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      remove();
      // Chromium outlives the app by a moment and writes its last files, also into folders that it makes again.
      await new Promise((done) => setTimeout(done, LAST_FILES_MS));
      remove();
    },
  };
}
