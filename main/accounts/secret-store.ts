// The secrets door: where passwords and keys live. The shell has the system's keychain behind it, headless a file only its owner can read.

/** A rejection means the store cannot be used now; the person is told. */
export interface SecretStore {
  /** undefined when there is none under that key. */
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}
