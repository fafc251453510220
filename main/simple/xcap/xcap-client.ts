// XCAP client (RFC 4825): whole documents under If-Match, by AUID, user and file name.
import type { Credentials, Random } from '../../sip/index.ts';
import type { HttpClient } from './http-client.ts';
import type { XcapCapabilitiesResult, XcapDeleteResult, XcapEditResult, XcapGetResult, XcapPutResult } from './xcap-result.ts';

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
  /** RFC 4825 §12; `unknown` where the server has no such document. */
  capabilities(): Promise<XcapCapabilitiesResult>;
  /** The document's URL, e.g. for a log. */
  urlOf(document: XcapDocument): string;
  /** Gives up what is under way; later calls fail as cancelled. */
  stop(): void;
}

export type CreateXcapClient = (options: XcapClientOptions) => XcapClient;
