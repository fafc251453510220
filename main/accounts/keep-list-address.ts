// Trigger: the contact list is on the server. Result: it has a SIP URI of its own there, so that one subscription watches all of it; an
// address of such a list that somebody else made is left alone. RFC 4826 §4, 4662.
import { RLS_SERVICES_CONTENT_TYPE, putService } from '../simple/document/rls-services.ts';
import type { XcapClient, XcapDocument } from '../simple/xcap/xcap-client.ts';
import { listElementUrl } from '../simple/xcap/xcap-url.ts';
import type { SipUri } from '../sip/index.ts';
import { printUri } from '../sip/index.ts';
import type { AccountWorld } from './account-world.ts';

const SERVICES_DOCUMENT: XcapDocument = { auid: 'rls-services', contentType: RLS_SERVICES_CONTENT_TYPE };

/** The list that contacts are kept in (document/resource-lists.ts). */
const LIST_NAME = 'contacts';

/** What the list of contacts is called as a SIP URI. */
export function listUri(world: Pick<AccountWorld, 'uri'>): SipUri {
  return { ...world.uri, user: `${world.uri.user ?? ''}-contacts`, parameters: [], headers: [] };
}

/** undefined: this server keeps no such lists, or refuses this one. */
export async function keepListAddress(world: AccountWorld, client: XcapClient, rootUrl: string): Promise<SipUri | undefined> {
  const uri = listUri(world);
  const service = {
    uri: printUri(uri),
    resourceList: listElementUrl(rootUrl, world.address, LIST_NAME),
    entries: [],
    packages: ['presence'],
  };
  const result = await client.editDocument(SERVICES_DOCUMENT, (text) => {
    const edited = putService(text, service);
    return edited.kind === 'ok' ? edited.text : undefined;
  });
  return result.kind === 'failed' ? undefined : uri;
}
