// The server's presence agent (RFC 3856, 3903, 3857), with the habits of a stock Kamailio: first rule wins, polite block is active without
// a body, nothing is said to winfo watchers after the rules changed.
import { parsePresenceRules } from '../../../main/simple/document/rules/rules-document.ts';
import { printWatcherInfo } from '../../../main/simple/document/watcher-info.ts';
import type { WatcherEntry } from '../../../main/simple/document/watcher-info.ts';
import type { Dialog, Flow, IncomingRequest, Reply, SipRequest, Uri } from '../../../main/sip/index.ts';
import { dialogFromRequest, headerText, isRequestOf, noteRequestSent, requestInDialog } from '../../../main/sip/index.ts';
import { checkDigest } from './check-digest.ts';
import { evaluateFirstMatch } from './first-match.ts';
import type { ServerParts } from './server-state.ts';

interface Subscription {
  readonly event: 'presence' | 'presence.winfo';
  readonly presentity: string;
  readonly watcher: string;
  readonly flow: Flow;
  dialog: Dialog;
  untilMs: number;
  state: 'pending' | 'active' | 'terminated';
  version: number;
}

interface Publication {
  readonly etag: string;
  readonly body: Uint8Array;
  readonly untilMs: number;
}

export interface PresenceAgent {
  /** The rules of this presentity changed. */
  rulesChanged(presentity: string): void;
  /** E.g. `bob watches ada: active`. */
  describe(): string[];
  publications(presentity: string): number;
  /** The Event of each SUBSCRIBE that was not challenged, as it came. */
  readonly events: string[];
  /** 489 to an Event with parameters, as Kamailio answers it. */
  refusesParameters: boolean;
  /** Forgets every subscription and publication, as a restart without a database does. */
  forget(): void;
}

/** The server's word on who may see what; undefined: no document. */
export type RulesOf = (presentity: string) => string | undefined;

const GRANTED_SECONDS = 600;

function plainAddress(uri: Uri): string {
  return uri.kind === 'sip' ? `sip:${uri.user ?? ''}@${uri.host.toLowerCase()}` : '';
}

