// Contact lists on the server, application/resource-lists+xml (RFC 4826 §3): parse, and edits that leave everything else as it was.
import { comparableUri } from './comparable-uri.ts';
import { RESOURCE_LISTS } from './namespaces.ts';
import type { DocumentFailure, XmlDocument, XmlElement } from './xml/element.ts';
import { LARGE_XML_BOUNDS, parseXml } from './xml/parse-xml.ts';
import { escapeText, printXml, printXmlDocument, xml } from './xml/print-xml.ts';
import { attributeOf, childNamed, childrenNamed, isNamed, textOf } from './xml/read-xml.ts';
import { insertInto, prefixFor, spliceText, type TextEdit } from './xml/splice-text.ts';

export const RESOURCE_LISTS_CONTENT_TYPE = 'application/resource-lists+xml';

export interface ListEntry {
  /** As written in the document. */
  readonly uri: string;
  /** '' when not given. */
  readonly displayName: string;
}

export interface ResourceList {
  /** '' when not given. */
  readonly name: string;
  readonly displayName: string;
  readonly entries: readonly ListEntry[];
  readonly lists: readonly ResourceList[];
  /** `ref` of each `<entry-ref>`. */
  readonly entryRefs: readonly string[];
  /** `anchor` of each `<external>`. */
  readonly externals: readonly string[];
}

export interface ResourceLists {
  readonly lists: readonly ResourceList[];
}

export type ResourceListsResult = { readonly kind: 'ok'; readonly document: ResourceLists } | DocumentFailure;
export type ListEdit = { readonly kind: 'ok'; readonly text: string } | DocumentFailure;

/** The list that new entries go to; made when it is missing. */
const OUR_LIST = 'contacts';
const NEW_DOCUMENT = printXmlDocument(xml('resource-lists', { xmlns: RESOURCE_LISTS }));

export function parseResourceLists(source: string | Uint8Array): ResourceListsResult {
  const parsed = readRoot(source);
  return parsed.kind === 'failure' ? parsed : { kind: 'ok', document: { lists: listsIn(parsed.root).map(readList) } };
}

/** All entries of all lists, nested ones included, each person once: the first mention counts. */
export function allEntries(document: ResourceLists): readonly ListEntry[] {
  const found = new Map<string, ListEntry>();
  const collect = (list: ResourceList): void => {
    for (const entry of list.entries) {
      const key = comparableUri(entry.uri);
      if (!found.has(key)) found.set(key, entry);
    }
    list.lists.forEach(collect);
  };
  document.lists.forEach(collect);
  return [...found.values()];
}

/**
 * Adds or renames the entry of each URI (compared as SIP addresses): wherever it is already listed its display name is set, else it is
 * appended to our list (made if missing). undefined makes a new document. A '' name takes the display name away.
 * WHY many at once: a list of thousands is read once, not once for each.
 */
export function putEntries(documentText: string | undefined, entries: readonly ListEntry[]): ListEdit {
  const parsed = readRoot(documentText ?? NEW_DOCUMENT);
  if (parsed.kind === 'failure') return parsed;
  const { root, text } = parsed;
  const listed = elementsByUri(root);
  const wanted = new Map(entries.map((entry) => [comparableUri(entry.uri), entry]));
  const renamed = [...wanted].flatMap(([key, { displayName }]) =>
    (listed.get(key) ?? []).flatMap((element) => renameEdits(text, element, displayName)),
  );
  const added = [...wanted].filter(([key]) => !listed.has(key)).map(([, entry]) => entry);
  return { kind: 'ok', text: spliceText(text, [...renamed, ...appendEdits(text, root, added)]) };
}

/** Removes every entry for each of the URIs, in all lists. */
export function removeEntries(documentText: string, uris: readonly string[]): ListEdit {
  const parsed = readRoot(documentText);
  if (parsed.kind === 'failure') return parsed;
  const listed = elementsByUri(parsed.root);
  const gone = [...new Set(uris.map(comparableUri))].flatMap((key) => listed.get(key) ?? []);
  return {
    kind: 'ok',
    text: spliceText(
      parsed.text,
      gone.map(({ start, end }) => ({ start, end, replacement: '' })),
    ),
  };
}

