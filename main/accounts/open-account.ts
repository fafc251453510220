// One account while the program runs: its lasting parts, restored from the store, and its online life.
import type { Account } from '../../app/domain/account.ts';
import type { PresenceDocument } from '../simple/document/presence-document.ts';
import * as store from '../store/index.ts';
import { AccountSession } from './account-session.ts';
import { acceptPerson } from './accept-person.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { createSecondAsk } from './ask-again.ts';
import { createContactBook } from './contact-book.ts';
import { OMA_RULES_DOCUMENT } from './choose-policy-document.ts';
import { RULES_DOCUMENT, createDecisions } from './decide-watcher.ts';
import { createFetchContent } from './fetch-content.ts';
import { createKeptOrder } from './kept-order.ts';
import { createTypedAgain } from './typed-again.ts';
import { keepContactList } from './keep-contact-list.ts';
import type { Nearby } from './nearby/nearby.ts';
import type { LastingParts } from './online-parts.ts';
import { createPresenceAgent } from './choose-presence-agent.ts';
import { createOutbox } from './outbox.ts';
import { createOwnTyping } from './own-typing.ts';
import { forgetOldAbilities } from './peer-abilities.ts';
import { shownOwnPresence } from './publish-presence.ts';
import { createReportSender } from './send-reports.ts';

export interface OpenAccount extends LastingParts {
  readonly world: AccountWorld;
  /** undefined: it signs in to a server. */
  readonly nearby?: Nearby;
  /** Signs in, in the background. */
  start(): void;
  /** Everything that waits or has given up tries at once. */
  retry(): void;
  /** The network changed, or the machine woke: the same, unless a person must mend something first. */
  renew(): void;
  /** What others can be told of us now; undefined: nothing is published. */
  published(): PresenceDocument | undefined;
  /** Asks a contact again who refused to be watched. false: not online. */
  askAgain(contactId: string): boolean;
  /** What the person chose for their own presence changed. */
  presenceChanged(): void;
  /** Somebody left this computer, or came back. */
  idleChanged(): void;
  /** Signs out (bounded wait); nothing happens afterwards. */
  stop(): Promise<void>;
}

/** Restores what the account had when the program ended; the network comes with `start`. */
export async function openAccount(world: AccountWorld): Promise<OpenAccount> {
  const book = createContactBook(world);
  const outbox = await createOutbox(world);
  const decisions = createDecisions(world, {
    refreshWatchers: () => session.parts?.watchers.refreshNow(),
    publishAgain: () => session.parts?.publisher.update(),
  });
  restorePolicy(world);
  const contactList = keepContactList(world, book, {
    added: (contact) => {
      session.parts?.watch.watch(contact);
      inBackground(world, 'accepting a contact', acceptPerson(world, contact.address));
    },
    removed: (contactId) => session.parts?.watch.unwatch(contactId),
    stored: () => session.parts?.documents.listStored(),
  });
  inBackground(world, 'old abilities', forgetOldAbilities(world));
  const reports = createReportSender(world, outbox);
  const ownTyping = createOwnTyping(world, book, outbox);
  const content = createFetchContent(world, book);
  const lasting: LastingParts = {
    book,
    outbox,
    decisions,
    contactList,
    reports,
    ownTyping,
    content,
    openedAtMs: world.doors.clock.nowMs(),
    toldAgain: new Set(),
    keptOrder: createKeptOrder(),
    typedAgain: createTypedAgain(),
    heardFrom: createSecondAsk(world.doors.clock, book, (contactId) => session.parts?.watch.askAgain(contactId)),
  };
  const agent = createPresenceAgent(world);
  const session = new AccountSession(world, lasting, agent);
  return {
    world,
    ...lasting,
    ...(agent.nearby === undefined ? {} : { nearby: agent.nearby }),
    start: () => session.start(),
    retry: () => session.retry(),
    renew: () => session.renew(),
    askAgain(contactId) {
      session.parts?.watch.askAgain(contactId);
      return session.parts !== undefined;
    },
    published: () => session.parts?.publisher.document(),
    presenceChanged() {
      session.parts?.publisher.update();
      session.parts?.documents.presenceChanged();
    },
    idleChanged() {
      session.parts?.publisher.update();
      world.announce({ type: 'own-presence-changed', accountId: world.accountId, ownPresence: shownOwnPresence(world) });
    },
    async stop() {
      reports.stop();
      ownTyping.stop();
      content.stop();
      decisions.stop();
      await session.stop();
      agent.stop();
      book.stop();
    },
  };
}

/** The rules as they were last seen: what they say is known before the server is asked. */
function restorePolicy(world: AccountWorld): void {
  const { accountId } = world;
  const known = world.storage.read((db) => store.findDocument(db, { accountId, auids: [RULES_DOCUMENT.auid, OMA_RULES_DOCUMENT.auid] }));
  if (known !== null) world.policy.set(known.text);
}

/** The account as the bridge shows it. */
export function shownAccount(world: AccountWorld): Account {
  const { accountId, kind, settings } = world.stored;
  const listWay = world.listWay.get();
  return {
    ...{ accountId, kind, address: world.address, settings },
    ...world.states.all(),
    ownPresence: shownOwnPresence(world),
    findings: world.findings.all(),
    ...(listWay === undefined ? {} : { listWay }),
  };
}
