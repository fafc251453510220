// Carries a piece of one XML document into another: the prefixes it uses come with it (RFC 5261 §4.2.1).
import type { XmlElement } from './element.ts';
import { escapeAttribute } from './print-xml.ts';

/** The content of `operation`, ready to stand where `target` stands. Declarations are added only where the two places differ. */
export function fragmentFor(operation: XmlElement, sourceText: string, target: XmlElement): string {
  let result = '';
  let position = operation.contentStart;
  for (const child of operation.children) {
    const tagEnd = child.start + nameLength(sourceText, child);
    result += sourceText.slice(position, tagEnd) + declarations(operation, child, sourceText, target);
    position = tagEnd;
  }
  return result + sourceText.slice(position, operation.contentEnd);
}

function nameLength(text: string, element: XmlElement): number {
  return /^<[^\s/>]+/.exec(text.slice(element.start, element.contentStart))?.[0].length ?? 0;
}

function declarations(operation: XmlElement, child: XmlElement, text: string, target: XmlElement): string {
  const tag = text.slice(child.start, child.contentStart);
  const own = new Set([...tag.matchAll(/\sxmlns(?::([^\s=]+))?\s*=/g)].map((match) => match[1] ?? ''));
  let result = '';
  for (const [prefix, namespace] of operation.namespaces) {
    if (prefix === 'xml' || prefix === 'xmlns' || own.has(prefix) || target.namespaces.get(prefix) === namespace) continue;
    result += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(namespace)}"`;
  }
  const isUndone = !operation.namespaces.has('') && (target.namespaces.get('') ?? '') !== '' && !own.has('');
  return isUndone ? `${result} xmlns=""` : result;
}
