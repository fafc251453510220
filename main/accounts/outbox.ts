// The outbox of one account: what waits to be sent, one MESSAGE per peer under way at a time (RFC 3428 §8), in the order written.
import type { PageMessageOutcome } from '../simple/page-mode/page-message.ts';
import type { SentPageMessage } from '../simple/page-mode/page-message.ts';
import type { ProtocolFailure } from '../simple/outcome.ts';
import { retryDelayMs } from '../simple/retry.ts';
import type { Endpoint, Timer } from '../sip/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { errorText, inBackground } from './account-world.ts';
import { readAddress } from './address-text.ts';
import { askWhenBothWrote } from './ask-abilities.ts';
import { sendQueued } from './send-queued.ts';
import type { Signal } from './send-signal.ts';
import { handSignal } from './send-signal.ts';
import { endUnknownFate } from './unknown-fate.ts';

/** Messages under way to different peers at one time: a queue from a week offline must not be one burst. */
const IN_FLIGHT_LIMIT = 20;
/** Signals waiting for one peer; more only come when nothing gets through. */
const SIGNALS_LIMIT = 50;

export interface Outbox {
  /**
   * The account is online on this endpoint: everything that waits goes, each peer's messages in order. `onNoWay`: a message could not even
   * be brought to the server, so whether the account is still online is to be looked at; once for each failure that is the first in a row.
   */
  resume(endpoint: Endpoint, onNoWay: () => void): void;
  /** Goes no further; what is under way is given up and stays queued. Signals are given up. */
  pause(): void;
  /** There is something new for this address. */
  push(address: string): void;
  /** They can be reached now: what waits for this address goes at once. */
  wake(address: string): void;
  /** A report or a typing notice, after the texts that wait for this peer. `cancelled` when it can not go now. */
  sendSignal(address: string, signal: Signal): Promise<PageMessageOutcome>;
  /** Was the last message to this peer only kept by a server? */
  isAway(address: string): boolean;
  /** Nothing else goes to these peers while the work goes on; undefined when offline. */
  whileHolding<T>(addresses: readonly string[], work: (endpoint: Endpoint) => Promise<T>): Promise<T> | undefined;
}

/** So long after an outage a peer may not have signed in again: clients try every half minute. */
const OTHERS_RETURN_MS = 60_000;

/** A wait that no timer ends. */
const UNTIL_ONLINE_ANEW: Timer = { cancel: () => undefined };
const GIVEN_UP: PageMessageOutcome = { kind: 'cancelled' };

/** Restores first: what was `sending` when the program ended has an unknown fate and goes again, under the same identity. */
export async function createOutbox(world: AccountWorld): Promise<Outbox> {
  await returnUnfinished(world);
  return new AccountOutbox(world);
}

interface WaitingSignal {
  readonly signal: Signal;
  readonly settle: (outcome: PageMessageOutcome) => void;
}

class AccountOutbox implements Outbox {
  readonly #world: AccountWorld;
  /** By address; undefined before the request is handed over. */
  readonly #underWay = new Map<string, SentPageMessage | undefined>();
  readonly #waits = new Map<string, Timer>();
  readonly #failuresInRow = new Map<string, number>();
  readonly #signals = new Map<string, WaitingSignal[]>();
  readonly #away = new Set<string>();
  #endpoint: Endpoint | undefined;
  #onNoWay: () => void = () => undefined;
  #wasCutOff = false;
  /** Monotonic: when the account was online again after it had been cut off. */
  #backAtMs: number | undefined;

  constructor(world: AccountWorld) {
    this.#world = world;
  }

