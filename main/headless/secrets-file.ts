// Secrets in a file of the profile that only its owner can read: the headless mode has no keychain to ask.
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { SecretStore } from '../accounts/core.ts';

/** SECURITY: owner only, also where the process's umask would allow more. */
const OWNER_ONLY = 0o600;

/** Throws an Error with a sentence when the file is there but cannot be read. */
export function openSecretsFile(path: string): SecretStore {
  const secrets = new Map(Object.entries(readSecrets(path)));

  function save(): void {
    // WHY by way of another file: a crash in mid-write must not take the passwords along.
    const fresh = `${path}.new`;
    const file = openSync(fresh, 'w', OWNER_ONLY);
    try {
      chmodSync(fresh, OWNER_ONLY);
      writeSync(file, `${JSON.stringify(Object.fromEntries(secrets), null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  }

  return {
    get: (key) => Promise.resolve(secrets.get(key)),
    async set(key, value) {
      await Promise.resolve();
      secrets.set(key, value);
      save();
    },
    async delete(key) {
      await Promise.resolve();
      if (secrets.delete(key)) save();
    },
  };
}

function readSecrets(path: string): Record<string, string> {
  if (!existsSync(path)) return {};
  try {
    chmodSync(path, OWNER_ONLY);
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) throw new Error('it holds no object');
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch (error) {
    throw new Error(`The file of passwords “${path}” cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
