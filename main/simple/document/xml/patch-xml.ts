// Applies XML patches to a document's text (RFC 5261): what presence and list notifications use of it. Pure; never throws.
import type { DocumentFailure, XmlElement } from './element.ts';
import { BODY_XML_BOUNDS, parseXml } from './parse-xml.ts';
import { escapeAttribute, escapeText } from './print-xml.ts';
import { attributeOf } from './read-xml.ts';
import { fragmentFor } from './patch-fragment.ts';
import { selectNode } from './select-node.ts';
import type { SelectedNode } from './select-node.ts';
import { insertInto, spliceText } from './splice-text.ts';
import type { TextEdit } from './splice-text.ts';

/** The text that the patch operations stand in: offsets count in it. */
export interface PatchSource {
  readonly text: string;
  /** `<add>`, `<replace>` and `<remove>` elements, in order. */
  readonly operations: readonly XmlElement[];
}

export type PatchResult = { readonly kind: 'ok'; readonly text: string } | DocumentFailure;

/** Operations of one patch: more is an attack. */
const MAX_OPERATIONS = 200;
/** Characters read for one patch: each operation reads the document anew. Real ones are some thousand long, and patched in a few places. */
const MAX_READ_CHARACTERS = BODY_XML_BOUNDS.characters;

/** Applies them one after the other (RFC 5261 §4.1); a patch that cannot be applied whole is not applied at all. */
export function patchXml(text: string, patch: PatchSource): PatchResult {
  if (patch.operations.length > MAX_OPERATIONS) return refused(`more than ${MAX_OPERATIONS} operations`, 0);
  let current = text;
  let left = MAX_READ_CHARACTERS;
  for (const operation of patch.operations) {
    left -= current.length;
    if (left < 0) return refused('too many operations on a document of this size', operation.start);
    const document = parseXml(current);
    if (document.kind === 'failure') return document;
    const node = selectNode(document.root, attributeOf(operation, 'sel') ?? '', operation.namespaces);
    if (node === undefined) return refused(`nothing, or more than one thing, at "${attributeOf(operation, 'sel') ?? ''}"`, operation.start);
    const edits = editsFor(document.text, node, operation, patch.text);
    if (edits === undefined) return refused(`cannot ${operation.local} there`, operation.start);
    current = spliceText(document.text, edits);
  }
  const whole = parseXml(current);
  return whole.kind === 'failure' ? whole : { kind: 'ok', text: whole.text };
}

function refused(reason: string, offset: number): DocumentFailure {
  return { kind: 'failure', reason, offset };
}

function editsFor(text: string, node: SelectedNode, operation: XmlElement, patchText: string): readonly TextEdit[] | undefined {
  switch (operation.local) {
    case 'add':
      return additions(text, node, operation, patchText);
    case 'replace':
      return replacements(text, node, operation, patchText);
    case 'remove':
      return removals(text, node, operation);
    default:
      return undefined;
  }
}

/** RFC 5261 §4.3: `pos` before, after, prepend, or (absent) append; `type="@name"` adds an attribute. */
function additions(text: string, node: SelectedNode, operation: XmlElement, patchText: string): readonly TextEdit[] | undefined {
  if (node.kind !== 'element') return undefined;
  const { element } = node;
  const type = attributeOf(operation, 'type')?.trim();
  if (type !== undefined) return addedAttribute(text, element, type, operation.text);
  const position = attributeOf(operation, 'pos');
  const fragment = fragmentFor(operation, patchText, element);
  switch (position) {
    case undefined:
      return insertInto(text, element, '', fragment);
    case 'prepend':
      return insertInto(text, element, fragment, '');
    case 'before':
      return [{ start: element.start, end: element.start, replacement: fragment }];
    case 'after':
      return [{ start: element.end, end: element.end, replacement: fragment }];
    default:
      return undefined;
  }
}

function addedAttribute(text: string, element: XmlElement, type: string, value: string): readonly TextEdit[] | undefined {
  const name = /^(?:@|attribute::)([A-Za-z_][\w.-]*)$/.exec(type)?.[1];
  if (name === undefined || attributeOf(element, name) !== undefined) return undefined;
  const at = element.start + /^<[^\s/>]+/.exec(text.slice(element.start, element.contentStart))![0].length;
  return [{ start: at, end: at, replacement: ` ${name}="${escapeAttribute(value)}"` }];
}

/** RFC 5261 §4.4. An element is replaced by exactly one other. */
function replacements(text: string, node: SelectedNode, operation: XmlElement, patchText: string): readonly TextEdit[] | undefined {
  switch (node.kind) {
    case 'element':
      if (operation.children.length !== 1) return undefined;
      return [{ start: node.element.start, end: node.element.end, replacement: fragmentFor(operation, patchText, node.element).trim() }];
    case 'text':
      return replacedText(text, node.element, operation.text);
    case 'attribute': {
      const span = attributeSpan(text, node.element, node.name);
      return span === undefined ? undefined : [{ ...span, replacement: `${node.name}="${escapeAttribute(operation.text)}"` }];
    }
  }
}

/** RFC 5261 §4.5. `ws` (white space around it) is left where it is: nobody reads it. */
function removals(text: string, node: SelectedNode, operation: XmlElement): readonly TextEdit[] | undefined {
  if (operation.children.length > 0) return undefined;
  switch (node.kind) {
    case 'element':
      return [{ start: node.element.start, end: node.element.end, replacement: '' }];
    case 'text':
      return replacedText(text, node.element, '');
    case 'attribute': {
      const span = attributeSpan(text, node.element, node.name);
      return span === undefined ? undefined : [{ ...span, replacement: '' }];
    }
  }
}

/** DEVIATION(RFC 5261 §4.1): the text of an element counts as one node, and only where no element stands in it. */
function replacedText(text: string, element: XmlElement, replacement: string): readonly TextEdit[] | undefined {
  if (element.children.length > 0) return undefined;
  if (element.contentEnd === element.end) return insertInto(text, element, escapeText(replacement), '');
  return [{ start: element.contentStart, end: element.contentEnd, replacement: escapeText(replacement) }];
}

function attributeSpan(text: string, element: XmlElement, name: string): { start: number; end: number } | undefined {
  const tag = text.slice(element.start, element.contentStart);
  // Attributes one after the other, so that nothing inside a value is taken for a name.
  for (const match of tag.matchAll(/([^\s=/<>]+)\s*=\s*(?:"[^"]*"|'[^']*')/g)) {
    if (match[1] === name) return { start: element.start + match.index, end: element.start + match.index + match[0].length };
  }
  return undefined;
}
