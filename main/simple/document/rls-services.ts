// Lists that one may subscribe to, application/rls-services+xml (RFC 4826 §4): an edit that leaves everything else as it was.
import { comparableUri } from './comparable-uri.ts';
import { RESOURCE_LISTS, RLS_SERVICES } from './namespaces.ts';
import type { DocumentFailure, XmlDocument, XmlElement } from './xml/element.ts';
import { LARGE_XML_BOUNDS, parseXml } from './xml/parse-xml.ts';
import { printXml, printXmlDocument, xml } from './xml/print-xml.ts';
import type { XmlNode } from './xml/print-xml.ts';
import { attributeOf, childNamed, childrenNamed, isNamed, textOf, textOfChild } from './xml/read-xml.ts';
import { insertInto, prefixFor, spliceText } from './xml/splice-text.ts';

export const RLS_SERVICES_CONTENT_TYPE = 'application/rls-services+xml';

/** One list that has a SIP URI of its own. */
export interface RlsService {
  /** What to subscribe to, e.g. `sip:ada-contacts@example.org`. */
  readonly uri: string;
  /** URL of the `<list>` element in a resource-lists document; undefined where the list stands in the service itself. */
  readonly resourceList: string | undefined;
  /** URIs of a list that stands in the service itself. */
  readonly entries: readonly string[];
  /** Event packages it is for; empty: all. */
  readonly packages: readonly string[];
}

export type RlsServicesEdit = { readonly kind: 'ok'; readonly text: string } | DocumentFailure;

const NEW_DOCUMENT = printXmlDocument(xml('rls-services', { xmlns: RLS_SERVICES, 'xmlns:rl': RESOURCE_LISTS }));

/**
 * Makes `service.uri` stand for the list at `resourceList`, or for the entries where there is none. A service of that URI is replaced,
 * one that says the same already is left as it is. undefined makes a new document.
 */
export function putService(documentText: string | undefined, service: RlsService): RlsServicesEdit {
  const parsed = readRoot(documentText ?? NEW_DOCUMENT);
  if (parsed.kind === 'failure') return parsed;
  const { root, text } = parsed;
  const [known, ...doubles] = servicesFor(root, service.uri);
  const printed = printXml(serviceNode(root, service));
  if (known === undefined) return { kind: 'ok', text: spliceText(text, insertInto(text, root, '', printed)) };
  const isSame = doubles.length === 0 && JSON.stringify(readService(known)) === JSON.stringify(service);
  const edits = [known, ...doubles].map(({ start, end }, index) => ({ start, end, replacement: index === 0 ? printed : '' }));
  return { kind: 'ok', text: isSame ? text : spliceText(text, edits) };
}

function readRoot(source: string): XmlDocument | DocumentFailure {
  const parsed = parseXml(source, LARGE_XML_BOUNDS);
  if (parsed.kind === 'failure' || isNamed(parsed.root, RLS_SERVICES, 'rls-services')) return parsed;
  return { kind: 'failure', reason: 'not an rls-services document', offset: parsed.root.start };
}

function servicesIn(root: XmlElement): readonly XmlElement[] {
  return childrenNamed(root, RLS_SERVICES, 'service').filter((service) => (attributeOf(service, 'uri')?.trim() ?? '') !== '');
}

function servicesFor(root: XmlElement, uri: string): readonly XmlElement[] {
  const wanted = comparableUri(uri);
  return servicesIn(root).filter((service) => comparableUri(attributeOf(service, 'uri') ?? '') === wanted);
}

function readService(element: XmlElement): RlsService {
  const list = childNamed(element, RLS_SERVICES, 'list');
  const packages = childNamed(element, RLS_SERVICES, 'packages');
  return {
    uri: attributeOf(element, 'uri')?.trim() ?? '',
    resourceList: textOfChild(element, RLS_SERVICES, 'resource-list'),
    entries: list === undefined ? [] : entriesIn(list),
    packages: packages === undefined ? [] : childrenNamed(packages, RLS_SERVICES, 'package').map(textOf),
  };
}

/** Lists in the list included. */
function entriesIn(list: XmlElement): readonly string[] {
  return list.children.flatMap((child) => {
    if (isNamed(child, RESOURCE_LISTS, 'list')) return entriesIn(child);
    const uri = isNamed(child, RESOURCE_LISTS, 'entry') ? (attributeOf(child, 'uri')?.trim() ?? '') : '';
    return uri === '' ? [] : [uri];
  });
}

function serviceNode(root: XmlElement, { uri, resourceList, entries, packages }: RlsService): XmlNode {
  const prefix = prefixFor(root, RLS_SERVICES) ?? '';
  const known = prefixFor(root, RESOURCE_LISTS);
  const declared = known === undefined ? { 'xmlns:rl': RESOURCE_LISTS } : {};
  const list =
    resourceList === undefined
      ? xml(
          `${prefix}list`,
          declared,
          entries.map((entry) => xml(`${known ?? 'rl:'}entry`, { uri: entry })),
        )
      : xml(`${prefix}resource-list`, {}, [resourceList]);
  const named = packages.map((name) => xml(`${prefix}package`, {}, [name]));
  return xml(`${prefix}service`, { uri }, [list, named.length === 0 ? undefined : xml(`${prefix}packages`, {}, named)]);
}
