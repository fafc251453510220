// The online life of one account: from the first socket to the last, and again when the person asks for it.
import type { Timer } from '../sip/index.ts';
import { OFF, failedState } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { errorText, inBackground, lacksPassword } from './account-world.ts';
import type { LastingParts, OnlineParts } from './online-parts.ts';
import { startReceiving } from './online-parts.ts';
import type { PresenceAgent } from './presence-agent.ts';
import type { SignedIn } from './sign-in.ts';
import { SignInFailure } from './sign-in-failure.ts';
import { signOut } from './sign-out.ts';
import { NOT_KNOWN_WHILE_AWAY, NO_NETWORK, NO_PASSWORD, STOPPED_WITH_SIGN_IN } from './words.ts';

interface Session {
  readonly signedIn: SignedIn;
  parts: OnlineParts | undefined;
  readonly stopReceiving: () => void;
}

/** Without a socket there is no way to ask anybody; looked at again after this. */
const NO_SOCKET_RETRY_MS = 10_000;

/**
 * INTEROP(Kamailio msilo): hands out what it kept at a REGISTER, and a text that it takes in at that very moment waits for the next
 * one, many minutes later. After an outage everybody writes and signs in at once, so there is one more REGISTER soon.
 */
const REGISTER_AGAIN_MS = 5_000;

export class AccountSession {
  readonly #world: AccountWorld;
  readonly #lasting: LastingParts;
  readonly #agent: PresenceAgent;
  #session: Session | undefined;
  #socketTimer: Timer | undefined;
  #againTimer: Timer | undefined;
  #isStarting = false;
  /** For telling what the server kept meanwhile; Infinity while we are away. */
  #presentSinceMs = Infinity;
  #hasStopped = false;
  /** A session that ends while nobody waits for it: what comes after it may want the same port. */
  #ending: Promise<void> = Promise.resolve();

  constructor(world: AccountWorld, lasting: LastingParts, agent: PresenceAgent) {
    this.#world = world;
    this.#lasting = lasting;
    this.#agent = agent;
  }

  /** What runs while the account is online; undefined before and after. */
  get parts(): OnlineParts | undefined {
    return this.#session?.parts;
  }

  start(): void {
    inBackground(this.#world, 'signing in', this.#begin());
  }

  /** Everything that waits or has given up tries at once. */
  retry(): void {
    if (this.#session === undefined) this.start();
    else this.renew();
  }

  /** The same, unless a person must mend something first. */
  renew(): void {
    if (this.#session === undefined) return;
    this.#session.signedIn.endpoint.refreshNetwork();
    this.#session.signedIn.registration.retryNow();
    this.#session?.signedIn.networkChanged?.();
    this.#online();
  }

  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#socketTimer?.cancel();
    this.#againTimer?.cancel();
    this.#lasting.outbox.pause();
    const ended = this.#session;
    this.#session = undefined;
    await Promise.allSettled([this.#ending, ended === undefined ? undefined : this.#end(ended)]);
    this.#world.states.setAll(OFF);
  }

  async #begin(): Promise<void> {
    const { states } = this.#world;
    if (this.#hasStopped || this.#isStarting || this.#session !== undefined) return;
    if (lacksPassword(this.#world)) return states.set('registration', failedState(NO_PASSWORD));
    this.#isStarting = true;
    try {
      await this.#open();
    } catch (error) {
      // What there are words for is expected, and tried again and again: no place for where in the program it arose.
      const [level, detail] = error instanceof SignInFailure ? (['warn', error.reason] as const) : (['error', errorText(error)] as const);
      this.#world.doors.log(level, `${this.#world.address}: signing in: ${detail}`);
      const { clock } = this.#world.doors;
      const reason = error instanceof SignInFailure ? error.reason : NO_NETWORK;
      states.set('registration', failedState(reason, String(error), clock.nowMs() + NO_SOCKET_RETRY_MS));
      this.#socketTimer = clock.startTimer(NO_SOCKET_RETRY_MS, () => this.start());
    } finally {
      this.#isStarting = false;
    }
  }

  async #open(): Promise<void> {
    const events = {
      answered: () => this.#answered(),
      signedIn: () => this.#signedIn(),
      cutOff: () => this.#cutOff(),
      refused: () => this.#refused(),
      moved: () => this.#moved(),
    };
    const signedIn = await this.#agent.signIn(events, this.#lasting);
    if (this.#hasStopped) return signedIn.endpoint.stop();
    this.#presentSinceMs = Infinity;
    const stopReceiving = startReceiving(this.#world, signedIn.endpoint, this.#lasting, () => this.#presentSinceMs);
    this.#session = { signedIn, parts: undefined, stopReceiving };
    signedIn.registration.start();
  }

  #answered(): void {
    const session = this.#session;
    if (session !== undefined) session.parts ??= this.#agent.startOnlineParts(session.signedIn, this.#lasting);
  }

  #signedIn(): void {
    this.#presentSinceMs = this.#world.doors.clock.nowMs();
    this.#online();
    this.#againTimer?.cancel();
    this.#againTimer = this.#world.doors.clock.startTimer(REGISTER_AGAIN_MS, () => this.#session?.signedIn.registration.retryNow());
  }

  #online(): void {
    if (this.#session === undefined) return;
    this.#session.parts?.retryNow();
    const { endpoint, registration } = this.#session.signedIn;
    this.#lasting.outbox.resume(endpoint, () => registration.retryNow());
    this.#lasting.reports.resume();
  }

  /** The rules and the contact list are elsewhere, and have their own word; these two live where we sign in, and tell anew once it is back. */
  #cutOff(): void {
    this.#presentSinceMs = Infinity;
    this.#lasting.outbox.pause();
    const { states } = this.#world;
    for (const part of ['publication', 'watcherInfo'] as const) {
      if (states.all()[part].state === 'ok') states.set(part, failedState(NOT_KNOWN_WHILE_AWAY));
    }
  }

  /** Ends in good order where it was, and begins where it is now. */
  #moved(): void {
    const ended = this.#session;
    this.#session = undefined;
    this.#lasting.outbox.pause();
    if (ended === undefined) return;
    this.#ending = this.#end(ended);
    const moved = this.#ending.then(() => this.#begin());
    inBackground(this.#world, 'moving to another network', moved);
  }

  /** One sentence, and silence until the person corrects it: servers lock accounts that keep guessing. */
  #refused(): void {
    const ended = this.#session;
    this.#session = undefined;
    this.#againTimer?.cancel();
    this.#lasting.outbox.pause();
    if (ended === undefined) return;
    this.#ending = this.#endRefused(ended);
    inBackground(this.#world, 'ending what was refused', this.#ending);
  }

  /** The sockets first: nothing more is to be said to this server, not even good-bye. */
  async #endRefused(ended: Session): Promise<void> {
    await ended.signedIn.endpoint.stop();
    await this.#end(ended);
    if (this.#session !== undefined || this.#hasStopped) return;
    for (const part of ['publication', 'watcherInfo', 'policy', 'contactList'] as const) {
      this.#world.states.set(part, failedState(STOPPED_WITH_SIGN_IN));
    }
  }

  async #end(ended: Session): Promise<void> {
    ended.stopReceiving();
    await signOut(this.#world, ended.signedIn, ended.parts);
  }
}
