// Trigger: the account is online, or a contact was added or removed.
// Result: each contact's presence and the state of our subscription to it are in the contact book; nobody stays out of date in silence.
// RFC: 3856, 4662, 5367, 6665 §4.1, merged by the rules of merge-presence.ts.
import type { Contact, SubscriptionState as ShownSubscription } from '../../app/domain/contact.ts';
import type { ContactPresence } from '../../app/domain/presence.ts';
import { PARTIAL_PRESENCE_TYPES } from '../simple/document/partial-presence.ts';
import { parsePidf } from '../simple/document/pidf.ts';
import { LIST_WAYS } from '../simple/event/list/choose-list-way.ts';
import type { ListWay } from '../simple/event/list/choose-list-way.ts';
import { watchMembers } from '../simple/event/list/watch-members.ts';
import type { MemberWatch } from '../simple/event/list/watch-members.ts';
import { createSubscriber } from '../simple/event/subscriber.ts';
import type { Notification, SubscriptionState } from '../simple/event/subscription.ts';
import type { Endpoint, Timer, Uri } from '../sip/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground, nameOption } from './account-world.ts';
import type { ContactBook } from './contact-book.ts';
import { followRegistrations } from './follow-registrations.ts';
import type { RegistrationFollow } from './follow-registrations.ts';
import { UNKNOWN_PRESENCE, mergePresence } from './merge-presence.ts';
import { peerFailureWords, peerTerminatedWords } from './nearby/words.ts';
import { failureWords, terminatedWords } from './words.ts';

export interface ContactWatch {
  watch(contact: Contact): void;
  /** While the book still has them. */
  unwatch(contactId: string): void;
  /** There is such a list on the server now (undefined: there will be none): watching may begin. */
  offerList(serverList: Uri | undefined): void;
  /** Asks somebody again who refused, or whose subscription failed. Nothing happens where one lives. */
  askAgain(contactId: string): void;
  /** It is known now what kind of server it is: a list that cannot be relied on is given up. */
  serverLearned(): void;
  retryNow(): void;
  /** They can be reached now, or not in vain any more: what we know of them is asked for anew. */
  lookAgain(address: string): void;
  /** They left. */
  gone(address: string): void;
  stop(): Promise<void>;
}

const WAY_FACT = 'list-way';
const RATE_FACT = 'min-interval';
/** RFC 6446: somebody who changes every moment need not be told every moment; a person sees no difference. */
const MIN_INTERVAL_SECONDS = 2;

/** How long watching waits for the documents to say whether there is a list on the server; contacts are to be on screen soon. */
const LIST_WAIT_MS = 1_500;

export interface WatchOptions {
  /** There is no server: each is asked alone, and who cannot be reached is away. */
  readonly isAlone?: boolean;
}

/** RFC 6665 §8.3.2, RFC 3261 §21: there is no presence on that server. */
const STATUSES_WITHOUT_PRESENCE: ReadonlySet<number> = new Set([405, 489, 501]);

/** RFC 6665 §4.1.3: with these a program says that it ends, and not that we may not see. */
const AWAY_REASONS: ReadonlySet<string> = new Set(['deactivated', 'noresource', 'timeout']);

export function watchContacts(world: AccountWorld, endpoint: Endpoint, book: ContactBook, options: WatchOptions = {}): ContactWatch {
  return new Watch(world, { endpoint, book, isAlone: options.isAlone === true });
}

/** What was learned of this server; undefined: nothing yet. */
export function rememberedWay(world: Pick<AccountWorld, 'storage' | 'accountId' | 'serverKind'>): ListWay | undefined {
  if (hasCarelessLists(world)) return 'single';
  const fact = world.storage.read((db) => store.getServerFact(db, { accountId: world.accountId, name: WAY_FACT }));
  return LIST_WAYS.find((way) => way === fact);
}

/**
 * INTEROP(Kamailio 5.6): its list server loses some of many members, and says nothing when one of them ends our subscription: who blocked
 * us would be shown as available for ever. There each contact is watched alone.
 */
function hasCarelessLists(world: Pick<AccountWorld, 'serverKind'>): boolean {
  return world.serverKind() === 'first-match';
}

/** Whether the server takes `min-interval`; undefined: nobody knows. */
function rememberedRate({ storage, accountId }: Pick<AccountWorld, 'storage' | 'accountId'>): boolean | undefined {
  const fact = storage.read((db) => store.getServerFact(db, { accountId, name: RATE_FACT }));
  return fact === null ? undefined : fact === 'taken';
}

