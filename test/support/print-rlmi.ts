// Resource list meta-information as a list server sends it (RFC 4662 §5): print.
import { RLMI } from '../../main/simple/document/namespaces.ts';
import type { RlmiDocument } from '../../main/simple/document/rlmi.ts';
import { printXmlDocument, textElement, xml } from '../../main/simple/document/xml/print-xml.ts';

export function printRlmi({ uri, version, isFullState, name, resources }: RlmiDocument): string {
  const printed = resources.map((resource) => {
    const instances = resource.instances.map(({ id, state, reason, contentId }) => xml('instance', { id, state, reason, cid: contentId }));
    return xml('resource', { uri: resource.uri }, [textElement('name', resource.name), ...instances]);
  });
  return printXmlDocument(
    xml('list', { xmlns: RLMI, uri, version, fullState: String(isFullState) }, [textElement('name', name), ...printed]),
  );
}
