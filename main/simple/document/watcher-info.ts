// Watcher information documents, application/watcherinfo+xml (RFC 3858): parse and print.
import { WATCHER_INFO } from './namespaces.ts';
import type { DocumentFailure, XmlElement } from './xml/element.ts';
import { LARGE_XML_BOUNDS, parseXml } from './xml/parse-xml.ts';
import { printXmlDocument, xml, type XmlNode } from './xml/print-xml.ts';
import { attributeOf, childrenNamed, isNamed, textOf, wholeNumber } from './xml/read-xml.ts';

export const WATCHER_INFO_CONTENT_TYPE = 'application/watcherinfo+xml';

export type WatcherStatus = 'pending' | 'active' | 'waiting' | 'terminated';
export type WatcherEvent = 'subscribe' | 'approved' | 'deactivated' | 'probation' | 'rejected' | 'timeout' | 'giveup' | 'noresource';

/** One watcher, i.e. one subscription: the same URI may come many times with different ids. */
export interface WatcherEntry {
  readonly id: string;
  /** As written, e.g. `sip:bob@example.org`; not canonical. */
  readonly uri: string;
  /** A claim of the watcher; '' when not given. */
  readonly displayName: string;
  readonly status: WatcherStatus;
  /** The event that led there; a word of its own where the document uses one we do not know. */
  readonly event: WatcherEvent | (string & {});
  /** Seconds left of the subscription. */
  readonly expirationSeconds: number | undefined;
  readonly durationSubscribedSeconds: number | undefined;
}

export interface WatcherList {
  /** Whose watchers: a URI as written. */
  readonly resource: string;
  readonly package: string;
  readonly watchers: readonly WatcherEntry[];
}

export interface WatcherInfoDocument {
  readonly version: number;
  readonly state: 'full' | 'partial';
  readonly lists: readonly WatcherList[];
}

export type WatcherInfoResult = { readonly kind: 'ok'; readonly document: WatcherInfoDocument } | DocumentFailure;

const STATUSES: readonly WatcherStatus[] = ['pending', 'active', 'waiting', 'terminated'];

/** Reads a watcherinfo document; watchers without id, URI or a known status are left out. */
export function parseWatcherInfo(source: string | Uint8Array): WatcherInfoResult {
  const parsed = parseXml(source, LARGE_XML_BOUNDS);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  if (!isNamed(root, WATCHER_INFO, 'watcherinfo')) return { kind: 'failure', reason: 'not a watcherinfo document', offset: root.start };
  const version = wholeNumber(attributeOf(root, 'version'));
  if (version === undefined) return { kind: 'failure', reason: 'watcherinfo without a version', offset: root.start };
  const state = attributeOf(root, 'state');
  if (state !== 'full' && state !== 'partial')
    return { kind: 'failure', reason: 'watcherinfo is neither full nor partial', offset: root.start };
  return { kind: 'ok', document: { version, state, lists: childrenNamed(root, WATCHER_INFO, 'watcher-list').map(readList) } };
}

function readList(element: XmlElement): WatcherList {
  return {
    resource: attributeOf(element, 'resource')?.trim() ?? '',
    package: attributeOf(element, 'package')?.trim() ?? '',
    watchers: childrenNamed(element, WATCHER_INFO, 'watcher').flatMap(readWatcher),
  };
}

function readWatcher(element: XmlElement): readonly WatcherEntry[] {
  const id = attributeOf(element, 'id') ?? '';
  const uri = textOf(element);
  const status = STATUSES.find((known) => known === attributeOf(element, 'status')?.trim());
  if (id === '' || uri === '' || status === undefined) return [];
  return [
    {
      id,
      uri,
      displayName: attributeOf(element, 'display-name')?.trim() ?? '',
      status,
      event: attributeOf(element, 'event')?.trim() ?? '',
      expirationSeconds: wholeNumber(attributeOf(element, 'expiration')),
      durationSubscribedSeconds: wholeNumber(attributeOf(element, 'duration-subscribed')),
    },
  ];
}

export function printWatcherInfo(document: WatcherInfoDocument): string {
  return printXmlDocument(
    xml('watcherinfo', { xmlns: WATCHER_INFO, version: document.version, state: document.state }, document.lists.map(printList)),
  );
}

function printList(list: WatcherList): XmlNode {
  return xml('watcher-list', { resource: list.resource, package: list.package }, list.watchers.map(printWatcher));
}

function printWatcher(watcher: WatcherEntry): XmlNode {
  const attributes = {
    status: watcher.status,
    event: watcher.event,
    id: watcher.id,
    'display-name': watcher.displayName === '' ? undefined : watcher.displayName,
    expiration: watcher.expirationSeconds,
    'duration-subscribed': watcher.durationSubscribedSeconds,
  };
  return xml('watcher', attributes, [watcher.uri]);
}
