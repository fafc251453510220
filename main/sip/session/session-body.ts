// The session description in a message, and a message's body made of one (RFC 3261 §13.2.1, §8.2.3, RFC 5621).
import type { Reply } from '../endpoint.ts';
import type { MediaType } from '../message/grammar/media-type.ts';
import { contentDispositionHeader } from '../message/header/content-disposition.ts';
import type { ContentDisposition } from '../message/header/content-disposition.ts';
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

/** What a body or part says of itself. */
interface Described {
  readonly type: MediaType;
  readonly disposition: ContentDisposition | undefined;
  readonly body: Uint8Array;
}

/**
 * The description in a body, also as one part of several. What is not about the session is passed over where `handling` says that it is
 * optional; without that word it is required (RFC 3261 §20.11), so it is refused.
 */
export function readDescription(message: SipMessage): BodyResult {
  if (message.body.length === 0) return NONE;
  const type = readHeader(message, contentTypeHeader);
  if (type?.kind !== 'ok') return broken('Bad Content-Type');
  const read = readHeader(message, contentDispositionHeader);
  const disposition = read?.kind === 'ok' ? read.value : undefined;
  if (isEncoded(headerText(message, 'Content-Encoding'))) return isOptional(disposition) ? NONE : UNSUPPORTED;
  if (type.value.type !== 'multipart') return readPart({ type: type.value, disposition, body: message.body }, isOptional(disposition));
  const parts = parseMultipart(message.body, type.value);
  return parts.kind === 'failure' ? broken('Bad Multipart') : readParts(type.value.subtype, parts.value, isOptional(disposition));
}

function isEncoded(encoding: string | undefined): boolean {
  const name = encoding?.trim().toLowerCase() ?? '';
  return name !== '' && name !== 'identity';
}

function isOptional(disposition: ContentDisposition | undefined): boolean {
  return parameterValue(disposition?.parameters ?? [], 'handling')?.toLowerCase() === 'optional';
}

/** `mayFail`: the whole need not be understood. */
function readParts(subtype: string, parts: readonly BodyPart[], mayFail: boolean): BodyResult {
  // RFC 2046 §5.1.4: of alternatives the last one understood counts, and the others do not matter.
  const isAlternative = subtype === 'alternative';
  let found: BodyResult = NONE;
  for (const part of isAlternative ? parts.toReversed() : parts) {
    const { contentType: type, disposition, body } = part;
    const partMayFail = mayFail || isAlternative || isOptional(disposition);
    if (isEncoded(part.headers.find(({ name }) => name === 'Content-Encoding')?.value)) {
      if (partMayFail) continue;
      return UNSUPPORTED;
    }
    const result =
      part.parts === undefined ? readPart({ type, disposition, body }, partMayFail) : readParts(type.subtype, part.parts, partMayFail);
    if (result.kind === 'refused') return result;
    if (result.kind === 'description' && found.kind === 'none') found = result;
  }
  return isAlternative && !mayFail && found.kind === 'none' ? UNSUPPORTED : found;
}

function readPart({ type, disposition, body }: Described, mayFail: boolean): BodyResult {
  const isSdp = type.type === 'application' && type.subtype === 'sdp';
  if (isSdp && (disposition?.disposition ?? 'session') === 'session') {
    const result = parseSdp(body);
    return result.kind === 'ok' ? { kind: 'description', value: result.value } : broken('Bad Session Description');
  }
  return mayFail ? NONE : UNSUPPORTED;
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
