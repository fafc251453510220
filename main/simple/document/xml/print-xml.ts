// Printing XML: everything escaped, characters that XML 1.0 does not allow left out.

/** An element to print. `name` is written as it is (prefix included); undefined attributes and children are left out. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly XmlChild[];
}

export type XmlChild = XmlNode | string | undefined;

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

// XML 1.0 §2.2 Char: other control characters and unpaired surrogates cannot be written, not even escaped; C1 controls are left out with them.
const ILLEGAL_CHARACTERS = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
const NAME = /^[A-Za-z_][\w.-]*$/;

export function xml(name: string, attributes: XmlNode['attributes'] = {}, children: readonly XmlChild[] = []): XmlNode {
  return { name, attributes, children };
}

/** `<name>text</name>`, or nothing where there is no text to say. */
export function textElement(name: string, text: string | number | undefined, attributes: XmlNode['attributes'] = {}): XmlNode | undefined {
  return text === undefined ? undefined : xml(name, attributes, [String(text)]);
}

/** Whether a word may be an element's local name (ASCII names only: all that our namespaces define). */
export function isElementName(word: string): boolean {
  return NAME.test(word);
}

/** What XML 1.0 can carry of a text. */
export function legalText(text: string): string {
  return text.replace(ILLEGAL_CHARACTERS, '');
}

export function printXml(node: XmlNode): string {
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
    .join('');
  const content = node.children.map(printChild).join('');
  return content === '' ? `<${node.name}${attributes}/>` : `<${node.name}${attributes}>${content}</${node.name}>`;
}

/** A whole document, with its declaration. */
export function printXmlDocument(root: XmlNode): string {
  return XML_DECLARATION + printXml(root) + '\n';
}

function printChild(child: XmlChild): string {
  if (child === undefined) return '';
  return typeof child === 'string' ? escapeText(child) : printXml(child);
}

export function escapeText(text: string): string {
  // WHY: a carriage return that is not escaped is read as a line feed (XML 1.0 §2.11).
  return legalText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}
