// All accounts of the profile: opened at the start, added, changed and removed while the program runs.
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Failure } from '../../app/bridge/failure.ts';
import type { Account, AccountSettings } from '../../app/domain/account.ts';
import type { StoredAccount } from '../store/index.ts';
import * as store from '../store/index.ts';
import { mergeSettings, readServerSettings } from './account-settings.ts';
import type { ServerSettings, SettingsGiven } from './account-settings.ts';
import { createAccountStates, failedState } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { lacksPassword } from './account-world.ts';
import { readAddress } from './address-text.ts';
import type { Announce } from './broadcast.ts';
import { cleanName } from './clean-text.ts';
import type { DeleteHistory } from './delete-history.ts';
import type { DocumentThread } from './document-thread.ts';
import type { CoreDoors } from './doors.ts';
import { IDENTITY_MAKER } from './nearby/make-identity.ts';
import { forgetOwnKey, makeOwnAddress } from './nearby/own-key.ts';
import { NO_OWN_NAME } from './nearby/words.ts';
import type { OpenAccount } from './open-account.ts';
import { openAccount, shownAccount } from './open-account.ts';
import type { Passwords } from './passwords.ts';
import type { PeerTyping } from './peer-typing.ts';
import { createTurns } from './turns.ts';
import { createPolicyView } from './policy-view.ts';
import { traitsOf } from './choose-presence-agent.ts';
import { readOwnPresence } from './publish-presence.ts';
import { createFindings } from './findings.ts';
import { readServerKind } from './server-kind.ts';
import { createShownListWay } from './shown-list-way.ts';
import type { Storage } from './storage.ts';

type SipAccountGiven = SettingsGiven & { kind?: 'sip' | undefined; address: string; password: string };
interface NearbyAccountGiven {
  readonly kind: 'nearby';
  readonly displayName: string;
  readonly listenPort?: number | undefined;
  readonly interfaces?: string[] | undefined;
}
type AccountGiven = SipAccountGiven | NearbyAccountGiven;
type ChangeGiven = SettingsGiven & { password?: string | undefined };

