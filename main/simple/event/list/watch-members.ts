// Trigger: setMembers(). Result: everybody on the list is watched, by one list subscription where the server has lists, else each alone.
// The way is found by asking and reported, so that it can be remembered for the server. RFC 4662, RFC 5367, RFC 6665.
import { comparableUri } from '../../document/comparable-uri.ts';
import { parseUri } from '../../../sip/index.ts';
import type { Clock, Log, Timer, Uri } from '../../../sip/index.ts';
import { createPresenceUnpacker } from '../unpack-presence.ts';
import type { Subscriber } from '../subscriber.ts';
import type { Notification, Subscription, SubscriptionState } from '../subscription.ts';
import { chooseListWay, firstListWay } from './choose-list-way.ts';
import type { ListAnswer, ListWay, PossibleWays } from './choose-list-way.ts';
import { subscribeList } from './list-subscription.ts';
import type { ListSubscription, ResourceNotification } from './list-subscription.ts';

export interface WatchMembersOptions {
  /** Of the package to watch, e.g. `presence`. Stays the caller's: it is not stopped here. */
  readonly subscriber: Subscriber;
  readonly clock: Clock;
  readonly log: Log;
  /** The list on the server, e.g. `sip:ada-contacts@example.org`; its documents name the members. undefined: there is none. */
  readonly serverList?: Uri;
  /** Who takes lists in requests, e.g. `sip:example.org`. undefined: nobody is asked. */
  readonly listServer?: Uri;
  /** What `onWay` reported for this server before. */
  readonly rememberedWay?: ListWay;
  /** Types of the members' documents, e.g. `PARTIAL_PRESENCE_TYPES`. */
  readonly accept: readonly string[];
  readonly expiresSeconds?: number;
  readonly minIntervalSeconds?: number;
  /** The way in use changed. `isLearned`: the server said so itself, so it is worth remembering. */
  readonly onWay: (way: ListWay, isLearned: boolean) => void;
  /** A member's state, as if it had notified by itself; partial presence documents are joined already. `uri` as given to `setMembers`. */
  readonly onNotify: (uri: string, notification: Notification) => void;
  /** A member's subscription, whatever way it goes. */
  readonly onState: (uri: string, state: SubscriptionState) => void;
}

export interface MemberWatch {
  readonly way: ListWay;
  /** Everybody to be watched from now on, as URIs. With a list on the server, after its documents were stored. */
  setMembers(uris: readonly string[]): void;
  /** Somebody wants this member asked again, whatever its refusal was: in a subscription of its own where a list told of it. */
  askAgain(uri: string): void;
  refreshNow(): void;
  retryNow(): void;
  /** One member, where watched alone: what waits is tried at once, what lives is asked for full state. */
  lookAgain(uri: string): void;
  /** Unsubscribes (bounded wait). Nothing is called after it. */
  stop(): Promise<void>;
}

/**
 * How long a list may say nothing of a member before that one is watched alone. INTEROP(Kamailio 5.6): its list server loses some of a
 * hundred members for good when they come at once, and says nothing of those who are pending.
 */
const UNHEARD_WAIT_MS = 4_000;
/** Once some came, the others come soon: list servers collect for a second or so. */
const STRAGGLER_WAIT_MS = 1_500;
/** Changes of members come in bursts; a list in a request is made anew for each. */
const REQUEST_WAIT_MS = 500;

export function watchMembers(options: WatchMembersOptions): MemberWatch {
  return new Watch(options);
}

interface Member {
  readonly uri: string;
  /** Where it is watched alone. */
  alone: Subscription | undefined;
  /** What was last told of it. */
  state: SubscriptionState;
  /** The list that is in use said what it is. */
  isHeard: boolean;
  readonly unpack: (notification: Notification) => Notification | undefined;
}

class Watch implements MemberWatch {
  way: ListWay;
  private readonly options: WatchMembersOptions;
  private readonly members = new Map<string, Member>();
  private readonly ending = new Set<Promise<void>>();
  private list: ListSubscription | undefined;
  private lastAnswer = '';
  private answersInRow = 0;
  /** Each way that was left was left for good. */
  private isCertain = true;
  private unheardTimer: Timer | undefined;
  /** Monotonic; undefined where nobody is waited for. */
  private unheardDueMs: number | undefined;
  private requestTimer: Timer | undefined;
  private hasStopped = false;

  constructor(options: WatchMembersOptions) {
    this.options = options;
    this.way = firstListWay(options.rememberedWay, this.possible());
  }

