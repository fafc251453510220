// What a presentity's server says of it while no device publishes: the AUID pidf-manipulation (RFC 4827). Pure.
import { PIDF_CONTENT_TYPE } from '../document/pidf.ts';
import type { XcapDocument } from './xcap-client.ts';
import type { XcapCapabilitiesResult, XcapPutResult } from './xcap-result.ts';

/** The document: one for each user, joined with what devices publish (RFC 4827 §3.7: its soft state never expires). */
export const OFFLINE_PRESENCE: XcapDocument = { auid: 'pidf-manipulation', contentType: PIDF_CONTENT_TYPE };

/** `try`: the server does not say what it keeps; a PUT will tell, see `tookOfflinePresence`. */
export function offersOfflinePresence(capabilities: XcapCapabilitiesResult): 'yes' | 'no' | 'try' {
  if (capabilities.kind !== 'capabilities') return 'try';
  return capabilities.capabilities.auids.includes(OFFLINE_PRESENCE.auid) ? 'yes' : 'no';
}

/** What a PUT of it says about the server; undefined: nothing, ask another time. */
export function tookOfflinePresence(result: XcapPutResult): boolean | undefined {
  if (result.kind !== 'failed') return true;
  const { failure } = result;
  if (failure.kind === 'refused-document') return false;
  return failure.kind === 'status' && failure.status < 500 ? false : undefined;
}
