// XCAP client (RFC 4825): whole documents under If-Match, by AUID, user and file name.
import type { Credentials, Random } from '../../sip/index.ts';
import { parseXcapCapabilities } from '../document/xcap-caps.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { XcapExchange, failed, statusFailed } from './xcap-exchange.ts';
import type { XcapCapabilitiesResult, XcapDeleteResult, XcapEditResult, XcapFailed, XcapGetResult, XcapPutResult } from './xcap-result.ts';
import type { XcapCondition, XcapDocument } from './xcap-document.ts';
import { printNodeSelector } from './node-selector.ts';
import type { NodeSelector } from './node-selector.ts';
import { storeOneRule } from './store-one-rule.ts';
import type { NodeKnowledge, NodesAnswer } from './store-one-rule.ts';
import { globalDocumentUrl, userDocumentUrl } from './xcap-url.ts';

export type { XcapCondition, XcapDocument } from './xcap-document.ts';

export interface XcapClientOptions {
  readonly http: HttpClient;
  readonly random: Random;
  /** XCAP root, e.g. `https://xcap.example.org/xcap-root`, with or without a slash at the end. */
  readonly rootUrl: string;
  /** Whose documents: the XUI, e.g. `sip:ada@example.org` (RFC 4825 §6.2). */
  readonly user: string;
  readonly credentials: (realm: string) => Credentials | undefined;
  readonly caPem?: string | undefined;
  /** Whether single elements can be stored; absent: documents are always stored as a whole. */
  readonly nodes?: NodeKnowledge | undefined;
}

export interface XcapClient {
  /** `etag`: answer `unchanged` when it is still that (If-None-Match). */
  get(document: XcapDocument, etag?: string): Promise<XcapGetResult>;
  put(document: XcapDocument, text: string, condition: XcapCondition): Promise<XcapPutResult>;
  delete(document: XcapDocument, condition: XcapCondition): Promise<XcapDeleteResult>;
  /**
   * Fetches, applies the pure `edit` (undefined: there is no document) and stores under If-Match; on 412 everything again, bounded.
   * `edit` returning its input, or undefined, sends nothing. `known` saves the first fetch.
   */
  editDocument(
    document: XcapDocument,
    edit: (text: string | undefined) => string | undefined | Promise<string | undefined>,
    known?: { readonly text: string; readonly etag: string },
  ): Promise<XcapEditResult>;
  /**
   * Whether single elements can be named (RFC 4825 §7.9), seen by fetching the one that `selector` names. `missing`: the server finds
   * no such element. `unknown`: nobody answered. INTEROP(Kamailio): where it finds the element it answers with another type than
   * RFC 4825 §7.9 says, which counts as `no`, for what it does to documents then is not what was asked.
   */
  canNameNodes(document: XcapDocument, selector: NodeSelector): Promise<NodesAnswer>;
  /** Puts or replaces one element, under the document's condition (RFC 4825 §7.4). */
  putNode(document: XcapDocument, selector: NodeSelector, elementText: string, condition: XcapCondition): Promise<XcapPutResult>;
  /** Deletes one element (RFC 4825 §7.5). */
  deleteNode(document: XcapDocument, selector: NodeSelector, condition: XcapCondition): Promise<XcapDeleteResult>;
  /** RFC 4825 §12; `unknown` where the server answers, but not with such a document. */
  capabilities(): Promise<XcapCapabilitiesResult>;
  /** The document's URL, e.g. for a log. */
  urlOf(document: XcapDocument): string;
  /** Gives up what is under way; later calls fail as cancelled. */
  stop(): void;
}

/** How often an edit is replayed after a 412: two devices that answer at once need one or two. */
const MAX_EDIT_ROUNDS = 5;

export function createXcapClient(options: XcapClientOptions): XcapClient {
  return new Client(options);
}

class Client implements XcapClient {
  private readonly options: XcapClientOptions;
  private readonly exchange: XcapExchange;

  constructor(options: XcapClientOptions) {
    const { http, random, credentials, caPem } = options;
    this.options = options;
    this.exchange = new XcapExchange({ http, random, credentials, caPem });
  }

  urlOf(document: XcapDocument): string {
    return userDocumentUrl(this.options.rootUrl, document.auid, this.options.user, document.filename ?? 'index');
  }

  async get(document: XcapDocument, etag?: string): Promise<XcapGetResult> {
    const headers = etag === undefined ? {} : { 'if-none-match': etagField(etag) };
    const response = await this.exchange.send({ method: 'GET', url: this.urlOf(document), headers });
    if (response.kind === 'failed') return response;
    if (response.status === 304 && etag !== undefined) return { kind: 'unchanged' };
    if (response.status === 404 || response.status === 410) return { kind: 'missing' };
    if (response.status !== 200) return statusFailed(response);
    const text = new TextDecoder().decode(response.body);
    return { kind: 'document', text, etag: etagOf(response), contentType: response.headers['content-type'] ?? '' };
  }

  put(document: XcapDocument, text: string, condition: XcapCondition): Promise<XcapPutResult> {
    return this.putTo(this.urlOf(document), document.contentType, text, condition);
  }

  delete(document: XcapDocument, condition: XcapCondition): Promise<XcapDeleteResult> {
    return this.deleteAt(this.urlOf(document), condition);
  }

  async canNameNodes(document: XcapDocument, selector: NodeSelector): Promise<NodesAnswer> {
    const url = this.nodeUrl(document, selector);
    if (url === undefined) return 'no';
    const response = await this.exchange.send({ method: 'GET', url, headers: {} });
    if (response.kind === 'failed') return 'unknown';
    if (response.status === 200) return response.headers['content-type']?.startsWith(ELEMENT_TYPE) === true ? 'yes' : 'no';
    if (response.status === 404) return 'missing';
    // INTEROP(Kamailio 5.6): 500 for elements it cannot name.
    return response.status > 501 ? 'unknown' : 'no';
  }

