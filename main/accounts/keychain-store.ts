// Secrets behind the system's keychain. Where there is none, the person chooses: this session only, or a file only they can read.
import { readSecretFile, writeSecretFile, type SecretEntries, type SecretEntry } from './secret-file.ts';
import type { SecretStore } from './secret-store.ts';

/** The door to the system's keychain: Electron's safeStorage, or `NO_KEYCHAIN`. */
export interface Keychain {
  isAvailable(): Promise<boolean>;
  seal(text: string): Promise<Buffer>;
  open(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }>;
}

/** Where there is none, and none will appear. */
export const NO_KEYCHAIN: Keychain = {
  isAvailable: () => Promise.resolve(false),
  seal: () => Promise.reject(new Error('There is no keychain.')),
  open: () => Promise.reject(new Error('There is no keychain.')),
};

export type PlainChoice = 'session' | 'file';

export interface KeychainStoreOptions {
  readonly file: string;
  readonly keychain: Keychain;
  /** Asks the person, once per run of the app. */
  readonly choose: () => Promise<PlainChoice>;
}

export function createKeychainStore({ file, keychain, choose }: KeychainStoreOptions): SecretStore {
  const onlyThisSession = new Map<string, string>();
  let choice: Promise<PlainChoice> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time: two writers would lose each other's entries. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  const put = async (entries: SecretEntries, key: string, entry: SecretEntry): Promise<void> =>
    await writeSecretFile(file, { ...entries, [key]: entry });
  const sealed = async (value: string): Promise<SecretEntry> => ({ kind: 'sealed', text: (await keychain.seal(value)).toString('base64') });

  const openEntry = async (key: string, entry: SecretEntry, entries: SecretEntries): Promise<string> => {
    const hasKeychain = await keychain.isAvailable();
    if (entry.kind === 'plain') {
      // The keychain came back: what lay open is sealed at the first chance.
      if (hasKeychain) await put(entries, key, await sealed(entry.text));
      return entry.text;
    }
    if (!hasKeychain)
      throw new Error("The system's keychain is locked or missing, so the password cannot be read. Unlock it and try again.");
    try {
      const { result, shouldReEncrypt } = await keychain.open(Buffer.from(entry.text, 'base64'));
      if (shouldReEncrypt) await put(entries, key, await sealed(result));
      return result;
    } catch (cause) {
      throw new Error("The system's keychain does not open the stored password. Please enter it again.", { cause });
    }
  };

  const setWithoutKeychain = async (key: string, value: string): Promise<void> => {
    const entries = await readSecretFile(file);
    const hasChosenFile = Object.values(entries).some((entry) => entry.kind === 'plain');
    choice ??= hasChosenFile ? Promise.resolve('file') : choose();
    if ((await choice) === 'file') return await put(entries, key, { kind: 'plain', text: value });
    onlyThisSession.set(key, value);
    const { [key]: _old, ...others } = entries;
    // An older password under the same key would come back at the next start.
    if (_old) await writeSecretFile(file, others);
  };

  return {
    get: (key) =>
      inTurn(async () => {
        const kept = onlyThisSession.get(key);
        if (kept !== undefined) return kept;
        const entries = await readSecretFile(file);
        const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
        return entry && (await openEntry(key, entry, entries));
      }),
    set: (key, value) =>
      inTurn(async () => {
        if (!(await keychain.isAvailable())) return await setWithoutKeychain(key, value);
        onlyThisSession.delete(key);
        await put(await readSecretFile(file), key, await sealed(value));
      }),
    delete: (key) =>
      inTurn(async () => {
        onlyThisSession.delete(key);
        const { [key]: removed, ...others } = await readSecretFile(file);
        if (removed) await writeSecretFile(file, others);
      }),
  };
}
