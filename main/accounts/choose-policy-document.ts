// Where a server keeps permission rules: under the IETF's name or under OMA's, found by asking (RFC 4825 §12, RFC 5025 §9, OMA presence XDM).
import type { XcapClient, XcapDocument } from '../simple/xcap/xcap-client.ts';
import type { XcapCapabilitiesResult } from '../simple/xcap/xcap-result.ts';
import { RULES_DOCUMENT } from './decide-watcher.ts';

export const OMA_RULES_DOCUMENT: XcapDocument = { ...RULES_DOCUMENT, auid: 'org.openmobilealliance.pres-rules', filename: 'pres-rules' };

/**
 * By its list of applications where it has one; else by which document is there. INTEROP(Kamailio 5.6): both names are the same to it, and
 * the document written first counts, so exactly one must be kept.
 */
export async function choosePolicyDocument(client: XcapClient, capabilities: XcapCapabilitiesResult): Promise<XcapDocument> {
  if (capabilities.kind === 'capabilities') {
    const { auids } = capabilities.capabilities;
    const isOmaOnly = !auids.includes(RULES_DOCUMENT.auid) && auids.includes(OMA_RULES_DOCUMENT.auid);
    return isOmaOnly ? OMA_RULES_DOCUMENT : RULES_DOCUMENT;
  }
  const usual = await client.get(RULES_DOCUMENT);
  if (usual.kind !== 'missing') return RULES_DOCUMENT;
  const other = await client.get(OMA_RULES_DOCUMENT);
  return other.kind === 'document' ? OMA_RULES_DOCUMENT : RULES_DOCUMENT;
}