  setMembers(uris: readonly string[]): void {
    if (this.hasStopped) return;
    const wanted = new Map(uris.map((uri) => [comparableUri(uri), uri]));
    const gone = [...this.members.keys()].filter((key) => !wanted.has(key));
    const added = [...wanted].filter(([key]) => !this.members.has(key));
    for (const key of gone) this.remove(key);
    for (const [key, uri] of added) this.members.set(key, this.newMember(uri));
    if (this.members.size === 0) return this.endList();
    if (this.way === 'single') for (const [key] of added) this.watchAlone(key);
    else if (this.list === undefined) this.startList();
    else if (gone.length + added.length > 0) this.listChanged(added.map(([key]) => key));
  }

  askAgain(uri: string): void {
    const key = comparableUri(uri);
    const member = this.members.get(key);
    if (member === undefined || this.hasStopped) return;
    if (member.alone === undefined) this.watchAlone(key);
    else member.alone.retryNow();
  }

  refreshNow(): void {
    this.list?.refreshNow();
    for (const { alone } of this.members.values()) alone?.refreshNow();
  }

  retryNow(): void {
    this.list?.retryNow();
    for (const { alone } of this.members.values()) alone?.retryNow();
  }

  lookAgain(uri: string): void {
    const alone = this.members.get(comparableUri(uri))?.alone;
    if (alone?.state.kind === 'active' || alone?.state.kind === 'pending') alone.refreshNow();
    else alone?.retryNow();
  }

  async stop(): Promise<void> {
    this.hasStopped = true;
    this.unheardTimer?.cancel();
    this.requestTimer?.cancel();
    this.endList();
    for (const key of [...this.members.keys()]) this.remove(key);
    await Promise.all(this.ending);
  }

  private possible(): PossibleWays {
    return { 'server-list': this.options.serverList !== undefined, 'request-contained': this.options.listServer !== undefined };
  }

  private newMember(uri: string): Member {
    const refresh = (): void => (this.members.get(comparableUri(uri))?.alone ?? this.list)?.refreshNow();
    return { uri, alone: undefined, state: { kind: 'working' }, isHeard: false, unpack: createPresenceUnpacker(refresh) };
  }

  private remove(key: string): void {
    const member = this.members.get(key);
    this.members.delete(key);
    if (member?.alone !== undefined) this.end(member.alone);
  }

  private end(subscription: Subscription): void {
    const ended = subscription.stop().then(() => void this.ending.delete(ended));
    this.ending.add(ended);
  }

  private endList(): void {
    const { list } = this;
    this.list = undefined;
    if (list !== undefined) this.end(list);
  }

  private startList(): void {
    const { serverList, listServer, subscriber, accept, expiresSeconds, minIntervalSeconds } = this.options;
    const target = this.way === 'server-list' ? serverList : listServer;
    if (target === undefined) return this.takeWay('single', false);
    const list: ListSubscription = subscribeList({
      subscriber,
      target,
      accept,
      ...(this.way === 'request-contained' ? { members: [...this.members.values()].map(({ uri }) => uri) } : {}),
      ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
      ...(minIntervalSeconds === undefined ? {} : { minIntervalSeconds }),
      onResource: (uri, notification) => this.isCurrent(list) && this.heard(uri, notification),
      onState: (state) => this.isCurrent(list) && this.listState(state),
      onAnswer: (answer) => this.isCurrent(list) && this.answered(answer),
    });
    this.list = list;
    for (const member of this.members.values()) this.tell(member, list.state);
  }

  private isCurrent(list: ListSubscription): boolean {
    return this.list === list && !this.hasStopped;
  }

  private answered(answer: ListAnswer): void {
    const text = JSON.stringify(answer);
    this.answersInRow = text === this.lastAnswer ? this.answersInRow + 1 : 1;
    this.lastAnswer = text;
    const choice = chooseListWay(this.way, answer, this.answersInRow, this.possible());
    if (choice === undefined) return;
    if (choice.way === this.way) return this.options.onWay(choice.way, choice.isLearned);
    this.options.log('info', `watching by ${this.way} does not work here: ${text}`);
    this.isCertain &&= choice.isLearned;
    this.takeWay(choice.way, this.isCertain && choice.way === 'single');
  }