/** A list to go into a request (RFC 5363 §5.1, RFC 5367 §4): these URIs, each once, and nothing else. */
export function printRequestList(uris: readonly string[]): string {
  const entries = [...new Map(uris.map((uri) => [comparableUri(uri), uri])).values()].map((uri) => xml('entry', { uri }));
  return printXmlDocument(xml('resource-lists', { xmlns: RESOURCE_LISTS }, [xml('list', {}, entries)]));
}

function readRoot(source: string | Uint8Array): XmlDocument | DocumentFailure {
  const parsed = parseXml(source, LARGE_XML_BOUNDS);
  if (parsed.kind === 'failure' || isNamed(parsed.root, RESOURCE_LISTS, 'resource-lists')) return parsed;
  return { kind: 'failure', reason: 'not a resource lists document', offset: parsed.root.start };
}

function listsIn(parent: XmlElement): readonly XmlElement[] {
  return childrenNamed(parent, RESOURCE_LISTS, 'list');
}

function displayNameOf(element: XmlElement): string {
  return textOf(childNamed(element, RESOURCE_LISTS, 'display-name'));
}

function readList(element: XmlElement): ResourceList {
  const references = (local: string, attribute: string): readonly string[] =>
    childrenNamed(element, RESOURCE_LISTS, local)
      .map((child) => attributeOf(child, attribute)?.trim() ?? '')
      .filter((value) => value !== '');
  return {
    name: attributeOf(element, 'name')?.trim() ?? '',
    displayName: displayNameOf(element),
    entries: childrenNamed(element, RESOURCE_LISTS, 'entry')
      .map((entry) => ({ uri: attributeOf(entry, 'uri')?.trim() ?? '', displayName: displayNameOf(entry) }))
      .filter(({ uri }) => uri !== ''),
    lists: listsIn(element).map(readList),
    entryRefs: references('entry-ref', 'ref'),
    externals: references('external', 'anchor'),
  };
}

function elementsByUri(root: XmlElement): ReadonlyMap<string, readonly XmlElement[]> {
  const found = new Map<string, XmlElement[]>();
  const collect = (list: XmlElement): void => {
    for (const entry of childrenNamed(list, RESOURCE_LISTS, 'entry')) {
      const key = comparableUri(attributeOf(entry, 'uri') ?? '');
      const known = found.get(key);
      if (known === undefined) found.set(key, [entry]);
      else known.push(entry);
    }
    listsIn(list).forEach(collect);
  };
  listsIn(root).forEach(collect);
  return found;
}

/** Only the display name changes; whatever else others put into the entry stays. */
function renameEdits(text: string, entry: XmlElement, displayName: string): readonly TextEdit[] {
  const present = childNamed(entry, RESOURCE_LISTS, 'display-name');
  if (displayNameOf(entry) === displayName) return [];
  const prefix = prefixFor(entry, RESOURCE_LISTS) ?? '';
  if (present === undefined) return insertInto(text, entry, printXml(xml(`${prefix}display-name`, {}, [displayName])), '');
  if (displayName === '') return [{ start: present.start, end: present.end, replacement: '' }];
  if (present.contentEnd === present.end) return insertInto(text, present, escapeText(displayName), '');
  return [{ start: present.contentStart, end: present.contentEnd, replacement: escapeText(displayName) }];
}

function appendEdits(text: string, root: XmlElement, entries: readonly ListEntry[]): readonly TextEdit[] {
  if (entries.length === 0) return [];
  const list = listsIn(root).find((candidate) => attributeOf(candidate, 'name') === OUR_LIST);
  const prefix = prefixFor(list ?? root, RESOURCE_LISTS) ?? '';
  const nodes = entries.map(({ uri, displayName }) =>
    xml(`${prefix}entry`, { uri }, [displayName === '' ? undefined : xml(`${prefix}display-name`, {}, [displayName])]),
  );
  if (list !== undefined) return insertInto(text, list, '', nodes.map(printXml).join(''));
  return insertInto(text, root, '', printXml(xml(`${prefix}list`, { name: OUR_LIST }, nodes)));
}
