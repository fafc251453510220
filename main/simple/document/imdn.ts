// Delivery and display reports, message/imdn+xml (RFC 5438 §11).
import { parseDateTime, printDateTime } from './date-time.ts';
import { IMDN } from './namespaces.ts';
import type { DocumentFailure } from './xml/element.ts';
import { parseXml } from './xml/parse-xml.ts';
import { printXmlDocument, textElement, xml } from './xml/print-xml.ts';
import { childNamed, isNamed, textOfChild } from './xml/read-xml.ts';

export const IMDN_CONTENT_TYPE = 'message/imdn+xml';

export type ImdnKind = 'delivery' | 'processing' | 'display';
/** RFC 5438 §11.1: which status goes with which kind. */
export const IMDN_STATUSES = {
  delivery: ['delivered', 'failed', 'forbidden', 'error'],
  processing: ['processed', 'stored', 'forbidden', 'error'],
  display: ['displayed', 'forbidden', 'error'],
} as const satisfies Record<ImdnKind, readonly string[]>;
export type ImdnStatus = (typeof IMDN_STATUSES)[ImdnKind][number];

export interface Imdn {
  /** The IMDN Message-ID of the message it is about. */
  readonly messageId: string;
  /** When the message was sent, as its CPIM DateTime said. */
  readonly dateTimeMs: number | undefined;
  readonly kind: ImdnKind;
  readonly status: ImdnStatus;
  readonly recipientUri: string | undefined;
  readonly originalRecipientUri: string | undefined;
  readonly subject: string | undefined;
}

export type ImdnResult = { readonly kind: 'ok'; readonly document: Imdn } | DocumentFailure;

export function parseImdn(source: string | Uint8Array): ImdnResult {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  const failure = (reason: string): DocumentFailure => ({ kind: 'failure', reason, offset: root.start });
  if (!isNamed(root, IMDN, 'imdn')) return failure('not an imdn document');
  const messageId = textOfChild(root, IMDN, 'message-id');
  if (messageId === undefined) return failure('imdn without a message-id');
  for (const kind of ['delivery', 'processing', 'display'] as const) {
    const notification = childNamed(root, IMDN, `${kind}-notification`);
    const words = notification === undefined ? [] : (childNamed(notification, IMDN, 'status')?.children ?? []);
    const status = IMDN_STATUSES[kind].find((known) => words.some((word) => isNamed(word, IMDN, known)));
    if (status === undefined) continue;
    return {
      kind: 'ok',
      document: {
        messageId,
        dateTimeMs: parseDateTime(textOfChild(root, IMDN, 'datetime')),
        kind,
        status,
        recipientUri: textOfChild(root, IMDN, 'recipient-uri'),
        originalRecipientUri: textOfChild(root, IMDN, 'original-recipient-uri'),
        subject: textOfChild(root, IMDN, 'subject'),
      },
    };
  }
  return failure('imdn without a known status');
}

export function printImdn(document: Imdn): string {
  const status = xml('status', {}, [xml(document.status)]);
  return printXmlDocument(
    xml('imdn', { xmlns: IMDN }, [
      textElement('message-id', document.messageId),
      textElement('datetime', document.dateTimeMs === undefined ? undefined : printDateTime(document.dateTimeMs)),
      textElement('recipient-uri', document.recipientUri),
      textElement('original-recipient-uri', document.originalRecipientUri),
      textElement('subject', document.subject),
      xml(`${document.kind}-notification`, {}, [status]),
    ]),
  );
}