  private takeWay(way: ListWay, isLearned: boolean): void {
    this.endList();
    this.way = way;
    this.answersInRow = 0;
    this.options.onWay(way, isLearned);
    if (way !== 'single') return this.startList();
    for (const key of this.members.keys()) this.watchAlone(key);
  }

  /** The list fails, waits or ends as a whole; while it lives, what each member is comes with its notification. */
  private listState(state: SubscriptionState): void {
    if (state.kind === 'active' || state.kind === 'pending') {
      this.expectEverybody();
      for (const member of this.members.values()) if (member.state.kind !== 'working') this.tellExtended(member, state.untilMs);
      return;
    }
    for (const member of this.members.values()) {
      member.isHeard = false;
      if (member.alone === undefined) this.tell(member, state);
    }
  }

  private tellExtended(member: Member, untilMs: number): void {
    const { state } = member;
    if (member.alone === undefined && (state.kind === 'active' || state.kind === 'pending'))
      this.tell(member, { kind: state.kind, untilMs });
  }

  private heard(uri: string, notification: ResourceNotification): void {
    const key = comparableUri(uri);
    const member = this.members.get(key);
    if (member === undefined || (!notification.isKnown && member.alone !== undefined)) return;
    // WHY: the list's word of an end is older than the question that is asked anew.
    if (notification.state === 'terminated' && member.alone !== undefined) return;
    const isDropped = notification.state === 'terminated' && notification.reason === 'noresource';
    member.isHeard = notification.isKnown && !isDropped;
    if (isDropped) this.expectEverybody();
    else if (member.isHeard && this.unheardDueMs !== undefined) {
      this.expectEverybody(Math.min(this.unheardDueMs, this.options.clock.monotonicMs() + STRAGGLER_WAIT_MS));
    }
    if (member.alone !== undefined) {
      // The list has it after all.
      this.end(member.alone);
      member.alone = undefined;
    }
    const untilMs = this.list !== undefined && 'untilMs' in this.list.state ? this.list.state.untilMs : this.options.clock.nowMs();
    if (notification.state === 'terminated') this.tell(member, { kind: 'terminated', reason: notification.reason, retryAtMs: undefined });
    else this.tell(member, { kind: notification.state === 'pending' ? 'pending' : 'active', untilMs });
    this.hand(member, notification);
  }

  private hand(member: Member, notification: Notification): void {
    const whole = member.unpack(notification);
    if (whole !== undefined) this.options.onNotify(member.uri, whole);
  }

  private tell(member: Member, state: SubscriptionState): void {
    member.state = state;
    this.options.onState(member.uri, state);
  }

  private watchAlone(key: string): void {
    const member = this.members.get(key);
    if (member === undefined || member.alone !== undefined) return;
    const target = parseUri(member.uri);
    if (target.kind === 'failure') return;
    const { accept, expiresSeconds, minIntervalSeconds } = this.options;
    const isCurrent = (): boolean => member.alone === alone && !this.hasStopped;
    const alone: Subscription = this.options.subscriber.subscribe({
      target: target.value,
      accept,
      ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
      ...(minIntervalSeconds === undefined ? {} : { minIntervalSeconds }),
      onNotify: (notification) => isCurrent() && this.hand(member, notification),
      onState: (state) => isCurrent() && this.tell(member, state),
    });
    member.alone = alone;
    this.tell(member, alone.state);
  }

  private listChanged(added: readonly string[]): void {
    for (const key of added) {
      const member = this.members.get(key);
      if (member !== undefined) this.tell(member, { kind: 'working' });
    }
    if (this.way === 'server-list') return this.expectEverybody();
    // RFC 5367 §3.2: a list in a request cannot be changed, only made anew.
    this.requestTimer?.cancel();
    this.requestTimer = this.options.clock.startTimer(REQUEST_WAIT_MS, () => {
      if (this.list === undefined) return;
      this.endList();
      this.startList();
    });
  }

  /** Nobody may be forgotten: of whom the list says nothing is watched alone. */
  private expectEverybody(dueMs = this.options.clock.monotonicMs() + UNHEARD_WAIT_MS): void {
    const { clock } = this.options;
    this.unheardTimer?.cancel();
    this.unheardDueMs = dueMs;
    this.unheardTimer = clock.startTimer(dueMs - clock.monotonicMs(), () => {
      this.unheardDueMs = undefined;
      if (this.list?.state.kind !== 'active' && this.list?.state.kind !== 'pending') return;
      for (const [key, { isHeard }] of this.members) if (!isHeard) this.watchAlone(key);
    });
  }
}
