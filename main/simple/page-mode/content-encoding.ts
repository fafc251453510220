// Undoes Content-Encoding (RFC 3261 §20.12). INTEROP(Linphone): its IMDNs are deflated.
import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** SECURITY: a few bytes may unpack to gigabytes; no signal or page-mode text needs more than this. */
const MAX_UNPACKED_BYTES = 256 * 1024;

/** For Accept-Encoding. */
export const KNOWN_ENCODINGS = 'deflate, gzip, identity';

export type DecodedBody = { readonly kind: 'ok'; readonly body: Uint8Array } | { readonly kind: 'unknown' } | { readonly kind: 'broken' };

/** `encoding` as in the header field; undefined or `identity`: the body as it is. */
export function decodeBody(body: Uint8Array, encoding: string | undefined): DecodedBody {
  const limit = { maxOutputLength: MAX_UNPACKED_BYTES };
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return { kind: 'ok', body };
    case 'gzip':
    case 'x-gzip':
      return attempt(() => gunzipSync(body, limit));
    case 'deflate': {
      // Meant is the zlib format; some send raw deflate (RFC 9110 §8.4.1.2 notes it).
      const wrapped = attempt(() => inflateSync(body, limit));
      return wrapped.kind === 'ok' ? wrapped : attempt(() => inflateRawSync(body, limit));
    }
    default:
      return { kind: 'unknown' };
  }
}

function attempt(unpack: () => Uint8Array): DecodedBody {
  try {
    return { kind: 'ok', body: unpack() };
  } catch {
    return { kind: 'broken' };
  }
}