export function createPresenceAgent(parts: ServerParts, rulesOf: RulesOf): PresenceAgent {
  const { endpoint, clock, random } = parts;
  const subscriptions = new Set<Subscription>();
  const published = new Map<string, Map<string, Publication>>();

  function handling(presentity: string, watcher: string): string {
    const text = rulesOf(presentity);
    const parsed = text === undefined ? undefined : parsePresenceRules(text);
    return parsed?.kind === 'ok' ? (evaluateFirstMatch(parsed.document, { watcher, atMs: clock.nowMs() }) ?? 'confirm') : 'confirm';
  }

  function stateFor(subscription: Subscription): Subscription['state'] {
    if (subscription.event === 'presence.winfo') return 'active';
    if (subscription.untilMs <= clock.nowMs()) return 'terminated';
    const sub = handling(subscription.presentity, subscription.watcher);
    return sub === 'block' ? 'terminated' : sub === 'confirm' ? 'pending' : 'active';
  }

  function bodyFor(subscription: Subscription): { type: string; bytes: Uint8Array } | undefined {
    if (subscription.event === 'presence.winfo') return { type: 'application/watcherinfo+xml', bytes: winfo(subscription, 'full') };
    if (subscription.state !== 'active' || handling(subscription.presentity, subscription.watcher) === 'polite-block') return undefined;
    const newest = [...(published.get(subscription.presentity)?.values() ?? [])].filter(({ untilMs }) => untilMs > clock.nowMs()).at(-1);
    return newest === undefined ? undefined : { type: 'application/pidf+xml', bytes: newest.body };
  }

  function entries(presentity: string, only?: Subscription): WatcherEntry[] {
    return [...subscriptions]
      .filter((each) => each.event === 'presence' && each.presentity === presentity && (only === undefined || each === only))
      .map((each) => ({
        id: each.dialog.callId,
        uri: each.watcher,
        displayName: '',
        status: each.state,
        event: 'subscribe',
        expirationSeconds: undefined,
        durationSubscribedSeconds: undefined,
      }));
  }

  function winfo(to: Subscription, state: 'full' | 'partial', only?: Subscription): Uint8Array {
    const watchers = entries(to.presentity, only).filter(({ status }) => state === 'partial' || status !== 'terminated');
    const document = { version: to.version++, state, lists: [{ resource: to.presentity, package: 'presence', watchers }] };
    return new TextEncoder().encode(printWatcherInfo(document));
  }

  function notify(subscription: Subscription, body = bodyFor(subscription)): void {
    const seconds = Math.max(0, Math.round((subscription.untilMs - clock.nowMs()) / 1000));
    const reason = seconds === 0 ? 'timeout' : 'rejected';
    const word = subscription.state === 'terminated' ? `terminated;reason=${reason}` : `${subscription.state};expires=${seconds}`;
    const headers = [
      { name: 'Event', value: subscription.event },
      { name: 'Subscription-State', value: word },
      ...(body === undefined ? [] : [{ name: 'Content-Type', value: body.type }]),
    ];
    const { flow } = subscription;
    const [next, request] = requestInDialog(subscription.dialog, 'NOTIFY', {
      contact: { user: 'presence' },
      headers,
      flow,
      ...(body === undefined ? {} : { body: body.bytes }),
    });
    subscription.dialog = next;
    void endpoint.send(request).outcome.then((outcome) => {
      if (outcome.kind === 'final') subscription.dialog = noteRequestSent(subscription.dialog, outcome.request);
      if (outcome.kind !== 'final' || outcome.response.status === 481) subscriptions.delete(subscription);
    });
  }

  function tellWinfo(about: Subscription): void {
    for (const each of subscriptions) {
      if (each.event !== 'presence.winfo' || each.presentity !== about.presentity) continue;
      notify(each, { type: 'application/watcherinfo+xml', bytes: winfo(each, 'partial', about) });
    }
  }

  function subscribe({ message, flow }: IncomingRequest): Reply {
    const checked = checkDigest(parts, message);
    if (checked.kind === 'challenge') return checked.reply;
    const eventText = headerText(message, 'Event') ?? '';
    agent.events.push(eventText);
    if (agent.refusesParameters && eventText.includes(';')) return { status: 489 };
    const event = eventText === 'presence.winfo' ? 'presence.winfo' : 'presence';
    const seconds = Math.min(Number(headerText(message, 'Expires') ?? GRANTED_SECONDS), 3_600);
    const known = [...subscriptions].find((each) => isRequestOf(each.dialog, message));
    if (known === undefined && message.to.parameters.some(({ name }) => name === 'tag')) return { status: 481 };
    const presentity = plainAddress(message.uri);
    if (known === undefined && event === 'presence.winfo' && presentity !== checked.address) return { status: 403 };
    const toTag = known?.dialog.localTag ?? random.token(64);
    const subscription = known ?? newSubscription(message, { event, presentity, watcher: checked.address, flow, toTag });
    if (subscription === undefined) return { status: 400 };
    subscription.untilMs = clock.nowMs() + seconds * 1000;
    clock.startTimer(0, () => settle(subscription));
    return { status: 200, toTag, contact: { user: 'presence' }, headers: [{ name: 'Expires', value: String(seconds) }] };
  }

  function newSubscription(
    message: SipRequest,
    { toTag, ...rest }: { event: Subscription['event']; presentity: string; watcher: string; flow: Flow; toTag: string },
  ): Subscription | undefined {
    const dialog = dialogFromRequest(message, toTag);
    if (dialog === undefined) return undefined;
    const subscription: Subscription = { ...rest, dialog, untilMs: 0, state: 'pending', version: 0 };
    subscriptions.add(subscription);
    return subscription;
  }

  function settle(subscription: Subscription): void {
    subscription.state = subscription.untilMs <= clock.nowMs() ? 'terminated' : stateFor(subscription);
    notify(subscription);
    if (subscription.event === 'presence') tellWinfo(subscription);
    if (subscription.state === 'terminated') subscriptions.delete(subscription);
  }

  function publish({ message }: IncomingRequest): Reply {
    const checked = checkDigest(parts, message);
    if (checked.kind === 'challenge') return checked.reply;
    const own = published.get(checked.address) ?? new Map<string, Publication>();
    published.set(checked.address, own);
    const ifMatch = headerText(message, 'SIP-If-Match');
    const known = ifMatch === undefined ? undefined : own.get(ifMatch);
    if (ifMatch !== undefined && known === undefined) return { status: 412 };
    const seconds = Number(headerText(message, 'Expires') ?? GRANTED_SECONDS);
    const etag = random.token(64);
    if (ifMatch !== undefined) own.delete(ifMatch);
    const body = message.body.length > 0 ? message.body : (known?.body ?? message.body);
    if (seconds > 0) own.set(etag, { etag, body, untilMs: clock.nowMs() + seconds * 1000 });
    if (message.body.length > 0 || seconds === 0) clock.startTimer(0, () => notifyWatchers(checked.address));
    return {
      status: 200,
      headers: [
        { name: 'SIP-ETag', value: etag },
        { name: 'Expires', value: String(seconds) },
      ],
    };
  }

  function notifyWatchers(presentity: string): void {
    for (const each of subscriptions)
      if (each.event === 'presence' && each.presentity === presentity && each.state === 'active') notify(each);
  }

  endpoint.onRequest('SUBSCRIBE', subscribe, 'presence');
  endpoint.onRequest('SUBSCRIBE', subscribe, 'presence.winfo');
  endpoint.onRequest('PUBLISH', publish, 'presence');
  const agent: PresenceAgent = {
    events: [],
    refusesParameters: false,
    rulesChanged(presentity) {
      for (const each of [...subscriptions]) {
        if (each.event !== 'presence' || each.presentity !== presentity) continue;
        each.state = stateFor(each);
        notify(each);
        if (each.state === 'terminated') subscriptions.delete(each);
      }
    },
    describe: () =>
      [...subscriptions]
        .filter((each) => each.event === 'presence' && each.untilMs > clock.nowMs())
        .map((each) => `${each.watcher} watches ${each.presentity}: ${each.state}`),
    publications: (presentity) => [...(published.get(presentity)?.values() ?? [])].filter(({ untilMs }) => untilMs > clock.nowMs()).length,
    forget() {
      subscriptions.clear();
      published.clear();
    },
  };
  return agent;
}
