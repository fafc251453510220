// Passwords of accounts and the identity of this installation, in the secret store; where that fails, in memory and said.
import type { CoreDoors } from './doors.ts';
import type { Troubles } from './troubles.ts';
import { NO_SECRETS } from './words.ts';

export interface Passwords {
  get(accountId: string): Promise<string | undefined>;
  /** Never rejects: a password that cannot be kept is used until the program ends. */
  set(accountId: string, password: string): Promise<void>;
  forget(accountId: string): Promise<void>;
  /** `urn:uuid:…`, made once for this profile (RFC 5626 §4.1, RFC 9562 version 4). */
  instanceId(): Promise<string>;
}

const INSTANCE_KEY = 'instance-id';

export function createPasswords({ secrets, random, log }: CoreDoors, troubles: Pick<Troubles, 'raise' | 'clear'>): Passwords {
  /** Keys that the secret store failed for, until it works for them again. */
  const failing = new Set<string>();
  const inMemory = new Map<string, string>();
  const keyOf = (accountId: string): string => `account/${accountId}/password`;

  /** `undefined` also where the store fails: then there is none to be had. */
  async function attempt<T>(what: string, key: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      if (failing.delete(key) && failing.size === 0) troubles.clear('secrets');
      return done;
    } catch (error) {
      log('error', `secrets: ${what}: ${String(error)}`);
      failing.add(key);
      troubles.raise('secrets', NO_SECRETS);
      return undefined;
    }
  }

  async function keep(key: string, value: string): Promise<void> {
    inMemory.set(key, value);
    await attempt('keeping', key, () => secrets.set(key, value));
  }

  async function read(key: string): Promise<string | undefined> {
    return inMemory.get(key) ?? (await attempt('reading', key, () => secrets.get(key)));
  }

  return {
    get: (accountId) => read(keyOf(accountId)),
    set: (accountId, password) => keep(keyOf(accountId), password),
    async forget(accountId) {
      inMemory.delete(keyOf(accountId));
      await attempt('forgetting', keyOf(accountId), () => secrets.delete(keyOf(accountId)));
    },
    async instanceId() {
      const known = await read(INSTANCE_KEY);
      if (known !== undefined) return known;
      const made = `urn:uuid:${uuidOf(random.bytes(16))}`;
      await keep(INSTANCE_KEY, made);
      return made;
    },
  };
}

/** RFC 9562 §5.4. */
function uuidOf(bytes: Uint8Array): string {
  const stamped = Uint8Array.from(bytes);
  stamped[6] = ((stamped[6] ?? 0) & 0x0f) | 0x40;
  stamped[8] = ((stamped[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...stamped].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
