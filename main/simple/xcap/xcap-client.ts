// XCAP client (RFC 4825): whole documents under If-Match, by AUID, user and file name.
import type { Credentials, Random } from '../../sip/index.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { readCapabilities } from './xcap-documents.ts';
import { XcapExchange, failed, statusFailed } from './xcap-exchange.ts';
import type { XcapCapabilitiesResult, XcapDeleteResult, XcapEditResult, XcapFailed, XcapGetResult, XcapPutResult } from './xcap-result.ts';
import { globalDocumentUrl, userDocumentUrl } from './xcap-url.ts';

export interface XcapDocument {
  /** E.g. `pres-rules`, `org.openmobilealliance.pres-rules`, `resource-lists`. */
  readonly auid: string;
  /** Default `index`. */
  readonly filename?: string;
  /** E.g. `application/auth-policy+xml`, for PUT. */
  readonly contentType: string;
}

/** Under which condition a PUT or DELETE may happen. `absent`: only when there is no document yet. */
export type XcapCondition = { readonly kind: 'etag'; readonly etag: string } | { readonly kind: 'absent' } | { readonly kind: 'none' };

export interface XcapClientOptions {
  readonly http: HttpClient;
  readonly random: Random;
  /** XCAP root, e.g. `https://xcap.example.org/xcap-root`, with or without a slash at the end. */
  readonly rootUrl: string;
  /** Whose documents: the XUI, e.g. `sip:ada@example.org` (RFC 4825 §6.2). */
  readonly user: string;
  readonly credentials: (realm: string) => Credentials | undefined;
  readonly caPem?: string | undefined;
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
    edit: (text: string | undefined) => string | undefined,
    known?: { readonly text: string; readonly etag: string },
  ): Promise<XcapEditResult>;
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

  async put(document: XcapDocument, text: string, condition: XcapCondition): Promise<XcapPutResult> {
    const headers = { 'content-type': document.contentType, ...conditionHeaders(condition) };
    const body = new TextEncoder().encode(text);
    const response = await this.exchange.send({ method: 'PUT', url: this.urlOf(document), headers, body });
    if (response.kind === 'failed') return response;
    if (response.status === 412) return { kind: 'changed' };
    return isSuccess(response) ? { kind: 'stored', etag: etagOf(response) } : statusFailed(response);
  }

  async delete(document: XcapDocument, condition: XcapCondition): Promise<XcapDeleteResult> {
    const response = await this.exchange.send({ method: 'DELETE', url: this.urlOf(document), headers: conditionHeaders(condition) });
    if (response.kind === 'failed') return response;
    if (response.status === 412) return { kind: 'changed' };
    if (response.status === 404 || response.status === 410) return { kind: 'missing' };
    return isSuccess(response) ? { kind: 'deleted' } : statusFailed(response);
  }

  async editDocument(
    document: XcapDocument,
    edit: (text: string | undefined) => string | undefined,
    known?: { readonly text: string; readonly etag: string },
  ): Promise<XcapEditResult> {
    let start: { readonly text: string | undefined; readonly etag: string | undefined } | undefined = known;
    for (let round = 0; round < MAX_EDIT_ROUNDS; round++) {
      const current = start ?? (await this.current(document));
      start = undefined;
      if ('kind' in current) return current;
      const text = edit(current.text);
      if (text === undefined || text === current.text) return { kind: 'unchanged', ...current };
      const result = await this.put(document, text, conditionFor(current));
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
    const capabilities = response.status === 200 ? readCapabilities(response.body) : undefined;
    return capabilities === undefined ? { kind: 'unknown' } : { kind: 'capabilities', capabilities };
  }

  stop(): void {
    this.exchange.stop();
  }

  private async current(document: XcapDocument): Promise<{ text: string | undefined; etag: string | undefined } | XcapFailed> {
    const got = await this.get(document);
    if (got.kind === 'document') return { text: got.text, etag: got.etag };
    if (got.kind === 'failed') return got;
    return { text: undefined, etag: undefined };
  }
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
