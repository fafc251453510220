// Changes of XCAP documents, application/xcap-diff+xml (RFC 5874). Patches are told apart, but not applied: the document is fetched anew.
import { XCAP_DIFF } from './namespaces.ts';
import type { DocumentFailure, XmlElement } from './xml/element.ts';
import { LARGE_XML_BOUNDS, parseXml } from './xml/parse-xml.ts';
import { attributeOf, childNamed, childrenNamed, isNamed } from './xml/read-xml.ts';

export const XCAP_DIFF_CONTENT_TYPE = 'application/xcap-diff+xml';

/** `newEtag` undefined: the document was removed. `previousEtag` undefined: it was created, or this is the first notice. */
export interface DocumentChange {
  /** Below the XCAP root, e.g. `pres-rules/users/sip:ada@example.org/index`. */
  readonly selector: string;
  readonly newEtag: string | undefined;
  readonly previousEtag: string | undefined;
  /** RFC 5874 §4: only the ETag changed. */
  readonly isBodyUnchanged: boolean;
}

/** One element or attribute that is watched. `value` undefined where it does not exist, or the element's text is not given. */
export interface ComponentChange {
  readonly kind: 'element' | 'attribute';
  readonly selector: string;
  readonly exists: boolean;
  readonly value: string | undefined;
}

export interface XcapDiff {
  readonly xcapRoot: string;
  readonly documents: readonly DocumentChange[];
  readonly components: readonly ComponentChange[];
}

export type XcapDiffResult = { readonly kind: 'ok'; readonly document: XcapDiff } | DocumentFailure;

export function parseXcapDiff(source: string | Uint8Array): XcapDiffResult {
  const parsed = parseXml(source, LARGE_XML_BOUNDS);
  if (parsed.kind === 'failure') return parsed;
  const { root, text } = parsed;
  if (!isNamed(root, XCAP_DIFF, 'xcap-diff')) return { kind: 'failure', reason: 'not an xcap-diff document', offset: root.start };
  const documents = childrenNamed(root, XCAP_DIFF, 'document').flatMap(readDocument);
  const components = (['element', 'attribute'] as const).flatMap((kind) =>
    childrenNamed(root, XCAP_DIFF, kind).flatMap((element) => readComponent(kind, element, text)),
  );
  return { kind: 'ok', document: { xcapRoot: attributeOf(root, 'xcap-root')?.trim() ?? '', documents, components } };
}

function selectorOf(element: XmlElement): string {
  return attributeOf(element, 'sel')?.trim() ?? '';
}

function readDocument(element: XmlElement): readonly DocumentChange[] {
  const selector = selectorOf(element);
  if (selector === '') return [];
  return [
    {
      selector,
      newEtag: attributeOf(element, 'new-etag'),
      previousEtag: attributeOf(element, 'previous-etag'),
      isBodyUnchanged: childNamed(element, XCAP_DIFF, 'body-not-changed') !== undefined,
    },
  ];
}

function readComponent(kind: ComponentChange['kind'], element: XmlElement, text: string): readonly ComponentChange[] {
  const selector = selectorOf(element);
  if (selector === '') return [];
  const exists = attributeOf(element, 'exists')?.trim();
  const isThere = exists !== 'false' && exists !== '0';
  const content = kind === 'attribute' ? element.text : text.slice(element.contentStart, element.contentEnd).trim();
  return [{ kind, selector, exists: isThere, value: isThere && content !== '' ? content : undefined }];
}
