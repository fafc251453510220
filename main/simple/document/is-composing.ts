// "Is typing" notices, application/im-iscomposing+xml (RFC 3994).
import { parseDateTime, printDateTime } from './date-time.ts';
import { IS_COMPOSING } from './namespaces.ts';
import type { DocumentFailure } from './xml/element.ts';
import { parseXml } from './xml/parse-xml.ts';
import { printXmlDocument, textElement, xml } from './xml/print-xml.ts';
import { childNamed, isNamed, textOf, textOfChild, wholeNumber } from './xml/read-xml.ts';

export const IS_COMPOSING_CONTENT_TYPE = 'application/im-iscomposing+xml';

export interface IsComposing {
  readonly state: 'active' | 'idle';
  /** What is being composed, e.g. `text/plain`. */
  readonly contentType: string | undefined;
  readonly lastActiveMs: number | undefined;
  /** How long `active` lasts without another notice (RFC 3994 §3.2); absent: 120 seconds. */
  readonly refreshSeconds: number | undefined;
}

export type IsComposingResult = { readonly kind: 'ok'; readonly document: IsComposing } | DocumentFailure;

/** RFC 3994 §3.3: states that are not known count as idle. */
export function parseIsComposing(source: string | Uint8Array): IsComposingResult {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  if (!isNamed(root, IS_COMPOSING, 'isComposing')) return { kind: 'failure', reason: 'not an is-composing document', offset: root.start };
  const state = childNamed(root, IS_COMPOSING, 'state');
  if (state === undefined) return { kind: 'failure', reason: 'is-composing without a state', offset: root.start };
  return {
    kind: 'ok',
    document: {
      state: textOf(state) === 'active' ? 'active' : 'idle',
      contentType: textOfChild(root, IS_COMPOSING, 'contenttype'),
      lastActiveMs: parseDateTime(textOfChild(root, IS_COMPOSING, 'lastactive')),
      refreshSeconds: wholeNumber(textOfChild(root, IS_COMPOSING, 'refresh')),
    },
  };
}

export function printIsComposing(document: IsComposing): string {
  const lastActive = document.lastActiveMs === undefined ? undefined : printDateTime(document.lastActiveMs);
  return printXmlDocument(
    xml('isComposing', { xmlns: IS_COMPOSING }, [
      textElement('state', document.state),
      textElement('lastactive', lastActive),
      textElement('contenttype', document.contentType),
      textElement('refresh', document.refreshSeconds),
    ]),
  );
}
