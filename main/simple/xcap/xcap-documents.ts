// Reads XCAP's own documents: capabilities (RFC 4825 §12) and errors (RFC 4825 §11).
import { XCAP_CAPS } from '../document/namespaces.ts';
import type { XmlElement } from '../document/xml/element.ts';
import { parseXml } from '../document/xml/parse-xml.ts';
import type { XcapCapabilities, XcapFailure } from './xcap-result.ts';

const XCAP_ERROR = 'urn:ietf:params:xml:ns:xcap-error';

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

/** Undefined for what is no capabilities document. */
export function readCapabilities(body: Uint8Array): XcapCapabilities | undefined {
  const document = parseXml(body);
  if (document.kind !== 'ok' || document.root.local !== 'xcap-caps' || document.root.namespace !== XCAP_CAPS) return undefined;
  const { root } = document;
  return {
    auids: listIn(root, 'auids', 'auid'),
    extensions: listIn(root, 'extensions', 'extension'),
    namespaces: listIn(root, 'namespaces', 'namespace'),
  };
}

function listIn(root: XmlElement, list: string, item: string): string[] {
  const parent = root.children.find((child) => child.local === list && child.namespace === XCAP_CAPS);
  const items = (parent?.children ?? []).filter((child) => child.local === item);
  return items.map((child) => child.text.trim()).filter((text) => text !== '');
}

/** Why a 409 was answered. INTEROP(Kamailio): it sends no error document. */
export function readConflict(body: Uint8Array): Extract<XcapFailure, { kind: 'refused-document' }> {
  const document = body.length === 0 ? undefined : parseXml(body);
  const isError = document?.kind === 'ok' && document.root.local === 'xcap-error' && document.root.namespace === XCAP_ERROR;
  const error = isError ? document.root.children[0] : undefined;
  if (error === undefined) return { kind: 'refused-document', words: 'the server cannot take this document', element: undefined };
  const words = Object.hasOwn(WORDS_BY_ERROR, error.local) ? WORDS_BY_ERROR[error.local] : undefined;
  const phrase = error.attributes.find((attribute) => attribute.local === 'phrase')?.value;
  const general = words ?? 'the server cannot take this document';
  return { kind: 'refused-document', words: phrase === undefined ? general : `${general} (${phrase})`, element: error.local };
}
