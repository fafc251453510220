// Trigger: watchDocuments(). Result: a change made by another device is told, by xcap-diff where the server notifies (RFC 5875), else by
// asking now and then with If-None-Match (RFC 4825 §7.11).
import type { Clock, Log, Random, Timer, Uri } from '../../sip/index.ts';
import { RESOURCE_LISTS_CONTENT_TYPE, printRequestList } from '../document/resource-lists.ts';
import { XCAP_DIFF_CONTENT_TYPE, parseXcapDiff } from '../document/xcap-diff.ts';
import type { DocumentChange } from '../document/xcap-diff.ts';
import type { Subscriber } from '../event/subscriber.ts';
import type { Notification, Subscription } from '../event/subscription.ts';
import type { XcapClient, XcapDocument } from './xcap-client.ts';
import type { XcapGetResult } from './xcap-result.ts';
import { documentSelector } from './xcap-url.ts';

/** The document as it is now. */
export type FoundDocument = Extract<XcapGetResult, { kind: 'document' | 'missing' }>;

export interface WatchDocumentsOptions {
  readonly xcap: XcapClient;
  /** For event `xcap-diff`; undefined: only ask now and then. Stays the caller's. */
  readonly subscriber?: Subscriber;
  /** Whose documents: the user's own address, for SUBSCRIBE and as XUI. */
  readonly target: Uri;
  readonly user: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly documents: readonly XcapDocument[];
  /** It is other than what was said to be known. */
  readonly onChanged: (document: XcapDocument, found: FoundDocument) => void;
  /** How changes are learned; `asking` until the server has shown that it notifies. */
  readonly onWay?: (way: 'notified' | 'asking') => void;
}

export interface DocumentWatch {
  /** What we have, fetched or stored by ourselves: only something else is a change. undefined etag: there is no such document. */
  setKnown(document: XcapDocument, etag: string | undefined): void;
  /** Asks for all at once, e.g. when the network is back. */
  checkNow(): void;
  stop(): Promise<void>;
}

/** Between two questions where nobody notifies. */
const POLL_SECONDS = 30;
/** Where the server notifies, for what it forgets to say. */
const NOTIFIED_POLL_SECONDS = 600;
/** Part of a pause that is random: many devices must not ask in one moment. */
const POLL_JITTER = 0.2;

export function watchDocuments(options: WatchDocumentsOptions): DocumentWatch {
  return new Watch(options);
}

class Watch implements DocumentWatch {
  private readonly options: WatchDocumentsOptions;
  /** By selector. Absent: nobody said what is known. */
  private readonly known = new Map<string, string | undefined>();
  private readonly asking = new Set<string>();
  private readonly subscription: Subscription | undefined;
  private isNotified = false;
  private hasStopped = false;
  private timer: Timer | undefined;

  constructor(options: WatchDocumentsOptions) {
    this.options = options;
    this.subscription = options.subscriber?.subscribe({
      target: options.target,
      accept: [XCAP_DIFF_CONTENT_TYPE],
      // RFC 5875 §4.4: which documents, below the XCAP root.
      body: {
        contentType: RESOURCE_LISTS_CONTENT_TYPE,
        bytes: new TextEncoder().encode(printRequestList(options.documents.map((document) => this.selector(document)))),
      },
      onNotify: (notification) => this.heard(notification),
      onState: ({ kind }) => {
        if (kind !== 'active' && kind !== 'pending' && kind !== 'working') this.setWay(false);
      },
    });
    this.arm();
  }

  setKnown(document: XcapDocument, etag: string | undefined): void {
    this.known.set(this.selector(document), etag);
  }

  checkNow(): void {
    for (const document of this.options.documents) void this.ask(document);
    this.arm();
  }

  async stop(): Promise<void> {
    this.hasStopped = true;
    this.timer?.cancel();
    await this.subscription?.stop();
  }

  private selector(document: XcapDocument): string {
    return documentSelector(document.auid, this.options.user, document.filename ?? 'index');
  }

  private arm(): void {
    this.timer?.cancel();
    if (this.hasStopped) return;
    const { clock, random } = this.options;
    const seconds = this.isNotified ? NOTIFIED_POLL_SECONDS : POLL_SECONDS;
    this.timer = clock.startTimer(seconds * 1000 * (1 + POLL_JITTER * random.fraction()), () => this.checkNow());
  }

  private setWay(isNotified: boolean): void {
    if (isNotified === this.isNotified) return;
    this.isNotified = isNotified;
    this.options.onWay?.(isNotified ? 'notified' : 'asking');
    this.arm();
  }

  private heard(notification: Notification): void {
    if (notification.body.length === 0) return;
    const parsed = parseXcapDiff(notification.body);
    if (parsed.kind === 'failure') return this.options.log('warn', `a notice of changed documents cannot be read (${parsed.reason})`);
    const changes = new Map(parsed.document.documents.map((change) => [sameSelector(change.selector), change]));
    for (const document of this.options.documents) {
      const change = changes.get(sameSelector(this.selector(document)));
      if (change === undefined) continue;
      // INTEROP(Kamailio): it takes the subscription and never says anything; only a word about a document of ours counts.
      this.setWay(true);
      if (this.isNews(document, change)) void this.ask(document);
    }
  }

  private isNews(document: XcapDocument, change: DocumentChange): boolean {
    const selector = this.selector(document);
    return this.known.has(selector) && this.known.get(selector) !== change.newEtag?.replace(/^"(.*)"$/, '$1');
  }

  private async ask(document: XcapDocument): Promise<void> {
    const selector = this.selector(document);
    if (!this.known.has(selector) || this.asking.has(selector)) return;
    const etag = this.known.get(selector);
    this.asking.add(selector);
    const found = await this.options.xcap.get(document, etag);
    this.asking.delete(selector);
    // WHY: what became known while the question was under way is newer than its answer.
    if (this.hasStopped || this.known.get(selector) !== etag) return;
    if (found.kind !== 'document' && found.kind !== 'missing') return;
    const next = found.kind === 'document' ? found.etag : undefined;
    if (next === etag) return;
    this.known.set(selector, next);
    this.options.onChanged(document, found);
  }
}

/** Selectors come percent-encoded or not, with a slash before them or not. */
function sameSelector(selector: string): string {
  try {
    return decodeURIComponent(selector).replace(/^\/+/, '');
  } catch {
    return selector.replace(/^\/+/, '');
  }
}
