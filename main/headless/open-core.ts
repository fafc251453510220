// Builds the core on this computer, with passwords in a file.
import type { Core } from '../accounts/core.ts';
import { createCore } from '../accounts/core.ts';
import { createKeychainStore, NO_KEYCHAIN } from '../accounts/keychain-store.ts';
import { realDoors } from '../accounts/real-doors.ts';
import type { HeadlessProfile } from './profile.ts';
import { writeLog } from './write-log.ts';

export function openHeadlessCore(
  { secretsFile, databaseFile }: HeadlessProfile,
  program: { product: string; version: string },
): Promise<Core> {
  const secrets = createKeychainStore({ file: secretsFile, keychain: NO_KEYCHAIN, choose: () => Promise.resolve('file') });
  const defer = (callback: () => void): void => void setImmediate(callback);
  return createCore({ ...realDoors(writeLog), defer, secrets, paths: { database: databaseFile }, ...program });
}
