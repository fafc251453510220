// The session description in a message, and a message's body made of one (RFC 3261 §13.2.1, §8.2.3, RFC 5621).
import type { Reply } from '../endpoint.ts';
import type { MediaType } from '../message/grammar/media-type.ts';
import { contentDispositionHeader } from '../message/header/content-disposition.ts';
import { contentTypeHeader } from '../message/header/content-type.ts';
import { headerText, readHeader } from '../message/header/header.ts';
import type { HeaderField, SipMessage } from '../message/message.ts';
import { parseMultipart } from '../message/multipart.ts';
import type { BodyPart } from '../message/multipart.ts';
import type { SessionDescription } from '../sdp/description.ts';
import { parseSdp } from '../sdp/parse-sdp.ts';
import { printSdp } from '../sdp/print-sdp.ts';
import { parameterValue } from '../uri/parameter.ts';

export type BodyResult =
  | { readonly kind: 'none' }
  | { readonly kind: 'description'; readonly value: SessionDescription }
  /** What a request with it is answered. */
  | { readonly kind: 'refused'; readonly reply: Reply };

const NONE: BodyResult = { kind: 'none' };
const UNSUPPORTED: BodyResult = {
  kind: 'refused',
  reply: {
    status: 415,
    headers: [
      { name: 'Accept', value: 'application/sdp, multipart/mixed, multipart/alternative' },
      { name: 'Accept-Encoding', value: 'identity' },
    ],
  },
};

/** The description in a body, also as one part of several. Bodies that are optional, or not about the session, are passed over. */
export function readDescription(message: SipMessage): BodyResult {
  if (message.body.length === 0) return NONE;
  const type = readHeader(message, contentTypeHeader);
  if (type?.kind !== 'ok') return broken('Bad Content-Type');
  const encoding = headerText(message, 'Content-Encoding')?.trim().toLowerCase();
  const disposition = readHeader(message, contentDispositionHeader);
  const named = disposition?.kind === 'ok' ? disposition.value : undefined;
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return UNSUPPORTED;
  if (type.value.type !== 'multipart') {
    const handling = parameterValue(named?.parameters ?? [], 'handling');
    return readPart(type.value, message.body, named?.disposition, handling === 'optional');
  }
  const parts = parseMultipart(message.body, type.value);
  return parts.kind === 'failure' ? broken('Bad Multipart') : readParts(type.value.subtype, parts.value);
}

function readParts(subtype: string, parts: readonly BodyPart[]): BodyResult {
  // RFC 2046 §5.1.4: of alternatives the last one understood counts, and the others do not matter.
  const isAlternative = subtype === 'alternative';
  let found: BodyResult = NONE;
  for (const part of isAlternative ? parts.toReversed() : parts) {
    const isOptional = isAlternative || parameterValue(part.disposition?.parameters ?? [], 'handling') === 'optional';
    const result =
      part.parts === undefined
        ? readPart(part.contentType, part.body, part.disposition?.disposition, isOptional)
        : readParts(part.contentType.subtype, part.parts);
    if (result.kind === 'refused') return result;
    if (result.kind === 'description' && found.kind === 'none') found = result;
  }
  return found;
}

function readPart(type: MediaType, body: Uint8Array, disposition: string | undefined, isOptional: boolean): BodyResult {
  const isSdp = type.type === 'application' && type.subtype === 'sdp';
  if (isSdp && (disposition ?? 'session') === 'session') {
    const result = parseSdp(body);
    return result.kind === 'ok' ? { kind: 'description', value: result.value } : broken('Bad Session Description');
  }
  return isOptional || (disposition !== undefined && disposition !== 'session') ? NONE : UNSUPPORTED;
}

function broken(reason: string): BodyResult {
  return { kind: 'refused', reply: { status: 400, reason } };
}

const SDP_TYPE: HeaderField = { name: 'Content-Type', value: 'application/sdp' };

/** Header fields and body for a message that carries it. */
export function withDescription(
  headers: readonly HeaderField[],
  description: SessionDescription | undefined,
): { readonly headers: readonly HeaderField[]; readonly body?: Uint8Array } {
  return description === undefined
    ? { headers }
    : { headers: [...headers, SDP_TYPE], body: new TextEncoder().encode(printSdp(description)) };
}
