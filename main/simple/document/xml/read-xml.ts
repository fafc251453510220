// Looking things up in an XML tree: by namespace and local name, never by prefix.
import type { XmlElement } from './element.ts';

export function isNamed(element: XmlElement, namespace: string, local: string): boolean {
  return element.local === local && element.namespace === namespace;
}

export function childrenNamed(element: XmlElement, namespace: string, local: string): readonly XmlElement[] {
  return element.children.filter((child) => isNamed(child, namespace, local));
}

/** The first such child. */
export function childNamed(element: XmlElement, namespace: string, local: string): XmlElement | undefined {
  return element.children.find((child) => isNamed(child, namespace, local));
}

/** The value of an attribute without namespace; undefined when absent. */
export function attributeOf(element: XmlElement, local: string, namespace = ''): string | undefined {
  return element.attributes.find((attribute) => attribute.local === local && attribute.namespace === namespace)?.value;
}

/** An element's own text without white space around it; '' for no element. */
export function textOf(element: XmlElement | undefined): string {
  return element === undefined ? '' : element.text.trim();
}

/** The text of the first such child; undefined when there is none or it is empty. */
export function textOfChild(element: XmlElement, namespace: string, local: string): string | undefined {
  const text = textOf(childNamed(element, namespace, local));
  return text === '' ? undefined : text;
}

/** A non-negative whole number; undefined for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (!/^\d{1,15}$/.test(trimmed)) return undefined;
  return Number(trimmed);
}
