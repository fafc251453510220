// Trigger: subscribeList(). Result: one subscription to a list, each resource's state handed on as if it had notified by itself. RFC 4662, RFC 5367.
import { listOf } from '../../header-value.ts';
import { comparableUri } from '../../document/comparable-uri.ts';
import { RLMI_CONTENT_TYPE } from '../../document/rlmi.ts';
import { RESOURCE_LISTS_CONTENT_TYPE, printRequestList } from '../../document/resource-lists.ts';
import type { HeaderField, SipResponse, Uri } from '../../../sip/index.ts';
import type { Subscriber } from '../subscriber.ts';
import type { Notification, SubscribeOptions, Subscription, SubscriptionState } from '../subscription.ts';
import type { ListAnswer } from './choose-list-way.ts';
import { EMPTY_LIST_TABLE, membersOf, stepListTable } from './list-table.ts';
import type { ListTable, ResourceChange } from './list-table.ts';
import { readListBody } from './read-list-body.ts';
import type { ListBody, ListPart } from './read-list-body.ts';

/** One resource's notification. As `Notification`, with what only a list says. */
export interface ResourceNotification extends Notification {
  /** The list's name for it; a claim of the list. */
  readonly name: string | undefined;
  /** false: the server lists it and says nothing of its state. */
  readonly isKnown: boolean;
}

export interface ListSubscribeOptions {
  readonly subscriber: Subscriber;
  /** The list's URI, or with `members` the list server's. */
  readonly target: Uri;
  /** The list itself, for a request-contained one (RFC 5367): URIs. It cannot change later (RFC 5367 §3.2): subscribe anew. */
  readonly members?: readonly string[];
  /** Types of the resources' own documents, e.g. `['application/pidf+xml']`. */
  readonly accept: readonly string[];
  readonly expiresSeconds?: number;
  readonly minIntervalSeconds?: number;
  /**
   * `uri` as the server wrote it. A resource that the list no longer mentions is `terminated` with reason `noresource`; one of which
   * the server has said nothing yet is `pending`.
   */
  readonly onResource: (uri: string, notification: ResourceNotification) => void;
  readonly onState: (state: SubscriptionState) => void;
  /** What each try said about lists, for `chooseListWay`. */
  readonly onAnswer?: (answer: ListAnswer) => void;
}

/** `refreshNow` asks for the full state of the whole list. */
export type ListSubscription = Subscription;

const LIST_TYPES = ['multipart/related', RLMI_CONTENT_TYPE] as const;

export function subscribeList(options: ListSubscribeOptions): ListSubscription {
  return new ListFlow(options);
}

class ListFlow implements ListSubscription {
  private readonly options: ListSubscribeOptions;
  private readonly subscription: Subscription;
  private table: ListTable = EMPTY_LIST_TABLE;
  private isFullAsked = false;
  private isProven = false;
  /** Of resources that were heard of by name of their list, to tell `pending` once. */
  private readonly heard = new Set<string>();

  constructor(options: ListSubscribeOptions) {
    this.options = options;
    this.subscription = options.subscriber.subscribe(this.subscribeOptions());
  }

  get state(): SubscriptionState {
    return this.subscription.state;
  }

  refreshNow(): void {
    this.subscription.refreshNow();
  }

  retryNow(): void {
    this.subscription.retryNow();
  }

  stop(): Promise<void> {
    return this.subscription.stop();
  }

  private subscribeOptions(): SubscribeOptions {
    const { target, members, accept, expiresSeconds, minIntervalSeconds } = this.options;
    const headers: HeaderField[] = [{ name: 'Supported', value: 'eventlist' }];
    return {
      target,
      accept: [...LIST_TYPES, ...accept],
      headers,
      ...(members === undefined ? {} : { body: requestList(members) }),
      ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
      ...(minIntervalSeconds === undefined ? {} : { minIntervalSeconds }),
      onNotify: (notification) => this.take(notification),
      onAccepted: (response) => this.prove(requiresEventList(response)),
      onState: (state) => this.changed(state),
    };
  }

  /** Once known to be a list it stays one: answers to refreshes need not say so again. */
  private prove(isList: boolean): void {
    if (this.isProven) return;
    this.isProven = isList;
    this.options.onAnswer?.({ kind: 'accepted', isList });
  }

