// Trigger: the account is online. Result: where rules, contact list and the list's own address are kept is found, each is connected and
// followed, and where there is no such place it is said in each part's own words. RFC 4825 §6, 4826, 4827, 5875.
import { createSubscriber } from '../simple/event/subscriber.ts';
import type { Subscriber } from '../simple/event/subscriber.ts';
import { watchDocuments } from '../simple/xcap/watch-documents.ts';
import type { DocumentWatch } from '../simple/xcap/watch-documents.ts';
import { backOffMs } from '../simple/retry.ts';
import type { XcapClient, XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { Endpoint, SipUri, Timer } from '../sip/index.ts';
import { failedState } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground, nameOption } from './account-world.ts';
import { choosePolicyDocument } from './choose-policy-document.ts';
import type { Decisions } from './decide-watcher.ts';
import { findXcapRoot } from './find-xcap-root.ts';
import type { FoundRoot } from './find-xcap-root.ts';
import type { ContactList } from './keep-contact-list.ts';
import { LIST_DOCUMENT } from './keep-contact-list.ts';
import { keepListAddress, listUri } from './keep-list-address.ts';
import { keepOfflinePresence } from './keep-offline-presence.ts';
import { noteNoPolicyServer } from './server-findings.ts';
import { rememberedWay } from './watch-contact.ts';
import { NO_LIST_SERVER, NO_POLICY_SERVER, xcapFailureDetail, xcapFailureWords } from './words.ts';

export interface DocumentParts {
  readonly decisions: Decisions;
  readonly contactList: ContactList;
  /** There is such a list on the server; undefined: there is none. */
  readonly offerList: (serverList: SipUri | undefined) => void;
}

export interface ConnectedDocuments {
  /** The server has the contact list as it is here. */
  listStored(): void;
  /** What the person says of themself changed. */
  presenceChanged(): void;
  retryNow(): void;
  stop(): Promise<void>;
}

type Found = Extract<FoundRoot, { kind: 'found' }>;

export function connectDocuments(world: AccountWorld, endpoint: Endpoint, parts: DocumentParts): ConnectedDocuments {
  return new Connector(world, endpoint, parts);
}

class Connector implements ConnectedDocuments {
  readonly #world: AccountWorld;
  readonly #parts: DocumentParts;
  readonly #subscriber: Subscriber;
  #found: Found | undefined;
  #watch: DocumentWatch | undefined;
  #timer: Timer | undefined;
  #isLooking = false;
  #failuresInRow = 0;
  #hasStopped = false;
  #isListOffered = false;

  constructor(world: AccountWorld, endpoint: Endpoint, parts: DocumentParts) {
    this.#world = world;
    this.#parts = parts;
    const { clock, random, log } = world.doors;
    this.#subscriber = createSubscriber({ endpoint, clock, random, log, address: world.uri, event: 'xcap-diff', ...nameOption(world) });
    // WHY: a list that was stored in an earlier run is there before its documents are looked at again.
    if (rememberedWay(world) === 'server-list') this.#offer(listUri(world));
    this.#look();
  }

  listStored(): void {
    const found = this.#found;
    if (found === undefined || this.#isListOffered) return;
    const offered = keepListAddress(this.#world, found.client, found.rootUrl).then((uri) => this.#offer(uri));
    inBackground(this.#world, 'naming the contact list', offered);
  }

  presenceChanged(): void {
    const found = this.#found;
    if (found !== undefined) inBackground(this.#world, 'keeping presence while offline', keepOfflinePresence(this.#world, found));
  }

  retryNow(): void {
    if (this.#found === undefined) return this.#look();
    this.#parts.decisions.policy.sync();
    this.#parts.contactList.document.sync();
  }

  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#timer?.cancel();
    this.#found?.client.stop();
    this.#parts.decisions.mayStore();
    this.#parts.decisions.policy.disconnect();
    this.#parts.contactList.document.disconnect();
    await this.#watch?.stop();
    await this.#subscriber.stop();
  }

  #offer(uri: SipUri | undefined): void {
    if (this.#hasStopped) return;
    this.#isListOffered = true;
    this.#parts.offerList(uri);
  }

  #look(): void {
    if (this.#isLooking || this.#hasStopped) return;
    this.#isLooking = true;
    this.#timer?.cancel();
    const looked = this.#findAndConnect().finally(() => {
      this.#isLooking = false;
    });
    inBackground(this.#world, 'looking for documents', looked);
  }

  async #findAndConnect(): Promise<void> {
    const world = this.#world;
    for (const part of ['policy', 'contactList'] as const) world.states.set(part, { state: 'working' });
    const found = await findXcapRoot(world);
    if (this.#hasStopped) {
      if (found.kind === 'found') found.client.stop();
      return;
    }
    if (found.kind === 'unreachable') return this.#unreachable(found);
    noteNoPolicyServer(world, found.kind === 'none');
    if (found.kind === 'found') return this.#connect(found);
    world.states.set('policy', failedState(NO_POLICY_SERVER, found.detail));
    world.states.set('contactList', failedState(NO_LIST_SERVER, found.detail));
    this.#offer(undefined);
    return this.#parts.decisions.cannotStore(NO_POLICY_SERVER);
  }

  async #connect(found: Found): Promise<void> {
    const { client, capabilities } = found;
    this.#found = found;
    this.#parts.decisions.mayStore();
    this.#parts.contactList.document.connect(client);
    const rules = await choosePolicyDocument(client, capabilities);
    if (this.#hasStopped) return;
    this.#follow(client, rules);
    this.#parts.decisions.policy.connect(client, rules);
    this.presenceChanged();
  }

  /** Changes of other devices within seconds where the server tells of them, at the next question else. */
  #follow(xcap: XcapClient, rules: XcapDocument): void {
    const world = this.#world;
    const { clock, random, log } = world.doors;
    const { decisions, contactList } = this.#parts;
    const watch = watchDocuments({
      ...{ xcap, subscriber: this.#subscriber, target: world.uri, user: world.address, clock, random, log },
      documents: [rules, LIST_DOCUMENT],
      onChanged: (document) => (document === rules ? decisions.policy : contactList.document).sync(),
    });
    decisions.policy.follow((etag) => watch.setKnown(rules, etag));
    contactList.document.follow((etag) => watch.setKnown(LIST_DOCUMENT, etag));
    this.#watch = watch;
  }

  async #unreachable({ failure }: Extract<FoundRoot, { kind: 'unreachable' }>): Promise<void> {
    const world = this.#world;
    const { clock, random } = world.doors;
    const mayMend = failure.kind !== 'unauthenticated' && failure.kind !== 'refused-document';
    const delayMs = backOffMs(++this.#failuresInRow, random.fraction());
    const retryAtMs = mayMend ? clock.nowMs() + delayMs : undefined;
    for (const part of ['policy', 'contactList'] as const) {
      world.states.set(part, failedState(xcapFailureWords(part, failure), xcapFailureDetail(failure), retryAtMs));
    }
    if (mayMend) this.#timer = clock.startTimer(delayMs, () => this.#look());
    await this.#parts.decisions.cannotStore(xcapFailureWords('policy', failure));
  }
}