export interface AccountRegistry {
  list(): Account[];
  all(): OpenAccount[];
  /** Throws CallFailure `not-found`. */
  get(accountId: string): OpenAccount;
  /** This, `change` and `remove` run one after the other, and throw CallFailure `refused` once the registry is stopped. */
  add(given: AccountGiven): Promise<string>;
  change(accountId: string, given: ChangeGiven): Promise<void>;
  remove(accountId: string): Promise<void>;
  /** Tries at once whatever waits; a file or a password that was missing is read again. Throws CallFailure `not-found`. */
  retry(accountId: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RegistryParts {
  readonly doors: CoreDoors;
  readonly storage: Storage;
  readonly announce: Announce;
  readonly passwords: Passwords;
  readonly instanceId: string;
  readonly idleSinceMs: () => number | undefined;
  readonly idleAfterSeconds: () => number | undefined;
  readonly documents: DocumentThread;
  readonly typing: PeerTyping;
  readonly deletions: Pick<DeleteHistory, 'removeAccount'>;
}

const NO_SETTINGS: ServerSettings = { outboundProxy: undefined, transport: undefined, caPem: undefined, xcapRoot: undefined };

/** Opens every stored account and starts signing in, without waiting for any server. */
export async function createAccountRegistry(parts: RegistryParts): Promise<AccountRegistry> {
  const { storage, announce, passwords } = parts;
  const open = new Map<string, OpenAccount>();
  /** Accounts whose settings cannot be read now: they are not signed in. */
  const unreadable = new Set<string>();
  const turns = createTurns();

  async function begin(stored: StoredAccount): Promise<void> {
    // What is stored opens with the next start.
    if (turns.isOver()) return;
    const { server, problem } = serverSettings(parts, stored);
    const account = await openAccount(await worldOf(parts, stored, server));
    if (turns.isOver()) return account.stop();
    open.set(stored.accountId, account);
    announce({ type: 'account-changed', account: shownAccount(account.world) });
    unreadable.delete(stored.accountId);
    if (problem === undefined) return account.start();
    unreadable.add(stored.accountId);
    account.world.states.set('registration', failedState(problem.reason, problem.detail));
  }

  function get(accountId: string): OpenAccount {
    const account = open.get(accountId);
    if (account === undefined) throw new CallFailure({ kind: 'not-found', field: 'accountId', reason: 'There is no such account.' });
    return account;
  }

  async function add(given: AccountGiven): Promise<string> {
    const stored = await storeGiven(parts, given);
    await begin(stored);
    return stored.accountId;
  }

  async function change(accountId: string, given: ChangeGiven): Promise<void> {
    const account = get(accountId);
    const stored = await storeChange(parts, account.world.stored, given);
    if (given.password !== undefined) await passwords.set(accountId, given.password);
    await reopen(account, stored);
  }

  async function remove(accountId: string): Promise<void> {
    const account = get(accountId);
    // WHY first: what still runs would write for an account that is gone.
    await account.stop();
    try {
      await parts.deletions.removeAccount(accountId);
    } catch (error) {
      // It is still there, so it must go on working.
      await begin(account.world.stored);
      throw error;
    }
    open.delete(accountId);
    await passwords.forget(accountId);
    await forgetKey(parts, account.world);
    announce({ type: 'account-removed', accountId });
  }

  async function reopen(account: OpenAccount, stored = account.world.stored): Promise<void> {
    await account.stop();
    await begin(stored);
  }

  for (const stored of storage.read((db) => store.listAccounts(db))) await begin(stored);

  return {
    list: () => [...open.values()].map(({ world }) => shownAccount(world)),
    all: () => [...open.values()],
    get,
    add: (given) => turns.take(() => add(given)),
    change: (accountId, given) => turns.take(() => change(accountId, given)),
    remove: (accountId) => turns.take(() => remove(accountId)),
    async retry(accountId) {
      const account = get(accountId);
      if (unreadable.has(accountId) || lacksPassword(account.world)) await turns.take(() => reopen(get(accountId)));
      else account.retry();
    },
    async stop() {
      // WHY not in its turn: a change that waits for a silent server must not make the others wait too.
      await Promise.allSettled([turns.end(), ...[...open.values()].map((account) => account.stop())]);
    },
  };
}

/** Every account may have one; those on a server have none. */
async function forgetKey({ doors: { secrets, log } }: RegistryParts, { address }: AccountWorld): Promise<void> {
  await forgetOwnKey(secrets, address).catch((error: unknown) => log('error', `secrets: ${String(error)}`));
}

async function storeNew({ storage, doors }: RegistryParts, given: SipAccountGiven): Promise<StoredAccount> {
  const address = readAddress(given.address);
  if (address.kind === 'failure') throw new CallFailure({ kind: 'invalid-input', field: 'address', reason: address.reason });
  requirePassword(given.password);
  const settings = checkedSettings({}, given);
  const stored = await storage.commit((db) =>
    store.addAccount(db, { kind: 'sip', address: address.address, settings, createdAtMs: doors.clock.nowMs() }),
  );
  if (stored !== null) return stored;
  throw new CallFailure({ kind: 'already-exists', field: 'address', reason: 'This address is signed in here already.' });
}

async function storeGiven(parts: RegistryParts, given: AccountGiven): Promise<StoredAccount> {
  if (given.kind === 'nearby') return storeNearby(parts, given);
  const stored = await storeNew(parts, given);
  await parts.passwords.set(stored.accountId, given.password);
  return stored;
}

async function storeNearby({ storage, doors }: RegistryParts, given: NearbyAccountGiven): Promise<StoredAccount> {
  const displayName = requireName(given.displayName);
  const settings = checkedSettings({}, { displayName, listenPort: given.listenPort, interfaces: given.interfaces });
  const { secrets, log, identityMaker: maker = IDENTITY_MAKER } = doors;
  const made = await makeOwnAddress({ secrets, maker, log }, displayName);
  if (made.kind === 'failure') throw new CallFailure({ kind: 'unavailable', reason: made.reason });
  const { address } = made;
  const stored = await storage.commit((db) =>
    store.addAccount(db, { kind: 'nearby', address, settings, createdAtMs: doors.clock.nowMs() }),
  );
  if (stored === null) throw new Error('an address made of a new key is there already');
  return stored;
}

/** Letters, digits, signs: something that can be seen. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Without a server nobody else says how we are called. */
function requireName(given: string): string {
  const displayName = cleanName(given);
  if (VISIBLE.test(displayName)) return displayName;
  throw new CallFailure({ kind: 'invalid-input', field: 'displayName', reason: NO_OWN_NAME });
}

async function storeChange({ storage }: RegistryParts, before: StoredAccount, given: ChangeGiven): Promise<StoredAccount> {
  if (given.password !== undefined) requirePassword(given.password);
  const { accountId, kind } = before;
  if (kind === 'nearby' && given.displayName !== undefined) requireName(given.displayName);
  const settings = checkedSettings(before.settings, given);
  const stored = await storage.commit((db) => {
    // WHY: it may be another server now; what it can do is learned anew.
    store.forgetServerFacts(db, { accountId });
    return store.updateAccount(db, { accountId, settings });
  });
  if (stored === null) throw new CallFailure({ kind: 'not-found', reason: 'There is no such account.' });
  return stored;
}

function requirePassword(password: string): void {
  if (password === '') throw new CallFailure({ kind: 'invalid-input', field: 'password', reason: 'Enter the password of this address.' });
}

function checkedSettings(before: AccountSettings, given: SettingsGiven): AccountSettings {
  const settings = mergeSettings(before, given);
  readServerSettings(settings);
  return settings;
}

async function worldOf(parts: RegistryParts, stored: StoredAccount, server: ServerSettings): Promise<AccountWorld> {
  const address = readAddress(stored.address);
  if (address.kind === 'failure') throw new Error(`The stored address ${stored.address} cannot be read: ${address.reason}`);
  const presenceAgent = stored.kind === 'nearby' ? 'self' : 'server';
  const traits = traitsOf(presenceAgent);
  const changed = (): void => parts.announce({ type: 'account-changed', account: shownAccount(world) });
  const world: AccountWorld = {
    doors: parts.doors,
    storage: parts.storage,
    announce: parts.announce,
    accountId: stored.accountId,
    stored,
    server,
    presenceAgent,
    traits,
    address: address.address,
    uri: address.uri,
    displayName: cleanName(stored.settings.displayName),
    password: await parts.passwords.get(stored.accountId),
    instanceId: parts.instanceId,
    typing: parts.typing,
    states: createAccountStates(changed),
    policy: createPolicyView({ nowMs: () => parts.doors.clock.nowMs(), sphere: () => readOwnPresence(world).sphere ?? '' }),
    findings: createFindings(changed),
    listWay: createShownListWay(changed),
    serverKind: () => (traits.isExact ? 'exact' : readServerKind(world)),
    idleSinceMs: parts.idleSinceMs,
    idleAfterSeconds: parts.idleAfterSeconds,
    documents: parts.documents,
  };
  return world;
}

/** A file that was readable when the account was added may be gone: the account opens all the same, and says why it is not signed in. */
function serverSettings({ doors }: RegistryParts, stored: StoredAccount): { server: ServerSettings; problem?: Failure } {
  try {
    return { server: readServerSettings(stored.settings) };
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    doors.log('error', `${stored.address}: ${error.failure.field ?? 'settings'}: ${error.failure.reason}`);
    return { server: NO_SETTINGS, problem: error.failure };
  }
}
