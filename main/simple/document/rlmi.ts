// Resource list meta-information, application/rlmi+xml (RFC 4662 §5): which parts of a list notification speak of whom.
import { RLMI } from './namespaces.ts';
import type { DocumentFailure, XmlElement } from './xml/element.ts';
import { LARGE_XML_BOUNDS, parseXml } from './xml/parse-xml.ts';
import { attributeOf, childrenNamed, isNamed, textOfChild, wholeNumber } from './xml/read-xml.ts';

export const RLMI_CONTENT_TYPE = 'application/rlmi+xml';

export interface RlmiInstance {
  readonly id: string;
  readonly state: 'active' | 'pending' | 'terminated';
  /** Why it is terminated (RFC 6665 reason). */
  readonly reason: string | undefined;
  /** Content-ID of the part with its state, without angle brackets. */
  readonly contentId: string | undefined;
}

export interface RlmiResource {
  readonly uri: string;
  readonly name: string | undefined;
  readonly instances: readonly RlmiInstance[];
}

export interface RlmiDocument {
  readonly uri: string;
  readonly version: number;
  readonly isFullState: boolean;
  readonly name: string | undefined;
  readonly resources: readonly RlmiResource[];
}

export type RlmiResult = { readonly kind: 'ok'; readonly document: RlmiDocument } | DocumentFailure;

/** Resources without a URI and instances without id or state are left out. INTEROP(Kamailio): resources may have no instance at all. */
export function parseRlmi(source: string | Uint8Array): RlmiResult {
  const parsed = parseXml(source, LARGE_XML_BOUNDS);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  if (!isNamed(root, RLMI, 'list')) return { kind: 'failure', reason: 'not an rlmi document', offset: root.start };
  const version = wholeNumber(attributeOf(root, 'version'));
  if (version === undefined) return { kind: 'failure', reason: 'rlmi without a version', offset: root.start };
  const fullState = attributeOf(root, 'fullState')?.trim();
  return {
    kind: 'ok',
    document: {
      uri: attributeOf(root, 'uri')?.trim() ?? '',
      version,
      isFullState: fullState === 'true' || fullState === '1',
      name: textOfChild(root, RLMI, 'name'),
      resources: childrenNamed(root, RLMI, 'resource').flatMap(readResource),
    },
  };
}

function readResource(element: XmlElement): readonly RlmiResource[] {
  const uri = attributeOf(element, 'uri')?.trim() ?? '';
  if (uri === '') return [];
  return [{ uri, name: textOfChild(element, RLMI, 'name'), instances: childrenNamed(element, RLMI, 'instance').flatMap(readInstance) }];
}

function readInstance(element: XmlElement): readonly RlmiInstance[] {
  const id = attributeOf(element, 'id') ?? '';
  const state = attributeOf(element, 'state')?.trim();
  if (id === '' || (state !== 'active' && state !== 'pending' && state !== 'terminated')) return [];
  return [{ id, state, reason: attributeOf(element, 'reason')?.trim(), contentId: attributeOf(element, 'cid')?.trim() }];
}
