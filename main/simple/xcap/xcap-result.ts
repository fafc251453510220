// What an XCAP request came to (RFC 4825 §7, §8), as values.
import type { XcapCapabilities } from '../document/xcap-caps.ts';
import type { HttpFailure } from './http-client.ts';

export type XcapFailure =
  /** Nobody answered, or the connection failed. Worth a retry. */
  | { readonly kind: 'http'; readonly failure: HttpFailure }
  /** 401 after our best answer, or there is no password. No retry. */
  | { readonly kind: 'unauthenticated'; readonly status: number; readonly realm: string }
  /** 409: the server cannot take the document. `words` says why, from the error document (RFC 4825 §11). */
  | { readonly kind: 'refused-document'; readonly words: string; readonly element: string | undefined }
  /** The document changed on the server (412) more often than we were willing to try again. */
  | { readonly kind: 'changed-elsewhere' }
  /** Any other status. */
  | { readonly kind: 'status'; readonly status: number; readonly reason: string; readonly retryAfterSeconds: number | undefined };

export type XcapFailed = { readonly kind: 'failed'; readonly failure: XcapFailure };

export type XcapGetResult =
  | { readonly kind: 'document'; readonly text: string; readonly etag: string | undefined; readonly contentType: string }
  /** It is as it was under the ETag given. */
  | { readonly kind: 'unchanged' }
  /** 404: there is no such document. */
  | { readonly kind: 'missing' }
  | XcapFailed;

export type XcapPutResult =
  /** `etag` undefined: the server did not say; get the document to learn it. */
  | { readonly kind: 'stored'; readonly etag: string | undefined }
  /** 412: it is not what the condition said. */
  | { readonly kind: 'changed' }
  | XcapFailed;

export type XcapDeleteResult = { readonly kind: 'deleted' } | { readonly kind: 'missing' } | { readonly kind: 'changed' } | XcapFailed;

export type XcapEditResult =
  | { readonly kind: 'stored'; readonly text: string; readonly etag: string | undefined }
  /** The edit left the document as it was: nothing was sent. */
  | { readonly kind: 'unchanged'; readonly text: string | undefined; readonly etag: string | undefined }
  | XcapFailed;

/** What the server can do (RFC 4825 §12). */
export type XcapCapabilitiesResult =
  | { readonly kind: 'capabilities'; readonly capabilities: XcapCapabilities }
  /** The server answered, but not with such a document; it may still keep documents. */
  | { readonly kind: 'unknown' }
  | XcapFailed;
