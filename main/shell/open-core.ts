// Builds the core on this computer, for a window.
import { app } from 'electron';
import { createCore, type Core, type SecretStore } from '../accounts/core.ts';
import { realDoors } from '../accounts/real-doors.ts';
import { shellLog } from './log.ts';
import type { Profile } from './profile.ts';

export function openCore({ databaseFile }: Profile, secrets: SecretStore): Promise<Core> {
  const program = { product: app.getName(), version: app.getVersion() };
  const defer = (callback: () => void): void => void setImmediate(callback);
  return createCore({ ...realDoors(shellLog), defer, secrets, paths: { database: databaseFile }, ...program });
}
