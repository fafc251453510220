// The core: everything the product does, without a window. The shell, the headless mode and the tests each build one.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import type { Change } from '../../app/domain/change.ts';
import { createAccountRegistry } from './account-registry.ts';
import type { CallResult } from './answer-call.ts';
import { answerCall } from './answer-call.ts';
import type { Announce } from './broadcast.ts';
import { createBroadcast } from './broadcast.ts';
import { openOrSalvage } from './check-history.ts';
import { createDocumentThread } from './document-thread.ts';
import type { CoreDoors } from './doors.ts';
import { createHandlers } from './handlers.ts';
import { createHistory } from './history.ts';
import { createIdleState } from './idle-state.ts';
import { createPasswords } from './passwords.ts';
import { createPeerTyping } from './peer-typing.ts';
import { createStorage } from './storage.ts';
import { createTroubles } from './troubles.ts';

export type { CallResult } from './answer-call.ts';
export type { CoreDoors } from './doors.ts';
export type { SecretStore } from './secret-store.ts';

export interface Core {
  /** The typed calls, unvalidated: for callers that are typed themselves. They throw `CallFailure`. */
  readonly handlers: CallHandlers;
  /** One call from outside: validates the input, never throws, never rejects. */
  call(name: string, input: unknown): Promise<CallResult>;
  /** Every change, in order, until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void;
  /** The system says addresses or links changed: everything is checked and renewed at once. */
  networkChanged(): void;
  /** Nobody touched this computer since then; undefined: somebody does. Who is available is shown as away meanwhile. */
  setIdle(idleSinceMs: number | undefined, afterSeconds?: number): void;
  /** The system woke up: the same, and timers are late. */
  wakeUp(): void;
  /** Removes bindings and publications, ends subscriptions, closes the database. Bounded in time; never rejects. */
  stop(): Promise<void>;
}

/** The profile's database cannot be used. `message` is a sentence for a person, `reason` the store's word. */
export class ProfileFailure extends Error {
  readonly reason: string;
  constructor(reason: string, text: string) {
    super(text);
    this.name = 'ProfileFailure';
    this.reason = reason;
  }
}

/** Opens the database (rejects with ProfileFailure when it cannot), restores the accounts from it, and starts signing them in. */
export async function createCore(doors: CoreDoors): Promise<Core> {
  const { result: opened, salvaged } = await openOrSalvage(doors);
  if (opened.kind === 'failure') throw new ProfileFailure(opened.reason, opened.text);
  const { store } = opened;
  const broadcast = createBroadcast(doors);
  const troubles = createTroubles(broadcast.announce);
  const storage = createStorage(store, troubles, doors.clock);
  const typing = createPeerTyping(doors.clock, storage, broadcast.announce);
  const announce: Announce = (change, when) => broadcast.announce(typing.markChange(change), when);
  const history = createHistory({ doors, store, storage, announce, troubles });
  const passwords = createPasswords(doors, troubles);
  const instanceId = await passwords.instanceId();
  const idle = createIdleState(doors.clock);
  const documents = createDocumentThread();
  const accounts = await createAccountRegistry({
    doors,
    storage,
    announce,
    passwords,
    instanceId,
    idleSinceMs: idle.sinceMs,
    idleAfterSeconds: idle.afterSeconds,
    documents,
    typing,
    deletions: history.deletions,
  });
  const { interfaces } = doors;
  const handlers = createHandlers({ accounts, storage, history, announce, typing, nowMs: () => doors.clock.nowMs(), interfaces });
  history.start(salvaged);
  let stopping: Promise<void> | undefined;

  function renewAll(): void {
    for (const account of accounts.all()) account.renew();
  }

  async function stop(): Promise<void> {
    typing.stop();
    await accounts.stop();
    await documents.end();
    doors.http.close();
    await history.stop();
    storage.stop();
    store.close();
  }

  return {
    handlers,
    call: (name, input): Promise<CallResult> => answerCall(handlers, doors, name, input),
    onChange: broadcast.onChange,
    networkChanged: renewAll,
    setIdle(idleSinceMs, afterSeconds) {
      if (idle.set(idleSinceMs, afterSeconds)) for (const account of accounts.all()) account.idleChanged();
    },
    wakeUp: renewAll,
    stop: () => (stopping ??= stop()),
  };
}
