// Trigger: a contact's presence says nothing: it is empty, or their server gives none.
// Result: where the server tells who is signed in, and lets us know, the contact is shown as signed in without a word; where it does not, it
// is asked once and never again.
// RFC: 3680, 6665 §4.1.
import {
  EMPTY_REGISTRATION_TABLE,
  REGISTRATION_INFO_CONTENT_TYPE,
  isRegistered,
  parseRegistrationInfo,
  stepRegistrationInfo,
} from '../simple/document/registration-info.ts';
import type { RegistrationTable } from '../simple/document/registration-info.ts';
import { createSubscriber } from '../simple/event/subscriber.ts';
import type { Notification, Subscription, SubscriptionState } from '../simple/event/subscription.ts';
import type { Endpoint, Timer } from '../sip/index.ts';
import { parseUri } from '../sip/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground, nameOption } from './account-world.ts';

export interface RegistrationFollow {
  /** Their presence is empty, or not to be had. */
  saysNothing(address: string): void;
  /** It is not needed (any more) what their registration says. */
  forget(address: string): void;
  isSignedIn(address: string): boolean;
  stop(): Promise<void>;
}

const FACT = 'registration-event';
/** Presence that is empty for a moment only is nothing to ask about; and whoever signs in asks for more important things first. */
const ASK_AFTER_MS = 5_000;
/** The server does not do this, or not for us: what it says of one it says of all. */
const NOT_HERE: ReadonlySet<number> = new Set([403, 405, 489, 501]);

interface Followed {
  subscription: Subscription | undefined;
  table: RegistrationTable;
  isSignedIn: boolean;
  /** Not to be known of this one: not asked about again in this session. */
  isGivenUp: boolean;
}

/** `onChanged` is called when somebody signed in or out by this word alone. */
export function followRegistrations(world: AccountWorld, endpoint: Endpoint, onChanged: (address: string) => void): RegistrationFollow {
  return new Follow(world, endpoint, onChanged);
}

class Follow implements RegistrationFollow {
  readonly #world: AccountWorld;
  readonly #onChanged: (address: string) => void;
  readonly #subscriber: ReturnType<typeof createSubscriber>;
  readonly #followed = new Map<string, Followed>();
  readonly #ending = new Set<Promise<void>>();
  #timer: Timer | undefined;
  /** One is asked about first; what the server makes of it holds for all. */
  #isProven = false;
  #isRefused: boolean;
  #hasStopped = false;

  constructor(world: AccountWorld, endpoint: Endpoint, onChanged: (address: string) => void) {
    const { clock, random, log } = world.doors;
    this.#world = world;
    this.#onChanged = onChanged;
    this.#subscriber = createSubscriber({ endpoint, clock, random, log, address: world.uri, event: 'reg', ...nameOption(world) });
    this.#isRefused = world.storage.read((db) => store.getServerFact(db, { accountId: world.accountId, name: FACT })) === 'no';
  }

  saysNothing(address: string): void {
    if (this.#isRefused || this.#hasStopped || this.#followed.has(address) || !this.#isOurServer(address)) return;
    this.#followed.set(address, { subscription: undefined, table: EMPTY_REGISTRATION_TABLE, isSignedIn: false, isGivenUp: false });
    this.#askSoon();
  }

  forget(address: string): void {
    const followed = this.#followed.get(address);
    this.#followed.delete(address);
    if (followed?.subscription !== undefined) this.#end(followed.subscription);
    this.#askSoon();
  }

  isSignedIn(address: string): boolean {
    return this.#followed.get(address)?.isSignedIn === true;
  }

  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#timer?.cancel();
    this.#followed.clear();
    await this.#subscriber.stop();
    await Promise.all(this.#ending);
  }

  /** What is learned of our server says nothing of another one. */
  #isOurServer(address: string): boolean {
    const parsed = parseUri(address);
    return parsed.kind === 'ok' && parsed.value.kind === 'sip' && parsed.value.host.toLowerCase() === this.#world.uri.host.toLowerCase();
  }

  #end(subscription: Subscription): void {
    const ended = subscription.stop().then(() => void this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #askSoon(): void {
    if (this.#hasStopped || this.#isRefused) return;
    this.#timer ??= this.#world.doors.clock.startTimer(ASK_AFTER_MS, () => {
      this.#timer = undefined;
      this.#ask();
    });
  }

  #ask(): void {
    const isAsking = [...this.#followed.values()].some(({ subscription }) => subscription !== undefined);
    for (const [address, followed] of this.#followed) {
      if (followed.subscription !== undefined || followed.isGivenUp) continue;
      if (!this.#isProven && isAsking) return;
      this.#subscribe(address, followed);
      if (!this.#isProven) return;
    }
  }

  #subscribe(address: string, followed: Followed): void {
    const target = parseUri(address);
    if (target.kind === 'failure') return;
    followed.subscription = this.#subscriber.subscribe({
      target: target.value,
      accept: [REGISTRATION_INFO_CONTENT_TYPE],
      onNotify: (notification) => this.#followed.get(address) === followed && this.#heard(address, followed, notification),
      onState: (state) => this.#followed.get(address) === followed && this.#changed(address, followed, state),
    });
  }

  #heard(address: string, followed: Followed, { isFirst, body, state }: Notification): void {
    if (isFirst) followed.table = EMPTY_REGISTRATION_TABLE;
    if (state !== 'active' || body.length === 0) return;
    const parsed = parseRegistrationInfo(body);
    if (parsed.kind === 'failure') {
      const { log } = this.#world.doors;
      return log('warn', `${this.#world.address}: registration information cannot be read (${parsed.reason}, at ${parsed.offset})`);
    }
    const step = stepRegistrationInfo(followed.table, parsed.document);
    followed.table = step.state;
    if (step.kind === 'gap') followed.subscription?.refreshNow();
    this.#tell(address, followed, isRegistered(step.state));
  }

  #changed(address: string, followed: Followed, state: SubscriptionState): void {
    if (state.kind === 'active' || state.kind === 'pending' || state.kind === 'terminated') {
      this.#isProven = true;
      this.#askSoon();
    }
    if (state.kind !== 'active' && state.kind !== 'working') this.#tell(address, followed, false);
    if (state.kind !== 'failed' || state.failure.kind !== 'status') return;
    if (NOT_HERE.has(state.failure.status) && !this.#isProven) return this.#refused();
    // WHY: this one is not to be known, or not there; somebody else may be.
    if (state.retryAtMs === undefined) this.#leave(followed);
  }

  #leave(followed: Followed): void {
    followed.isGivenUp = true;
    if (followed.subscription !== undefined) this.#end(followed.subscription);
    followed.subscription = undefined;
    this.#askSoon();
  }

  #refused(): void {
    const { accountId, storage } = this.#world;
    this.#isRefused = true;
    this.#timer?.cancel();
    for (const followed of this.#followed.values()) this.#leave(followed);
    this.#followed.clear();
    const saved = storage.commit((db) => store.saveServerFact(db, { accountId, name: FACT, value: 'no' }));
    inBackground(this.#world, 'remembering that registrations are not told', saved);
  }

  #tell(address: string, followed: Followed, isSignedIn: boolean): void {
    if (followed.isSignedIn === isSignedIn) return;
    followed.isSignedIn = isSignedIn;
    this.#onChanged(address);
  }
}
