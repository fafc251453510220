// What an XCAP server can do, application/xcap-caps+xml (RFC 4825 §12), and its conflict reports, application/xcap-error+xml (§11).
import { XCAP_CAPS, XCAP_ERROR } from './namespaces.ts';
import type { DocumentFailure } from './xml/element.ts';
import { parseXml } from './xml/parse-xml.ts';
import { attributeOf, childrenNamed, isNamed, textOf } from './xml/read-xml.ts';

export interface XcapCapabilities {
  readonly auids: readonly string[];
  readonly extensions: readonly string[];
  readonly namespaces: readonly string[];
}

export type XcapCapabilitiesResult = { readonly kind: 'ok'; readonly document: XcapCapabilities } | DocumentFailure;

export function parseXcapCapabilities(source: string | Uint8Array): XcapCapabilitiesResult {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  if (!isNamed(root, XCAP_CAPS, 'xcap-caps')) return { kind: 'failure', reason: 'not an xcap-caps document', offset: root.start };
  const words = (group: string, local: string): readonly string[] =>
    childrenNamed(root, XCAP_CAPS, group)
      .flatMap((element) => childrenNamed(element, XCAP_CAPS, local).map(textOf))
      .filter((word) => word !== '');
  return {
    kind: 'ok',
    document: { auids: words('auids', 'auid'), extensions: words('extensions', 'extension'), namespaces: words('namespaces', 'namespace') },
  };
}

/** Why a server refused a change with 409. `condition`: the element's name, e.g. `schema-validation-error`, `uniqueness-failure`. */
export interface XcapError {
  readonly condition: string;
  readonly phrase: string | undefined;
}

export type XcapErrorResult = { readonly kind: 'ok'; readonly document: XcapError } | DocumentFailure;

export function parseXcapError(source: string | Uint8Array): XcapErrorResult {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  const [condition] = root.children;
  if (!isNamed(root, XCAP_ERROR, 'xcap-error') || condition === undefined)
    return { kind: 'failure', reason: 'not an xcap-error document', offset: root.start };
  return { kind: 'ok', document: { condition: condition.local, phrase: attributeOf(condition, 'phrase') } };
}
