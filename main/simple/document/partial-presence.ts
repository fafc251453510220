// Partial presence, application/pidf-diff+xml (RFC 5262, notified by RFC 5263): joins full and changed parts to whole PIDF documents. Pure.
import { PIDF } from './namespaces.ts';
import { PIDF_CONTENT_TYPE } from './pidf.ts';
import type { DocumentFailure, XmlDocument, XmlElement } from './xml/element.ts';
import { parseXml } from './xml/parse-xml.ts';
import { patchXml } from './xml/patch-xml.ts';
import { escapeAttribute } from './xml/print-xml.ts';
import { attributeOf, wholeNumber } from './xml/read-xml.ts';
import { prefixFor } from './xml/splice-text.ts';

export const PIDF_DIFF_CONTENT_TYPE = 'application/pidf-diff+xml';
const PIDF_DIFF = 'urn:ietf:params:xml:ns:pidf-diff';

/** For Accept: partial where the server can, with a q value that says so (RFC 5263 §3.1). */
export const PARTIAL_PRESENCE_TYPES: readonly string[] = [`${PIDF_CONTENT_TYPE};q=0.3`, PIDF_DIFF_CONTENT_TYPE];

/** What one subscription knows; it begins with `undefined`. */
export interface PartialPresence {
  readonly version: number;
  /** The whole document as PIDF. */
  readonly text: string;
}

export type PartialPresenceStep =
  | { readonly kind: 'whole'; readonly state: PartialPresence }
  /** A change is missing, or this one does not fit: ask for full state (RFC 5263 §3.4). */
  | { readonly kind: 'gap'; readonly reason: string }
  /** Seen before: nothing changes. */
  | { readonly kind: 'stale' };

/** Takes one `pidf-full` or `pidf-diff` document. */
export function stepPartialPresence(state: PartialPresence | undefined, source: string | Uint8Array): PartialPresenceStep {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') return gap(parsed);
  const { root } = parsed;
  const version = wholeNumber(attributeOf(root, 'version'));
  if (root.namespace !== PIDF_DIFF || version === undefined) return { kind: 'gap', reason: 'not a partial presence document' };
  if (root.local === 'pidf-full') return { kind: 'whole', state: { version, text: wholeOf(parsed) } };
  if (root.local !== 'pidf-diff') return { kind: 'gap', reason: 'not a partial presence document' };
  if (state === undefined) return { kind: 'gap', reason: 'a change of something unknown' };
  if (version <= state.version) return { kind: 'stale' };
  if (version !== state.version + 1) return { kind: 'gap', reason: `version ${version} after ${state.version}` };
  const operations = root.children.filter(({ namespace }) => namespace === PIDF_DIFF);
  const patched = patchXml(state.text, { text: parsed.text, operations });
  return patched.kind === 'failure' ? gap(patched) : { kind: 'whole', state: { version, text: patched.text } };
}

function gap({ reason }: DocumentFailure): PartialPresenceStep {
  return { kind: 'gap', reason };
}

/** `pidf-full` holds what `presence` would: only the root has another name (RFC 5262 §3). */
function wholeOf({ root, text }: XmlDocument): string {
  const known = prefixFor(root, PIDF);
  const name = `${known ?? 'whole-pidf:'}presence`;
  const declared = known === undefined ? ` xmlns:whole-pidf="${PIDF}"` : '';
  const entity = attributeOf(root, 'entity');
  const entityText = entity === undefined ? '' : ` entity="${escapeAttribute(entity)}"`;
  const content = root.contentEnd < root.end ? text.slice(root.contentStart, root.contentEnd) : '';
  return `<${name}${declarations(root)}${declared}${entityText}>${content}</${name}>`;
}

function declarations(root: XmlElement): string {
  return [...root.namespaces]
    .filter(([prefix]) => prefix !== 'xml' && prefix !== 'xmlns')
    .map(([prefix, namespace]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(namespace)}"`)
    .join('');
}
