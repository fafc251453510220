// The core: everything the product does, without a window. The shell, the headless mode and the tests each build one.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import type { Failure } from '../../app/bridge/failure.ts';
import type { Change } from '../../app/domain/change.ts';
import type { CoreDoors } from './doors.ts';

export type { CoreDoors } from './doors.ts';
export type { SecretStore } from './secret-store.ts';

export type CallResult = { readonly output: unknown } | { readonly failure: Failure };

export interface Core {
  /** The typed calls, unvalidated: for callers that are typed themselves. They throw `CallFailure`. */
  readonly handlers: CallHandlers;
  /** One call from outside: validates the input, never throws, never rejects. */
  call(name: string, input: unknown): Promise<CallResult>;
  /** Every change, in order, until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void;
  /** The system says addresses or links changed: everything is checked and renewed at once. */
  networkChanged(): void;
  /** The system woke up: the same, and timers are late. */
  wakeUp(): void;
  /** Removes bindings and publications, ends subscriptions, closes the database. Bounded in time; never rejects. */
  stop(): Promise<void>;
}

/** Opens the database (rejects with a sentence when it cannot), restores the accounts from it, and starts signing them in. */
export async function createCore(doors: CoreDoors): Promise<Core> {
  await Promise.resolve();
  throw new Error(`${doors.product}: not built yet`);
}