  private changed(state: SubscriptionState): void {
    const answer = answerOf(state);
    this.options.onState(state);
    if (answer !== undefined) this.options.onAnswer?.(answer);
  }

  private take(notification: Notification): void {
    if (notification.isFirst) this.table = EMPTY_LIST_TABLE;
    if (notification.body.length === 0 || notification.contentTypeText === undefined) return;
    const read = readListBody(notification.contentTypeText, notification.body);
    if (read.kind === 'failure') return;
    this.prove(true);
    const isMissing = this.takeList(notification, read);
    if (read.document.isFullState) this.isFullAsked = false;
    // WHY: a server that counts wrongly must not be asked again for each notification.
    if (!isMissing || this.isFullAsked) return;
    this.isFullAsked = true;
    this.subscription.refreshNow();
  }

  /** Whether something is missing, so that full state must be asked for. */
  private takeList(notification: Notification, list: ListBody, name = WHOLE_LIST): boolean {
    const step = stepListTable(this.table, list.document, name);
    if (step.kind === 'stale') return false;
    this.table = step.table;
    let isMissing = step.kind === 'gap';
    // SECURITY: each part counts once, however many resources claim it.
    const unread = new Map(list.nested);
    for (const change of step.changes) {
      const contentId = change.instance?.contentId;
      const nested = contentId === undefined ? undefined : unread.get(contentId);
      if (contentId !== undefined) unread.delete(contentId);
      if (nested === undefined) this.tell(notification, change, contentId === undefined ? undefined : list.parts.get(contentId));
      else isMissing = this.takeList(notification, nested, comparableUri(change.uri)) || isMissing;
    }
    if (step.gone.length > 0) {
      const present = membersOf(this.table);
      for (const uri of step.gone) if (!present.has(uri)) this.tellGone(notification, uri);
    }
    return isMissing;
  }

  private tell(notification: Notification, { uri, name, instance }: ResourceChange, part: ListPart | undefined): void {
    const key = comparableUri(uri);
    const isFirst = !this.heard.has(key);
    // INTEROP(Kamailio): a list without states says nothing new of resources that are known.
    if (instance === undefined && !isFirst) return;
    this.heard.add(key);
    this.options.onResource(uri, {
      state: instance?.state ?? 'pending',
      reason: instance?.state === 'terminated' ? (instance.reason ?? '').toLowerCase() : '',
      contentType: part?.contentType,
      contentTypeText: part?.contentTypeText,
      body: part?.body ?? NOTHING,
      dialogId: `${notification.dialogId};${instance?.id ?? ''}`,
      isFirst: isFirst || notification.isFirst,
      name,
      isKnown: instance !== undefined,
    });
  }

  private tellGone(notification: Notification, uri: string): void {
    this.heard.delete(uri);
    const nothing = { contentType: undefined, contentTypeText: undefined, body: NOTHING, name: undefined, isKnown: true };
    this.options.onResource(uri, {
      ...nothing,
      state: 'terminated',
      reason: 'noresource',
      dialogId: notification.dialogId,
      isFirst: false,
    });
  }
}

/** No resource is called so. */
const WHOLE_LIST = '';
const NOTHING = new Uint8Array();

function requestList(members: readonly string[]): NonNullable<SubscribeOptions['body']> {
  return {
    contentType: RESOURCE_LISTS_CONTENT_TYPE,
    bytes: new TextEncoder().encode(printRequestList(members)),
    // RFC 5367 §3, §4.
    headers: [
      { name: 'Content-Disposition', value: 'recipient-list' },
      { name: 'Require', value: 'recipient-list-subscribe' },
    ],
    isInitialOnly: true,
  };
}

function requiresEventList(response: SipResponse): boolean {
  return listOf(response, 'Require').some((tag) => tag.toLowerCase() === 'eventlist');
}

function answerOf(state: SubscriptionState): ListAnswer | undefined {
  if (state.kind === 'terminated') return { kind: 'terminated', reason: state.reason };
  if (state.kind !== 'failed') return undefined;
  return state.failure.kind === 'status' ? { kind: 'refused', status: state.failure.status } : { kind: 'silent' };
}