  putNode(document: XcapDocument, selector: NodeSelector, elementText: string, condition: XcapCondition): Promise<XcapPutResult> {
    const url = this.nodeUrl(document, selector);
    return url === undefined ? Promise.resolve(unspeakable()) : this.putTo(url, ELEMENT_TYPE, elementText, condition);
  }

  deleteNode(document: XcapDocument, selector: NodeSelector, condition: XcapCondition): Promise<XcapDeleteResult> {
    const url = this.nodeUrl(document, selector);
    return url === undefined ? Promise.resolve(unspeakable()) : this.deleteAt(url, condition);
  }

  private nodeUrl(document: XcapDocument, selector: NodeSelector): string | undefined {
    const printed = printNodeSelector(selector);
    return printed === undefined ? undefined : `${this.urlOf(document)}${printed}`;
  }

  private async putTo(url: string, contentType: string, text: string, condition: XcapCondition): Promise<XcapPutResult> {
    const headers = { 'content-type': contentType, ...conditionHeaders(condition) };
    const response = await this.exchange.send({ method: 'PUT', url, headers, body: new TextEncoder().encode(text) });
    if (response.kind === 'failed') return response;
    if (response.status === 412) return { kind: 'changed' };
    return isSuccess(response) ? { kind: 'stored', etag: etagOf(response) } : statusFailed(response);
  }

  private async deleteAt(url: string, condition: XcapCondition): Promise<XcapDeleteResult> {
    const response = await this.exchange.send({ method: 'DELETE', url, headers: conditionHeaders(condition) });
    if (response.kind === 'failed') return response;
    if (response.status === 412) return { kind: 'changed' };
    if (response.status === 404 || response.status === 410) return { kind: 'missing' };
    return isSuccess(response) ? { kind: 'deleted' } : statusFailed(response);
  }

  async editDocument(
    document: XcapDocument,
    edit: (text: string | undefined) => string | undefined | Promise<string | undefined>,
    known?: { readonly text: string; readonly etag: string },
  ): Promise<XcapEditResult> {
    let start: { readonly text: string | undefined; readonly etag: string | undefined } | undefined = known;
    for (let round = 0; round < MAX_EDIT_ROUNDS; round++) {
      const current = start ?? (await this.current(document));
      start = undefined;
      if ('kind' in current) return current;
      const text = await edit(current.text);
      if (text === undefined || text === current.text) return { kind: 'unchanged', ...current };
      const result = (await this.putOneRule(document, current, text)) ?? (await this.put(document, text, conditionFor(current)));
      if (result.kind === 'stored') return { kind: 'stored', text, etag: result.etag };
      if (result.kind === 'failed') return result;
    }
    return failed({ kind: 'changed-elsewhere' });
  }

  async capabilities(): Promise<XcapCapabilitiesResult> {
    const url = globalDocumentUrl(this.options.rootUrl, 'xcap-caps', 'index');
    const response = await this.exchange.send({ method: 'GET', url, headers: {} });
    if (response.kind === 'failed') return response;
    // INTEROP(Kamailio): it has no such document and answers 500; any answer but a good one means that it does not tell.
    const read = response.status === 200 ? parseXcapCapabilities(response.body) : undefined;
    return read?.kind === 'ok' ? { kind: 'capabilities', capabilities: read.document } : { kind: 'unknown' };
  }

  stop(): void {
    this.exchange.stop();
  }

  private putOneRule(
    document: XcapDocument,
    { text: before, etag }: { readonly text: string | undefined; readonly etag: string | undefined },
    after: string,
  ): Promise<XcapPutResult | undefined> {
    const { nodes } = this.options;
    if (nodes === undefined || before === undefined || etag === undefined) return Promise.resolve(undefined);
    return storeOneRule(this, document, { before, after, etag }, nodes);
  }

  private async current(document: XcapDocument): Promise<{ text: string | undefined; etag: string | undefined } | XcapFailed> {
    const got = await this.get(document);
    if (got.kind === 'document') return { text: got.text, etag: got.etag };
    if (got.kind === 'failed') return got;
    return { text: undefined, etag: undefined };
  }
}

/** RFC 4825 §14.2.1. */
const ELEMENT_TYPE = 'application/xcap-el+xml';

function unspeakable(): XcapFailed {
  return failed({ kind: 'http', failure: { kind: 'http-failed', cause: 'bad-url', reason: 'this element cannot be named' } });
}

/** A document without ETag cannot be protected; one that is not there must still not be (RFC 4825 §7.11). */
function conditionFor(current: { readonly text: string | undefined; readonly etag: string | undefined }): XcapCondition {
  if (current.text === undefined) return { kind: 'absent' };
  return current.etag === undefined ? { kind: 'none' } : { kind: 'etag', etag: current.etag };
}

function conditionHeaders(condition: XcapCondition): Record<string, string> {
  switch (condition.kind) {
    case 'etag':
      return { 'if-match': etagField(condition.etag) };
    case 'absent':
      return { 'if-none-match': '*' };
    case 'none':
      return {};
  }
}

/** ETags are kept without their quotes, weak ones with `W/` (RFC 9110 §8.8.3). */
function etagOf(response: HttpResponse): string | undefined {
  const text = response.headers['etag']?.trim();
  if (text === undefined || text === '') return undefined;
  return text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
}

function etagField(etag: string): string {
  return etag.startsWith('W/') ? etag : `"${etag}"`;
}

function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300;
}
