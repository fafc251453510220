// What one account does while it is online, beside being registered: each part starts, fails and comes back by itself.
import { receivePageMessages } from '../simple/page-mode/receive-page-messages.ts';
import type { XcapClient } from '../simple/xcap/xcap-client.ts';
import type { Endpoint, Timer } from '../sip/index.ts';
import { failedState } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import type { ContactBook } from './contact-book.ts';
import type { Decisions } from './decide-watcher.ts';
import type { FetchContent } from './fetch-content.ts';
import { findXcapRoot } from './find-xcap-root.ts';
import type { WatcherFollow } from './follow-watchers.ts';
import { followWatchers } from './follow-watchers.ts';
import type { ContactList } from './keep-contact-list.ts';
import type { Outbox } from './outbox.ts';
import type { OwnTyping } from './own-typing.ts';
import type { PresencePublisher } from './publish-presence.ts';
import { publishPresence } from './publish-presence.ts';
import { receiveMessage } from './receive-message.ts';
import { receiveSignal } from './receive-signal.ts';
import type { ReportSender } from './send-reports.ts';
import type { ContactWatch } from './watch-contact.ts';
import { watchContacts } from './watch-contact.ts';
import { NO_LIST_SERVER, NO_POLICY_SERVER, xcapFailureDetail, xcapFailureWords } from './words.ts';

/** What lives as long as the account does, online or not. */
export interface LastingParts {
  readonly book: ContactBook;
  readonly outbox: Outbox;
  readonly decisions: Decisions;
  readonly contactList: ContactList;
  readonly reports: ReportSender;
  readonly ownTyping: OwnTyping;
  readonly content: FetchContent;
}

export interface OnlineParts {
  readonly watch: ContactWatch;
  readonly watchers: WatcherFollow;
  readonly publisher: PresencePublisher;
  /** Signed in again, or the network changed: everything tries at once. */
  retryNow(): void;
  /** Gives up what waits; then takes back what the server holds for us (bounded wait). */
  stop(): Promise<void>;
}

/** How soon a server for documents that could not be asked is asked again. */
const LOOK_AGAIN_MS = 20_000;

export function startOnlineParts(world: AccountWorld, endpoint: Endpoint, lasting: LastingParts): OnlineParts {
  const { log } = world.doors;
  const watch = watchContacts(world, endpoint, lasting.book);
  const watchers = followWatchers(world, endpoint);
  const publisher = publishPresence(world, endpoint);
  for (const contact of lasting.book.list()) watch.watch(contact);
  const documents = connectDocuments(world, lasting);
  return {
    watch,
    watchers,
    publisher,
    retryNow() {
      watch.retryNow();
      watchers.retryNow();
      publisher.retryNow();
      documents.retryNow();
    },
    async stop() {
      documents.stop();
      const ends = await Promise.allSettled([publisher.stop(), watchers.stop(), watch.stop()]);
      for (const end of ends) if (end.status === 'rejected') log('warn', `${world.address}: stopping: ${String(end.reason)}`);
    },
  };
}

/** Texts for this account, from before the first REGISTER: a server delivers what it kept within a moment of its 200. */
export function startReceiving(world: AccountWorld, endpoint: Endpoint, lasting: LastingParts): () => void {
  return receivePageMessages({
    endpoint,
    clock: world.doors.clock,
    onMessage: (message) => receiveMessage(world, lasting, message),
    onSignal: (signal) => inBackground(world, 'a signal', receiveSignal(world, signal)),
  });
}

interface ConnectedDocuments {
  retryNow(): void;
  stop(): void;
}

/** Finds where rules and contact list are kept, and connects them; says in each part's own words when there is no such place. */
function connectDocuments(world: AccountWorld, { decisions, contactList }: LastingParts): ConnectedDocuments {
  let client: XcapClient | undefined;
  let timer: Timer | undefined;
  let isLooking = false;
  let hasStopped = false;

  function look(): void {
    if (isLooking || hasStopped) return;
    isLooking = true;
    timer?.cancel();
    inBackground(
      world,
      'looking for documents',
      findAndConnect().finally(() => {
        isLooking = false;
      }),
    );
  }

  async function findAndConnect(): Promise<void> {
    for (const part of ['policy', 'contactList'] as const) world.states.set(part, { state: 'working' });
    const found = await findXcapRoot(world);
    if (hasStopped) {
      if (found.kind === 'found') found.client.stop();
      return;
    }
    if (found.kind === 'found') {
      client = found.client;
      decisions.policy.connect(client);
      contactList.document.connect(client);
      return;
    }
    if (found.kind === 'none') {
      world.states.set('policy', failedState(NO_POLICY_SERVER, found.detail));
      world.states.set('contactList', failedState(NO_LIST_SERVER, found.detail));
      return decisions.cannotStore(NO_POLICY_SERVER);
    }
    const { failure } = found;
    const mayMend = failure.kind !== 'unauthenticated' && failure.kind !== 'refused-document';
    const retryAtMs = mayMend ? world.doors.clock.nowMs() + LOOK_AGAIN_MS : undefined;
    for (const part of ['policy', 'contactList'] as const) {
      world.states.set(part, failedState(xcapFailureWords(part, failure), xcapFailureDetail(failure), retryAtMs));
    }
    if (mayMend) timer = world.doors.clock.startTimer(LOOK_AGAIN_MS, look);
    return decisions.cannotStore(xcapFailureWords('policy', failure));
  }

  look();
  return {
    retryNow() {
      if (client === undefined) return look();
      decisions.policy.sync();
      contactList.document.sync();
    },
    stop() {
      hasStopped = true;
      timer?.cancel();
      client?.stop();
      decisions.policy.disconnect();
      contactList.document.disconnect();
    },
  };
}
