// The folder a headless process keeps everything in. It may be one that the window uses at other times.
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface HeadlessProfile {
  readonly folder: string;
  readonly databaseFile: string;
  readonly secretsFile: string;
}

/** Makes the folder if it is missing; it is for its owner alone. Throws an Error with a sentence. */
export function prepareProfile(given: string): HeadlessProfile {
  try {
    const made = mkdirSync(given, { recursive: true, mode: 0o700 });
    const folder = resolve(given);
    if (made !== undefined) chmodSync(folder, 0o700);
    return { folder, databaseFile: join(folder, 'watchword.db'), secretsFile: join(folder, 'secrets.json') };
  } catch (error) {
    throw new Error(`The profile folder “${given}” cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
