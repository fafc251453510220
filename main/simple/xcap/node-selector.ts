// Naming one element of a document in an XCAP URI (RFC 4825 §6.3). Only what can be written safely: names, attributes, positions.

export interface NodeStep {
  /** `rule`, or with a prefix of `namespaces`: `cp:rule`. */
  readonly name: string;
  /** The element with this attribute. */
  readonly attribute?: { readonly name: string; readonly value: string };
}

export interface NodeSelector {
  /** From the root element on. */
  readonly steps: readonly NodeStep[];
  /** Prefixes used in the steps (RFC 4825 §6.4). Names without prefix are in the default namespace of the AUID. */
  readonly namespaces: Readonly<Record<string, string>>;
}

const NAME = /^(?:([A-Za-z_][\w.-]*):)?[A-Za-z_][\w.-]*$/;

/**
 * What follows the document's URL: `/~~/cp:ruleset/cp:rule%5B@id=%22a%22%5D?xmlns(cp=urn:…)`. undefined where it cannot be written.
 * INTEROP(Kamailio 5.6): a `namespace::` selector ends the whole server, so nothing but plain names is ever printed.
 */
export function printNodeSelector({ steps, namespaces }: NodeSelector): string | undefined {
  const printed: string[] = [];
  for (const { name, attribute } of steps) {
    const prefix = NAME.exec(name)?.[1];
    if (!NAME.test(name) || (prefix !== undefined && !Object.hasOwn(namespaces, prefix))) return undefined;
    const test = attribute === undefined ? '' : printTest(attribute);
    if (test === undefined) return undefined;
    printed.push(`${name}${test}`);
  }
  if (printed.length === 0) return undefined;
  const bindings = Object.entries(namespaces).map(([prefix, namespace]) => `xmlns(${prefix}=${escapeNamespace(namespace)})`);
  return `/~~/${printed.join('/')}${bindings.length === 0 ? '' : `?${bindings.join('')}`}`;
}

/** Brackets and quotes are percent-encoded, as RFC 3986 §3.3 wants it. A value with both kinds of quotes cannot be written. */
function printTest({ name, value }: NonNullable<NodeStep['attribute']>): string | undefined {
  if (!NAME.test(name) || (value.includes('"') && value.includes("'"))) return undefined;
  const quote = value.includes('"') ? "'" : '"';
  return `%5B@${name}=${encodeURIComponent(`${quote}${value.toWellFormed()}${quote}`).replaceAll("'", '%27')}%5D`;
}

/** RFC 4825 §6.4: parentheses and `^` are escaped with `^` (XPointer), the rest as in any query. */
function escapeNamespace(namespace: string): string {
  return encodeURI(namespace.replace(/[\^()]/g, '^$&')).replace(/[#?]/g, encodeURIComponent);
}
