// The profile: the one folder where everything of a person's app is kept. `--profile DIR` chooses another one.
import { app } from 'electron';
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { argumentOf } from './command-line.ts';

export interface Profile {
  readonly folder: string;
  readonly databaseFile: string;
  readonly secretsFile: string;
}

/** The folder after `--profile`, absolute; undefined when not given or empty. */
export function profileArgument(argv: readonly string[], cwd: string): string | undefined {
  const given = argumentOf(argv, '--profile');
  return given === undefined ? undefined : resolve(cwd, given);
}

/** Must run before the app is ready, and before the single-instance lock, which lies in the profile. */
export function setUpProfile(): Profile {
  const folder = profileArgument(process.argv, process.cwd()) ?? app.getPath('userData');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // SECURITY: history is nobody else's business, also in a folder that was there before.
  chmodSync(folder, 0o700);
  app.setPath('userData', folder);
  app.setPath('sessionData', join(folder, 'browser'));
  return { folder, databaseFile: join(folder, 'watchword.db'), secretsFile: join(folder, 'secrets.json') };
}
