// Why a server cannot take a document, in words (RFC 4825 §11).
import { parseXcapError } from '../document/xcap-caps.ts';
import type { XcapFailure } from './xcap-result.ts';

/** What each error element means, in words (RFC 4825 §11.1). */
const WORDS_BY_ERROR: Readonly<Record<string, string>> = {
  'not-well-formed': 'the document is not well-formed XML',
  'not-xml-frag': 'the piece is no XML fragment',
  'no-parent': 'the place for the document does not exist on the server',
  'schema-validation-error': 'the document does not follow its schema',
  'not-xml-att-value': 'the attribute value is not allowed',
  'cannot-insert': 'the piece cannot be put there',
  'cannot-delete': 'the piece cannot be deleted',
  'uniqueness-failure': 'something in the document must be unique and is not',
  'constraint-failure': 'the document breaks a rule of the server',
  'not-utf-8': 'the document is not UTF-8',
  extension: 'the server gave a reason of its own',
};

const WORDS_OF_OTHERS = 'the server cannot take this document';

/** Of a 409. INTEROP(Kamailio): it sends no error document. */
export function readConflict(body: Uint8Array): Extract<XcapFailure, { kind: 'refused-document' }> {
  const error = parseXcapError(body);
  if (error.kind === 'failure') return { kind: 'refused-document', words: WORDS_OF_OTHERS, element: undefined };
  const { condition, phrase } = error.document;
  const words = Object.hasOwn(WORDS_BY_ERROR, condition) ? (WORDS_BY_ERROR[condition] ?? WORDS_OF_OTHERS) : WORDS_OF_OTHERS;
  return { kind: 'refused-document', words: phrase === undefined ? words : `${words} (${phrase})`, element: condition };
}