  resume(on: Endpoint, onNoWay: () => void): void {
    this.#endpoint = on;
    this.#onNoWay = onNoWay;
    if (this.#wasCutOff) this.#backAtMs = this.#world.doors.clock.monotonicMs();
    this.#wasCutOff = false;
    this.#forgetWaits();
    this.#next();
  }

  pause(): void {
    this.#wasCutOff = true;
    this.#endpoint = undefined;
    this.#forgetWaits();
    for (const sent of this.#underWay.values()) sent?.cancel();
    for (const waiting of this.#signals.values()) for (const { settle } of waiting) settle(GIVEN_UP);
    this.#signals.clear();
  }

  push(): void {
    this.#next();
  }

  wake(address: string): void {
    const wait = this.#waits.get(address);
    if (wait === undefined) return;
    wait.cancel();
    this.#waits.delete(address);
    this.#failuresInRow.delete(address);
    this.#next();
  }

  isAway(address: string): boolean {
    return this.#away.has(address);
  }

  sendSignal(address: string, signal: Signal): Promise<PageMessageOutcome> {
    const waiting = this.#signals.get(address) ?? [];
    const isBusy = this.#underWay.has(address) || this.#waits.has(address);
    if (this.#endpoint === undefined || waiting.length >= SIGNALS_LIMIT || (signal.isOnlyNow && isBusy)) return Promise.resolve(GIVEN_UP);
    return new Promise((settle) => {
      this.#signals.set(address, [...waiting, { signal, settle }]);
      this.#next();
    });
  }

  whileHolding<T>(addresses: readonly string[], work: (endpoint: Endpoint) => Promise<T>): Promise<T> | undefined {
    const on = this.#endpoint;
    if (on === undefined || addresses.some((address) => this.#underWay.has(address) || this.#waits.has(address))) return undefined;
    for (const address of addresses) this.#underWay.set(address, undefined);
    return work(on).finally(() => {
      for (const address of addresses) this.#underWay.delete(address);
      this.#next();
    });
  }

  #next(): void {
    if (this.#endpoint === undefined) return;
    const addresses = this.#world.storage.read((db) => store.listOutboxAddresses(db, this.#world));
    for (const address of new Set([...addresses, ...this.#signals.keys()])) {
      if (this.#underWay.size >= IN_FLIGHT_LIMIT) return;
      if (!this.#underWay.has(address) && !this.#waits.has(address)) this.#start(address);
    }
  }

  #start(address: string): void {
    this.#underWay.set(address, undefined);
    const sending = this.#sendFirst(address).finally(() => {
      this.#underWay.delete(address);
      this.#next();
    });
    inBackground(this.#world, 'sending', sending);
  }

  async #sendFirst(address: string): Promise<void> {
    const on = this.#endpoint;
    const { accountId, storage } = this.#world;
    const [first] = storage.read((db) => store.listOutbox(db, { accountId, address, limit: 1 }));
    if (on === undefined) return;
    if (first === undefined) return this.#sendSignal(on, address);
    try {
      const ended = await sendQueued(this.#world, first, {
        endpoint: on,
        isStillOn: () => this.#endpoint === on,
        isBackLately: () => this.#isBackLately(),
        onHanded: (sent) => this.#underWay.set(address, sent),
        hold: (failure) => this.#hold(address, failure),
      });
      if (ended.kind === 'held') return;
      this.#failuresInRow.delete(address);
      if (ended.kind === 'accepted') this.#accepted(on, address, first.message.conversationId, ended.status);
    } catch (error) {
      // WHY: the store failed; without a wait the same message would be tried in a tight loop.
      this.#wait(address, { kind: 'timeout' });
      throw error;
    }
  }

  #isBackLately(): boolean {
    return this.#backAtMs !== undefined && this.#world.doors.clock.monotonicMs() - this.#backAtMs < OTHERS_RETURN_MS;
  }

  #accepted(on: Endpoint, address: string, conversationId: string, status: number): void {
    // RFC 3428 §7: 202 is "kept for later"; who is away gets no typing notices.
    if (status === 202) this.#away.add(address);
    else this.#away.delete(address);
    const peer = readAddress(address);
    if (peer.kind !== 'ok' || status === 202) return;
    inBackground(this.#world, 'asking for abilities', askWhenBothWrote(this.#world, on, { address, uri: peer.uri, conversationId }));
  }

  async #sendSignal(on: Endpoint, address: string): Promise<void> {
    const [next, ...rest] = this.#signals.get(address) ?? [];
    if (rest.length === 0) this.#signals.delete(address);
    else this.#signals.set(address, rest);
    if (next === undefined) return;
    const sent = handSignal(this.#world, on, address, next.signal);
    this.#underWay.set(address, sent);
    next.settle(sent === undefined ? GIVEN_UP : await sent.outcome);
  }

  #hold(address: string, failure: ProtocolFailure): number {
    const failures = this.#wait(address, failure);
    // WHY the first only: a server that takes REGISTER and nothing else must not be asked after each try.
    if (failure.kind === 'transport' && failures === 1 && this.#endpoint !== undefined) this.#onNoWay();
    return failures;
  }

  /** Holds this peer's messages back for a while; returns the failures in a row. A wrong password holds them until the account is online anew. */
  #wait(address: string, failure: ProtocolFailure): number {
    const { traits, doors } = this.#world;
    const { clock, random } = doors;
    const failures = (this.#failuresInRow.get(address) ?? 0) + 1;
    this.#failuresInRow.set(address, failures);
    const delayMs = retryDelayMs(failure, failures, random.fraction(), traits.waitsForPeers);
    const wake = (): void => {
      this.#waits.delete(address);
      this.#next();
    };
    this.#waits.set(address, delayMs === undefined ? UNTIL_ONLINE_ANEW : clock.startTimer(delayMs, wake));
    return failures;
  }

  #forgetWaits(): void {
    for (const timer of this.#waits.values()) timer.cancel();
    this.#waits.clear();
  }
}

/** More messages than anybody leaves behind; those beyond go first to the queue at the next start. */
const RESTORE_LIMIT = 100_000;

/** WHY it may fail: a disk that is full must not keep the account from opening; what is left so is looked at again before it is sent. */
async function returnUnfinished(world: AccountWorld): Promise<void> {
  const waiting = world.storage.read((db) => store.listOutbox(db, { accountId: world.accountId, limit: RESTORE_LIMIT }));
  try {
    for (const one of waiting) if (one.message.state === 'sending') await endUnknownFate(world, one);
  } catch (error) {
    world.doors.log('error', `${world.address}: messages that were under way: ${errorText(error)}`);
  }
}
