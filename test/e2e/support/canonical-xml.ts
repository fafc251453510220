// An XML document as what it says, whatever its prefixes, its white space and the order of its attributes are.
import { parseXml } from '../../../main/simple/document/xml/parse-xml.ts';
import type { XmlElement } from '../../../main/simple/document/xml/element.ts';

export interface CanonicalElement {
  /** `{namespace}local`. */
  readonly name: string;
  readonly attributes: readonly string[];
  readonly text: string;
  readonly children: readonly CanonicalElement[];
}

/** undefined for an empty text; what is no XML fails the test. */
export function canonicalXml(text: string): CanonicalElement | undefined {
  if (text === '') return undefined;
  const parsed = parseXml(text);
  if (parsed.kind === 'failure') throw new Error(`${parsed.reason} at ${parsed.offset}: ${text}`);
  return canonical(parsed.root);
}

function canonical({ namespace, local, attributes, text, children }: XmlElement): CanonicalElement {
  return {
    name: `{${namespace}}${local}`,
    attributes: attributes.map((one) => `{${one.namespace}}${one.local}=${one.value}`).sort(),
    text: text.trim(),
    children: children.map(canonical),
  };
}
