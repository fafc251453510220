// One account while the program runs: its lasting parts, and its online parts while it is signed in.
import type { Account } from '../../app/domain/account.ts';
import type { Timer } from '../sip/index.ts';
import { OFF, failedState } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { errorText, inBackground } from './account-world.ts';
import { createContactBook } from './contact-book.ts';
import { createDecisions } from './decide-watcher.ts';
import { keepContactList } from './keep-contact-list.ts';
import type { LastingParts, OnlineParts } from './online-parts.ts';
import { startOnlineParts, startReceiving } from './online-parts.ts';
import { createOutbox } from './outbox.ts';
import { readOwnPresence } from './publish-presence.ts';
import type { SignedIn } from './sign-in.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { NO_PASSWORD, STOPPED_WITH_SIGN_IN } from './words.ts';

export interface OpenAccount extends LastingParts {
  readonly world: AccountWorld;
  /** Signs in, in the background. */
  start(): void;
  /** Everything that waits or has given up tries at once. */
  retry(): void;
  /** The network changed, or the machine woke: the same, unless a person must mend something first. */
  renew(): void;
  /** What the person chose for their own presence changed. */
  presenceChanged(): void;
  /** Signs out (bounded wait); nothing happens afterwards. */
  stop(): Promise<void>;
}

interface Session {
  readonly signedIn: SignedIn;
  parts: OnlineParts | undefined;
  readonly stopReceiving: () => void;
}

/** Without a socket there is no way to ask anybody; looked at again after this. */
const NO_SOCKET_RETRY_MS = 10_000;

/** Restores what the account had when the program ended; the network comes with `start`. */
export async function openAccount(world: AccountWorld): Promise<OpenAccount> {
  let session: Session | undefined;
  let socketTimer: Timer | undefined;
  let hasStopped = false;
  let isStarting = false;

  const book = createContactBook(world);
  const outbox = await createOutbox(world);
  const decisions = createDecisions(world, () => session?.parts?.watchers.refreshNow());
  const contactList = keepContactList(world, book, {
    added: (contact) => session?.parts?.watch.watch(contact),
    removed: (contactId) => session?.parts?.watch.unwatch(contactId),
  });
  const lasting: LastingParts = { book, outbox, decisions, contactList };

  async function begin(): Promise<void> {
    if (hasStopped || isStarting || session !== undefined) return;
    if (world.password === undefined) return world.states.set('registration', failedState(NO_PASSWORD));
    isStarting = true;
    try {
      const signedIn = await signIn(world, { answered, signedIn: online, cutOff: () => outbox.pause(), refused });
      if (hasStopped) return await signedIn.endpoint.stop();
      session = { signedIn, parts: undefined, stopReceiving: startReceiving(world, signedIn.endpoint) };
      signedIn.registration.start();
    } catch (error) {
      world.doors.log('error', `${world.address}: signing in: ${errorText(error)}`);
      const retryAtMs = world.doors.clock.nowMs() + NO_SOCKET_RETRY_MS;
      world.states.set(
        'registration',
        failedState('The network of this computer cannot be used. It is tried again by itself.', String(error), retryAtMs),
      );
      socketTimer = world.doors.clock.startTimer(NO_SOCKET_RETRY_MS, start);
    } finally {
      isStarting = false;
    }
  }

  function start(): void {
    void begin();
  }

  function answered(): void {
    if (session === undefined || session.parts !== undefined) return;
    session.parts = startOnlineParts(world, session.signedIn.endpoint, lasting);
  }

  function online(): void {
    if (session === undefined) return;
    session.parts?.retryNow();
    outbox.resume(session.signedIn.endpoint);
  }

  function renew(): void {
    if (session === undefined) return;
    session.signedIn.registration.retryNow();
    session.parts?.retryNow();
    outbox.resume(session.signedIn.endpoint);
  }

  /** One sentence, and silence until the person corrects it: servers lock accounts that keep guessing. */
  function refused(): void {
    const ended = session;
    session = undefined;
    outbox.pause();
    if (ended !== undefined) inBackground(world, 'ending what was refused', endRefused(ended));
  }

  /** The sockets first: nothing more is to be said to this server, not even good-bye. */
  async function endRefused(ended: Session): Promise<void> {
    await ended.signedIn.endpoint.stop();
    await endSession(ended);
    if (session !== undefined || hasStopped) return;
    for (const part of ['publication', 'watcherInfo', 'policy', 'contactList'] as const) {
      world.states.set(part, failedState(STOPPED_WITH_SIGN_IN));
    }
  }

  async function endSession(ended: Session): Promise<void> {
    ended.stopReceiving();
    await signOut(world, ended.signedIn, ended.parts);
  }

  return {
    world,
    ...lasting,
    start,
    retry() {
      if (session === undefined) start();
      else renew();
    },
    renew,
    presenceChanged: () => session?.parts?.publisher.update(),
    async stop() {
      hasStopped = true;
      socketTimer?.cancel();
      decisions.stop();
      outbox.pause();
      const ended = session;
      session = undefined;
      if (ended !== undefined) await endSession(ended);
      world.states.setAll(OFF);
    },
  };
}

/** The account as the bridge shows it. */
export function shownAccount(world: AccountWorld): Account {
  const { accountId, kind, settings } = world.stored;
  return { accountId, kind, address: world.address, settings, ...world.states.all(), ownPresence: readOwnPresence(world) };
}
