// Editing a document's text in places, so that everything else stays byte for byte as it was.
import type { XmlElement } from './element.ts';

/** Replaces `source.slice(start, end)`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Applies edits that do not overlap, in any order; those at the same place in the order given. */
export function spliceText(source: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((first, second) => first.start - second.start);
  let result = '';
  let position = 0;
  for (const { start, end, replacement } of sorted) {
    result += source.slice(position, start) + replacement;
    position = end;
  }
  return result + source.slice(position);
}

/** The edits that put text at the beginning and at the end of an element's content; `<a/>` is opened up. */
export function insertInto(source: string, element: XmlElement, first: string, last: string): readonly TextEdit[] {
  if (first === '' && last === '') return [];
  if (element.contentEnd < element.end) {
    return [
      { start: element.contentStart, end: element.contentStart, replacement: first },
      { start: element.contentEnd, end: element.contentEnd, replacement: last },
    ];
  }
  const slash = source.lastIndexOf('/', element.end - 1);
  const name = element.prefix === '' ? element.local : `${element.prefix}:${element.local}`;
  return [{ start: slash, end: element.end, replacement: `>${first}${last}</${name}>` }];
}

/** The prefix (with its colon, or '') under which elements of a namespace can be written inside `element`; undefined when it has none. */
export function prefixFor(element: XmlElement, namespace: string): string | undefined {
  for (const [prefix, bound] of element.namespaces) {
    if (bound === namespace && prefix !== 'xml' && prefix !== 'xmlns') return prefix === '' ? '' : `${prefix}:`;
  }
  return undefined;
}
