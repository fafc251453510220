// What one account does while it is online, beside being registered: each part starts, fails and comes back by itself.
import { receivePageMessages } from '../simple/page-mode/receive-page-messages.ts';
import type { Endpoint } from '../sip/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import type { ContactBook } from './contact-book.ts';
import type { Decisions } from './decide-watcher.ts';
import type { FetchContent } from './fetch-content.ts';
import type { KeptOrder } from './kept-order.ts';
import type { TypedAgain } from './typed-again.ts';
import type { ConnectedDocuments } from './connect-documents.ts';
import { connectDocuments } from './connect-documents.ts';
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

/** What lives as long as the account does, online or not. */
export interface LastingParts {
  readonly book: ContactBook;
  readonly outbox: Outbox;
  readonly decisions: Decisions;
  readonly contactList: ContactList;
  readonly reports: ReportSender;
  readonly ownTyping: OwnTyping;
  readonly content: FetchContent;
  /** Since when the account is open in this run of the program, and messages of earlier runs that came again since. */
  readonly openedAtMs: number;
  readonly toldAgain: Set<string>;
  readonly keptOrder: KeptOrder;
  readonly typedAgain: TypedAgain;
  /** A sign of somebody: they wrote, or asked to see us. By canonical address. */
  readonly heardFrom: (address: string) => void;
}

export interface OnlineParts {
  readonly watch: ContactWatch;
  readonly watchers: WatcherFollow;
  readonly publisher: PresencePublisher;
  readonly documents: ConnectedDocuments;
  /** Signed in again, or the network changed: everything tries at once. */
  retryNow(): void;
  /** Gives up what waits; then takes back what the server holds for us (bounded wait). */
  stop(): Promise<void>;
}

export function startOnlineParts(world: AccountWorld, endpoint: Endpoint, lasting: LastingParts): OnlineParts {
  const watch = watchContacts(world, endpoint, lasting.book);
  const watchers = followWatchers(world, endpoint, {
    newWatcher: lasting.heardFrom,
    rulesWanted: () => lasting.decisions.policy.sync(),
    serverLearned() {
      watch.serverLearned();
      inBackground(world, 'writing the rules anew', lasting.decisions.rewrite());
    },
  });
  const publisher = publishPresence(world, endpoint);
  for (const contact of lasting.book.list()) watch.watch(contact);
  const documents = connectDocuments(world, endpoint, { ...lasting, offerList: (uri) => watch.offerList(uri) });
  return {
    watch,
    watchers,
    publisher,
    documents,
    retryNow() {
      watch.retryNow();
      watchers.retryNow();
      publisher.retryNow();
      documents.retryNow();
    },
    stop: () => endParts(world, [documents, publisher, watchers, watch]),
  };
}

/** All at once; never rejects. */
export async function endParts(world: AccountWorld, parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  const ends = await Promise.allSettled(parts.map((part) => part.stop()));
  for (const end of ends) if (end.status === 'rejected') world.doors.log('warn', `${world.address}: stopping: ${String(end.reason)}`);
}

/** Texts for this account, from before the first REGISTER: a server delivers what it kept within a moment of its 200. */
export function startReceiving(world: AccountWorld, endpoint: Endpoint, lasting: LastingParts, presentSinceMs: () => number): () => void {
  return receivePageMessages({
    endpoint,
    clock: world.doors.clock,
    presentSinceMs,
    onMessage: (message) => receiveMessage(world, lasting, message),
    onSignal: (signal) => inBackground(world, 'a signal', receiveSignal(world, signal)),
  });
}
