// Asking a notifier for some parts of a document only, application/simple-filter+xml (RFC 4661 §3, sent with SUBSCRIBE by RFC 4660 §5): print.
import { printXmlDocument, textElement, xml } from './xml/print-xml.ts';

export const EVENT_FILTER_CONTENT_TYPE = 'application/simple-filter+xml';
const SIMPLE_FILTER = 'urn:ietf:params:xml:ns:simple-filter';

export interface EventFilter {
  readonly id: string;
  /** The resource it is for, e.g. one of a list; undefined: the one subscribed to. */
  readonly uri?: string;
  /** XPath of what to include, e.g. `/pidf:presence/pidf:tuple/pidf:status/pidf:basic`; empty: everything. */
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
}

/** `namespaces`: the prefixes that the paths use. */
export function printEventFilter(filters: readonly EventFilter[], namespaces: Readonly<Record<string, string>>): string {
  const bindings = Object.entries(namespaces).map(([prefix, urn]) => xml('ns-binding', { prefix, urn }));
  const printed = filters.map(({ id, uri, include, exclude = [] }) => {
    const what = [...include.map((path) => textElement('include', path)), ...exclude.map((path) => textElement('exclude', path))];
    return xml('filter', { id, uri }, [what.length === 0 ? undefined : xml('what', {}, what)]);
  });
  const bound = bindings.length === 0 ? undefined : xml('ns-bindings', {}, bindings);
  return printXmlDocument(xml('filter-set', { xmlns: SIMPLE_FILTER }, [bound, ...printed]));
}