class Watch implements ContactWatch {
  readonly #world: AccountWorld;
  readonly #book: ContactBook;
  readonly #subscriber: ReturnType<typeof createSubscriber>;
  /** By address as it is watched. */
  readonly #contactIds = new Map<string, string>();
  #members: MemberWatch | undefined;
  #waiting: Timer | undefined;
  /** Contacts come in bursts: the members are set once for all of them. */
  #setting: Timer | undefined;
  readonly #isAlone: boolean;
  /** For those whose presence says nothing; undefined without a server. */
  readonly #registrations: RegistrationFollow | undefined;
  #hasStopped = false;

  constructor(world: AccountWorld, { endpoint, book, isAlone }: { endpoint: Endpoint; book: ContactBook; isAlone: boolean }) {
    this.#isAlone = isAlone;
    const { clock, random, log } = world.doors;
    this.#world = world;
    this.#book = book;
    this.#subscriber = createSubscriber({
      ...{ endpoint, clock, random, log, address: world.uri, event: 'presence' },
      ...nameOption(world),
      isDirect: isAlone,
      remembersRate: rememberedRate(world),
      onRateLearned: (isTaken) => this.#remember(RATE_FACT, isTaken ? 'taken' : 'refused'),
    });
    this.#registrations = isAlone ? undefined : followRegistrations(world, endpoint, (address) => this.#showSilent(address));
    const remembered = isAlone ? 'single' : rememberedWay(world);
    if (remembered !== undefined) world.listWay.set(remembered);
    if (remembered === 'single') this.#begin(undefined);
    else this.#waiting = clock.startTimer(LIST_WAIT_MS, () => this.#begin(undefined));
  }

  watch(contact: Contact): void {
    this.#contactIds.set(contact.address, contact.contactId);
    this.#setSoon();
  }

  unwatch(contactId: string): void {
    const address = this.#book.get(contactId)?.address;
    if (address === undefined || !this.#contactIds.delete(address)) return;
    this.#registrations?.forget(address);
    this.#setSoon();
  }

  offerList(serverList: Uri | undefined): void {
    if (this.#members === undefined && !this.#hasStopped) this.#begin(serverList);
  }

  askAgain(contactId: string): void {
    const contact = this.#book.get(contactId);
    if (contact === undefined || this.#contactIds.get(contact.address) !== contactId) return;
    const { state } = contact.subscription;
    if (state === 'terminated' || state === 'failed') this.#members?.askAgain(contact.address);
  }

  serverLearned(): void {
    const careless = this.#members;
    if (careless === undefined || careless.way === 'single' || !hasCarelessLists(this.#world) || this.#hasStopped) return;
    inBackground(this.#world, 'giving up a list', careless.stop());
    this.#begin(undefined);
  }

  retryNow(): void {
    this.#members?.retryNow();
  }

  lookAgain(address: string): void {
    this.#members?.lookAgain(address);
  }

  gone(address: string): void {
    const contactId = this.#contactIds.get(address);
    if (contactId !== undefined) this.#book.setPresence(contactId, this.#away());
  }

  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#waiting?.cancel();
    this.#setting?.cancel();
    await this.#members?.stop();
    await Promise.all([this.#subscriber.stop(), this.#registrations?.stop()]);
    for (const contactId of this.#contactIds.values()) {
      this.#book.setSubscription(contactId, { state: 'off' });
      this.#book.setPresence(contactId, UNKNOWN_PRESENCE);
    }
    this.#contactIds.clear();
  }

  #begin(serverList: Uri | undefined): void {
    this.#waiting?.cancel();
    const world = this.#world;
    const { clock, log } = world.doors;
    const isSingle = this.#isAlone || hasCarelessLists(world);
    const remembered = this.#isAlone ? 'single' : rememberedWay(world);
    this.#members = watchMembers({
      subscriber: this.#subscriber,
      clock,
      log,
      accept: PARTIAL_PRESENCE_TYPES,
      ...(this.#isAlone ? {} : { minIntervalSeconds: MIN_INTERVAL_SECONDS }),
      ...(serverList === undefined || isSingle ? {} : { serverList }),
      // RFC 5367 §4: the domain itself is asked; a server that keeps such lists says so.
      ...(isSingle ? {} : { listServer: { ...world.uri, user: undefined } }),
      ...(remembered === undefined ? {} : { rememberedWay: remembered }),
      onWay: (way, isLearned) => this.#wayFound(way, isLearned),
      onNotify: (uri, notification) => this.#heard(uri, notification),
      onState: (uri, state) => this.#changed(uri, state),
    });
    this.#world.listWay.set(this.#members.way);
    this.#setSoon();
  }

  #setSoon(): void {
    if (this.#members === undefined || this.#hasStopped) return;
    this.#setting ??= this.#world.doors.clock.startTimer(0, () => {
      this.#setting = undefined;
      this.#members?.setMembers([...this.#contactIds.keys()]);
    });
  }

  #wayFound(way: ListWay, isLearned: boolean): void {
    const world = this.#world;
    world.listWay.set(way);
    if (!isLearned || rememberedWay(world) === way) return;
    this.#remember(WAY_FACT, way);
  }

  #remember(name: string, value: string): void {
    const { accountId, storage } = this.#world;
    inBackground(
      this.#world,
      `remembering ${name}`,
      storage.commit((db) => store.saveServerFact(db, { accountId, name, value })),
    );
  }

  #changed(uri: string, state: SubscriptionState): void {
    const contactId = this.#contactIds.get(uri);
    if (contactId === undefined || this.#hasStopped) return;
    this.#book.setSubscription(contactId, this.#isAlone ? shownAlone(state) : shownSubscription(state));
    // WHY: what was heard before may be long out of date; only `active` and a renewal keep it.
    if (state.kind === 'active' || state.kind === 'working') return;
    this.#book.setPresence(contactId, this.#isAway(state) ? this.#away() : UNKNOWN_PRESENCE);
    if (givesNoPresence(state)) this.#registrations?.saysNothing(uri);
    else this.#registrations?.forget(uri);
  }

  /** WHY: without a server only the person’s own program can tell; where that is gone, so are they. */
  #isAway(state: SubscriptionState): boolean {
    if (!this.#isAlone) return false;
    if (state.kind === 'failed')
      return state.failure.kind === 'timeout' || (state.failure.kind === 'transport' && state.failure.cause !== 'tls');
    return state.kind === 'terminated' && AWAY_REASONS.has(state.reason);
  }

  #away(): ContactPresence {
    return mergePresence(undefined, this.#world.doors.clock.nowMs());
  }

  /** Presence says nothing of them: signed in without a word where their registration says so, else away. */
  #showSilent(uri: string): void {
    const contactId = this.#contactIds.get(uri);
    if (contactId === undefined || this.#hasStopped) return;
    const nobody = mergePresence(undefined, this.#world.doors.clock.nowMs());
    this.#book.setPresence(contactId, this.#registrations?.isSignedIn(uri) === true ? { ...nobody, availability: 'silent' } : nobody);
  }

  #heard(uri: string, notification: Notification): void {
    const { clock, log } = this.#world.doors;
    const contactId = this.#contactIds.get(uri);
    if (contactId === undefined || notification.state !== 'active') return;
    if (notification.body.length === 0) {
      this.#registrations?.saysNothing(uri);
      return this.#showSilent(uri);
    }
    this.#registrations?.forget(uri);
    const parsed = parsePidf(notification.body);
    if (parsed.kind === 'ok') return this.#book.setPresence(contactId, mergePresence(parsed.document, clock.nowMs()));
    log('warn', `${this.#world.address}: a presence document cannot be read (${parsed.reason}, at ${parsed.offset})`);
  }
}

/** Their server has no presence to give, which says nothing of whether they are there. */
function givesNoPresence(state: SubscriptionState): boolean {
  return state.kind === 'failed' && state.failure.kind === 'status' && STATUSES_WITHOUT_PRESENCE.has(state.failure.status);
}

/** There is no server to speak of. */
function shownAlone(state: SubscriptionState): Omit<ShownSubscription, 'sinceMs'> {
  if (state.kind === 'failed') return { state: 'failed', failure: peerFailureWords(state.failure) };
  const shown = shownSubscription(state);
  const words = state.kind === 'terminated' ? peerTerminatedWords(state.reason) : undefined;
  return words === undefined ? shown : { ...shown, failure: words };
}

function shownSubscription(state: SubscriptionState): Omit<ShownSubscription, 'sinceMs'> {
  switch (state.kind) {
    case 'off':
    case 'working':
    case 'pending':
    case 'active':
      return { state: state.kind };
    case 'terminated':
      return { state: 'terminated', reason: state.reason, failure: terminatedWords(state.reason) };
    case 'failed':
      return { state: 'failed', failure: failureWords('subscription', state.failure) };
  }
}
