// Finds the one node that a selector names (RFC 5261 §4.1: a small part of XPath 1.0).
import type { XmlElement } from './element.ts';
import { attributeOf, textOf } from './read-xml.ts';

export type SelectedNode =
  | { readonly kind: 'element'; readonly element: XmlElement }
  /** The text of this element. */
  | { readonly kind: 'text'; readonly element: XmlElement }
  /** An attribute of this element, without namespace. */
  | { readonly kind: 'attribute'; readonly element: XmlElement; readonly name: string };

/** Longer selectors are an attack: real ones name four or five steps. */
const MAX_SELECTOR_LENGTH = 1_024;

const STEP = /^(?:(\*)|(?:([A-Za-z_][\w.-]*):)?(\*|[A-Za-z_][\w.-]*))((?:\[[^\]"']*(?:"[^"]*"|'[^']*')?[^\]"']*\])*)$/;
const PREDICATE = /\[\s*(?:(\d{1,6})|(@)?([\w.:-]+|\.)\s*=\s*(?:"([^"]*)"|'([^']*)'))\s*\]/g;

/**
 * Steps such as `tuple`, `*`, `p:tuple[@id="x"]`, `note[2]`, `status[basic="open"]`, and at the end `text()` or `@name`; `id("x")`
 * begins anywhere. Names without prefix take the default namespace in scope where the selector stands (RFC 5261 §4.2.2).
 * undefined: it names nothing, more than one node, or is more XPath than this.
 */
export function selectNode(root: XmlElement, selector: string, namespaces: ReadonlyMap<string, string>): SelectedNode | undefined {
  if (selector.length > MAX_SELECTOR_LENGTH) return undefined;
  const steps = splitSteps(selector.trim());
  const last = steps.at(-1) ?? '';
  const attribute = /^@([A-Za-z_][\w.-]*)$/.exec(last)?.[1];
  const isText = last === 'text()' || last === 'text()[1]';
  const path = attribute !== undefined || isText ? steps.slice(0, -1) : steps;
  const element = walk(root, path, namespaces);
  if (element === undefined) return undefined;
  if (isText) return { kind: 'text', element };
  if (attribute === undefined) return { kind: 'element', element };
  return attributeOf(element, attribute) === undefined ? undefined : { kind: 'attribute', element, name: attribute };
}

/** Splits at slashes that stand in no quotes; a leading one means the same as none (RFC 5261 §4.1). */
function splitSteps(selector: string): string[] {
  const steps: string[] = [];
  let step = '';
  let quote = '';
  for (const character of selector.startsWith('/') ? selector.slice(1) : selector) {
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    if (character === '/' && quote === '') {
      steps.push(step.trim());
      step = '';
    } else step += character;
  }
  return [...steps, step.trim()];
}

function walk(root: XmlElement, path: readonly string[], namespaces: ReadonlyMap<string, string>): XmlElement | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return undefined;
  const id = /^id\(\s*(?:"([^"]*)"|'([^']*)')\s*\)$/.exec(first);
  const start = id === null ? matching([root], first, namespaces) : withId(root, id[1] ?? id[2] ?? '');
  let current = only(start);
  for (const step of rest) {
    if (current === undefined) return undefined;
    current = only(matching(current.children, step, namespaces));
  }
  return current;
}

function only(elements: readonly XmlElement[]): XmlElement | undefined {
  return elements.length === 1 ? elements[0] : undefined;
}

function withId(element: XmlElement, id: string): readonly XmlElement[] {
  const own = attributeOf(element, 'id') === id ? [element] : [];
  return [...own, ...element.children.flatMap((child) => withId(child, id))];
}

function matching(candidates: readonly XmlElement[], step: string, namespaces: ReadonlyMap<string, string>): readonly XmlElement[] {
  const parsed = STEP.exec(step);
  if (parsed === null) return [];
  const [, star, prefix, local = ''] = parsed;
  const namespace = prefix === undefined ? (namespaces.get('') ?? '') : namespaces.get(prefix);
  if (namespace === undefined) return [];
  const isAny = star !== undefined || (prefix === undefined && local === '*');
  let found = candidates.filter((element) => isAny || (element.namespace === namespace && (local === '*' || element.local === local)));
  const predicates = parsed[4] ?? '';
  let read = 0;
  for (const match of predicates.matchAll(PREDICATE)) {
    if (match.index !== read) return [];
    read += match[0].length;
    const [, position, at, name = '', double, single] = match;
    const value = double ?? single ?? '';
    if (position !== undefined) found = found.slice(Number(position) - 1, Number(position));
    else if (at !== undefined) found = found.filter((element) => attributeOf(element, name) === value);
    else if (name === '.') found = found.filter((element) => textOf(element) === value);
    else found = found.filter((element) => hasChildText(element, name, value, namespaces));
  }
  return read === predicates.length ? found : [];
}

function hasChildText(element: XmlElement, name: string, value: string, namespaces: ReadonlyMap<string, string>): boolean {
  return matching(element.children, name, namespaces).some((child) => child.text === value);
}
