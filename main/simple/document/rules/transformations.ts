// What a watcher may see: the transformations of presence rules (RFC 5025 §3.3). Permissions only add up.
import { PRES_RULES } from '../namespaces.ts';
import type { XmlElement } from '../xml/element.ts';
import { attributeOf, isNamed, textOf } from '../xml/read-xml.ts';

/** Which tuples, persons or devices: `kind` is the element's name, e.g. `service-uri-scheme`, `occurrence-id`, `class`, `deviceID`. */
export interface Selector {
  readonly kind: string;
  readonly value: string;
}

export type Provided = 'all' | readonly Selector[];

/** RFC 5025 §3.3.2, in rising order of what is shown. */
export type UserInputShown = 'false' | 'bare' | 'thresholds' | 'full';
const USER_INPUT_SHOWN: readonly UserInputShown[] = ['false', 'bare', 'thresholds', 'full'];

export interface Transformations {
  readonly devices: Provided;
  readonly persons: Provided;
  readonly services: Provided;
  /** Names behind `provide-`, e.g. `activities`, `note`; `'all'` for provide-all-attributes. */
  readonly attributes: 'all' | readonly string[];
  readonly userInput: UserInputShown;
  /** Extension elements, each as `namespace name`. */
  readonly unknownAttributes: readonly string[];
}

/** Nothing at all may be seen. */
export const EMPTY_TRANSFORMATIONS: Transformations = {
  devices: [],
  persons: [],
  services: [],
  attributes: [],
  userInput: 'false',
  unknownAttributes: [],
};

/** Everything may be seen. */
export const FULL_TRANSFORMATIONS: Transformations = {
  devices: 'all',
  persons: 'all',
  services: 'all',
  attributes: 'all',
  userInput: 'full',
  unknownAttributes: [],
};

/** Reads a `<transformations>` element; what is not understood grants nothing (RFC 4745 §9). */
export function readTransformations(element: XmlElement): Transformations {
  return element.children
    .filter((child) => child.namespace === PRES_RULES)
    .map(readPermission)
    .reduce(joinTransformations, EMPTY_TRANSFORMATIONS);
}

function readPermission(element: XmlElement): Transformations {
  const nothing = EMPTY_TRANSFORMATIONS;
  if (!element.local.startsWith('provide-')) return nothing;
  const name = element.local.slice('provide-'.length);
  const text = textOf(element);
  if (name === 'devices' || name === 'persons' || name === 'services') return { ...nothing, [name]: readProvided(element, `all-${name}`) };
  if (name === 'all-attributes') return { ...nothing, attributes: 'all', userInput: 'full' };
  if (name === 'user-input') return { ...nothing, userInput: USER_INPUT_SHOWN.find((known) => known === text) ?? 'false' };
  if (text !== 'true' && text !== '1') return nothing;
  if (name !== 'unknown-attribute') return { ...nothing, attributes: [name] };
  return { ...nothing, unknownAttributes: [`${attributeOf(element, 'ns') ?? ''} ${attributeOf(element, 'name') ?? ''}`] };
}

function readProvided(element: XmlElement, allName: string): Provided {
  if (element.children.some((child) => isNamed(child, PRES_RULES, allName))) return 'all';
  return element.children.map((child) => ({ kind: child.local, value: textOf(child) }));
}

/** RFC 4745 §10.2: sets are united, booleans or-ed, ordered values take the highest. */
export function joinTransformations(first: Transformations, second: Transformations): Transformations {
  return {
    devices: joinProvided(first.devices, second.devices),
    persons: joinProvided(first.persons, second.persons),
    services: joinProvided(first.services, second.services),
    attributes: joinWords(first.attributes, second.attributes),
    userInput: USER_INPUT_SHOWN.findLast((shown) => shown === first.userInput || shown === second.userInput) ?? 'false',
    unknownAttributes: [...new Set([...first.unknownAttributes, ...second.unknownAttributes])],
  };
}

function joinProvided(first: Provided, second: Provided): Provided {
  if (first === 'all' || second === 'all') return 'all';
  return [...new Map([...first, ...second].map((selector) => [`${selector.kind} ${selector.value}`, selector])).values()];
}

function joinWords(first: Transformations['attributes'], second: Transformations['attributes']): Transformations['attributes'] {
  return first === 'all' || second === 'all' ? 'all' : [...new Set([...first, ...second])];
}
