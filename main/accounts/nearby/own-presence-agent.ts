// Trigger: the account listens. Result: whoever asks for our presence is answered here, by the rules that are kept here, and our own watchers
// are known as a server would tell them; a document like that of somebody who is away for whom is politely blocked.
// RFC: 3856 §6, 3857, 5025 §3.2.1, 6665 §4.2.
import { PIDF_CONTENT_TYPE, printPidf } from '../../simple/document/pidf.ts';
import { filterPresence, politelyBlockedPresence } from '../../simple/document/presence-filter.ts';
import type { PresenceDocument } from '../../simple/document/presence-document.ts';
import { createNotifier } from '../../simple/event/notifier.ts';
import type { Notifier, NotifierBody, NotifierWatcher, StateRequest, WatcherIdentity } from '../../simple/event/notifier.ts';
import { createWatcherInfoNotifier } from '../../simple/event/notifier/watcher-info-notifier.ts';
import type { Endpoint, Timer, Uri } from '../../sip/index.ts';
import { OFF } from '../account-states.ts';
import type { AccountWorld } from '../account-world.ts';
import { inBackground } from '../account-world.ts';
import { canonicalAddress } from '../address-text.ts';
import { combineWatchers } from '../combine-watchers.ts';
import type { WatcherFollow } from '../follow-watchers.ts';
import { currentDocument, readOwnPresence } from '../publish-presence.ts';
import type { PresencePublisher } from '../publish-presence.ts';
import { STORE_AGAIN_MS, saveWatchers } from '../save-watchers.ts';

export interface OwnPresenceAgent {
  readonly publisher: PresencePublisher;
  readonly watchers: WatcherFollow;
}

export interface OwnAgentParts {
  /** Our own key: who shows it is ourselves. */
  readonly ownKey: string;
  /** Somebody was answered by a wider decision: the rules must say so. */
  readonly rulesWanted: () => void;
  /** Whether others may know that we are here: not while invisible. */
  readonly show: (isShown: boolean) => void;
}

/** Watchers that come in a burst are stored together. */
const GATHER_MS = 50;

export function createOwnPresenceAgent(world: AccountWorld, endpoint: Endpoint, parts: OwnAgentParts): OwnPresenceAgent {
  const agent = new Agent(world, endpoint, parts);
  return { publisher: agent.publisher, watchers: agent.watchers };
}

class Agent {
  readonly publisher: PresencePublisher;
  readonly watchers: WatcherFollow;
  readonly #world: AccountWorld;
  readonly #parts: OwnAgentParts;
  readonly #notifier: Notifier;
  readonly #watcherInfo: Notifier;
  #document: PresenceDocument | undefined;
  #sphere: string;
  /** What happened since the last storing; undefined: what is stored may be of the last run, or of before the disk failed. */
  #news: Map<string, NotifierWatcher> | undefined;
  #gather: Timer | undefined;
  #storing: Promise<void> = Promise.resolve();
  #hasStopped = false;

  constructor(world: AccountWorld, endpoint: Endpoint, parts: OwnAgentParts) {
    this.#world = world;
    this.#parts = parts;
    this.#document = currentDocument(world);
    this.#sphere = readOwnPresence(world).sphere ?? '';
    const { clock, random, log } = world.doors;
    const contactUser = world.uri.user ?? '';
    const isOurs = (target: Uri): boolean => target.kind === 'sip' && (target.user === undefined || target.user === contactUser);
    const shared = { endpoint, clock, random, log, contactUser, isOurs };
    this.#notifier = createNotifier({
      ...shared,
      event: 'presence',
      contentTypes: [PIDF_CONTENT_TYPE],
      authorize: ({ uri }) => world.policy.answerFor(canonicalAddress(uri) ?? uri).subHandling,
      stateFor: (watcher, request) => this.#stateFor(watcher, request),
      onWatcher: (watcher) => this.#heard(watcher),
    });
    this.#watcherInfo = createWatcherInfoNotifier({
      ...shared,
      of: this.#notifier,
      package: 'presence',
      resource: world.address,
      isOurself: ({ flow }) => flow.peerKey === parts.ownKey,
    });
    this.#storeSoon();
    world.states.set('publication', { state: 'ok' });
    world.states.set('watcherInfo', { state: 'ok' });
    this.publisher = {
      update: () => this.#update(),
      document: () => this.#document,
      retryNow: () => undefined,
      stop: () => this.#stop(),
    };
    this.watchers = { refreshNow: () => this.#refresh(), retryNow: () => undefined, stop: () => this.#stop() };
  }

  /** SECURITY: nobody can tell politely blocked from away: both are told the same document, at the same moments. */
  #stateFor({ uri }: WatcherIdentity, { decision }: StateRequest): NotifierBody {
    const { policy, address } = this.#world;
    const { transformations } = policy.answerFor(canonicalAddress(uri) ?? uri);
    const shown =
      decision === 'allow' && this.#document !== undefined
        ? filterPresence(this.#document, transformations)
        : politelyBlockedPresence(address);
    return { contentType: PIDF_CONTENT_TYPE, bytes: new TextEncoder().encode(printPidf(shown)) };
  }

  #update(): void {
    if (this.#hasStopped) return;
    this.#document = currentDocument(this.#world);
    this.#parts.show(this.#document !== undefined);
    const sphere = readOwnPresence(this.#world).sphere ?? '';
    if (sphere !== this.#sphere) this.#notifier.authorizationChanged();
    this.#sphere = sphere;
    this.#notifier.stateChanged();
  }

  /** The rules changed: everybody is looked at anew, and all that is known is stored again. */
  #refresh(): void {
    if (this.#hasStopped) return;
    this.#notifier.authorizationChanged();
    this.#news = undefined;
    this.#storeSoon();
  }

  #heard(watcher: NotifierWatcher): void {
    this.#watcherInfo.stateChanged();
    this.#news?.set(watcher.id, watcher);
    this.#storeSoon();
  }

  #storeSoon(delayMs = GATHER_MS): void {
    if (this.#hasStopped) return;
    this.#gather ??= this.#world.doors.clock.startTimer(delayMs, () => {
      this.#gather = undefined;
      this.#storing = this.#storing.then(() => (this.#hasStopped ? undefined : this.#store()));
      inBackground(this.#world, 'storing watchers', this.#storing);
      this.#storing = this.#storing.catch(() => {
        this.#news = undefined;
        this.#storeSoon(STORE_AGAIN_MS);
      });
    });
  }

  async #store(): Promise<void> {
    const news = this.#news;
    this.#news = new Map();
    const living = this.#notifier.watchers();
    const ended = [...(news?.values() ?? [])].filter(({ status }) => status === 'terminated');
    const uris = news === undefined ? undefined : new Set([...news.values()].map(({ uri }) => uri));
    // WHY the ended ones first: of equal entries the later counts, and who asked anew is here.
    const entries = [...ended, ...living].filter(({ uri }) => uris === undefined || uris.has(uri));
    const lists = [{ resource: this.#world.address, package: 'presence', watchers: entries }];
    const combined = combineWatchers(lists, this.#world.address, this.#world.doors.clock.nowMs());
    if (await saveWatchers(this.#world, combined, news === undefined)) this.#parts.rulesWanted();
  }

  async #stop(): Promise<void> {
    if (this.#hasStopped) return;
    this.#hasStopped = true;
    this.#gather?.cancel();
    await Promise.all([this.#notifier.stop(), this.#watcherInfo.stop(), this.#storing]);
    for (const part of ['publication', 'watcherInfo'] as const) this.#world.states.set(part, OFF);
  }
}
