// Rules and contact list of an account without a server, under the same edits, ETags and conditions as on one (RFC 4825 §7, §8).
import type { XcapClient, XcapCondition, XcapDocument } from '../../simple/xcap/xcap-client.ts';
import type { XcapEditResult, XcapFailed, XcapPutResult } from '../../simple/xcap/xcap-result.ts';
import * as store from '../../store/index.ts';
import type { AccountWorld } from '../account-world.ts';

const ETAG_BITS = 64;
const NOT_HERE: XcapFailed = {
  kind: 'failed',
  failure: { kind: 'status', status: 501, reason: 'not kept here', retryAfterSeconds: undefined },
};

/**
 * WHY it stores nothing: whoever keeps a document stores what a put gave, in one commit with the edits that are done with
 * (kept-document.ts). After a crash between the two the edits are still there and are made again.
 */
export function createLocalDocuments(world: AccountWorld): XcapClient {
  const { accountId, storage, doors } = world;
  const urlOf = ({ auid, filename = 'index' }: XcapDocument): string => `nearby:/${auid}/${filename}`;
  const current = (document: XcapDocument): store.StoredDocument | null =>
    storage.read((db) => store.getDocument(db, { accountId, url: urlOf(document) }));

  function put(document: XcapDocument, condition: XcapCondition): XcapPutResult {
    const known = current(document);
    const isHeld =
      condition.kind === 'none' || (condition.kind === 'absent' ? known === null : (known?.etag ?? undefined) === condition.etag);
    return isHeld ? { kind: 'stored', etag: doors.random.token(ETAG_BITS) } : { kind: 'changed' };
  }

  async function edit(document: XcapDocument, apply: Parameters<XcapClient['editDocument']>[1]): Promise<XcapEditResult> {
    const known = current(document);
    const text = await apply(known?.text);
    if (text === undefined || text === known?.text) return { kind: 'unchanged', text: known?.text, etag: known?.etag ?? undefined };
    return { kind: 'stored', text, etag: doors.random.token(ETAG_BITS) };
  }

  return {
    urlOf,
    get(document, etag) {
      const known = current(document);
      if (known === null) return Promise.resolve({ kind: 'missing' });
      if (etag !== undefined && known.etag === etag) return Promise.resolve({ kind: 'unchanged' });
      return Promise.resolve({ kind: 'document', text: known.text, etag: known.etag ?? undefined, contentType: document.contentType });
    },
    put: (document, _text, condition) => Promise.resolve(put(document, condition)),
    delete: (document) => Promise.resolve({ kind: current(document) === null ? 'missing' : 'deleted' }),
    editDocument: edit,
    canNameNodes: () => Promise.resolve('no'),
    putNode: () => Promise.resolve(NOT_HERE),
    deleteNode: () => Promise.resolve(NOT_HERE),
    capabilities: () => Promise.resolve({ kind: 'unknown' }),
    stop: () => undefined,
  };
}
