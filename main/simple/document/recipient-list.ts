// The list of those a message is for, application/resource-lists+xml with copy control (RFC 5363 §4, RFC 5364 §5).
import { RESOURCE_LISTS } from './namespaces.ts';
import { printXmlDocument, xml } from './xml/print-xml.ts';

export { RESOURCE_LISTS_CONTENT_TYPE } from './resource-lists.ts';

/** `bcc`: nobody on the list learns of the others. */
export function printRecipientList(addresses: readonly string[]): string {
  const entries = addresses.map((uri) => xml('entry', { uri, 'cp:copyControl': 'bcc' }));
  return printXmlDocument(
    xml('resource-lists', { xmlns: RESOURCE_LISTS, 'xmlns:cp': 'urn:ietf:params:xml:ns:copycontrol' }, [xml('list', {}, entries)]),
  );
}
