// The response to a request: what is copied and what is added (RFC 3261 §8.2.6).
import type { HeaderField, NameAddr, SipRequest, SipResponse } from '../message/message.ts';
import { reasonPhrase } from '../message/status.ts';
import { hasParameter } from '../uri/parameter.ts';

export interface ResponseParts {
  readonly reason?: string | undefined;
  readonly headers?: readonly HeaderField[] | undefined;
  readonly contacts?: readonly NameAddr[] | undefined;
  readonly body?: Uint8Array | undefined;
  /** Added to To where the request has no To tag; 100 needs none. */
  readonly toTag?: string | undefined;
}

/** Responses of these make dialogs, so they carry the route back (RFC 3261 §12.1.1, RFC 6665 §4.4.1). */
const DIALOG_METHODS: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);
const NO_BODY = new Uint8Array(0);
const NO_CONTACTS: readonly NameAddr[] = [];
const NO_HEADERS: readonly HeaderField[] = [];

export function makeResponse(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  return {
    kind: 'response',
    status,
    reason: parts.reason ?? reasonPhrase(status),
    vias: request.vias,
    from: request.from,
    to: withTag(request.to, parts.toTag),
    callId: request.callId,
    cseq: request.cseq,
    contacts: parts.contacts ?? NO_CONTACTS,
    headers: responseHeaders(request, status, parts.headers ?? NO_HEADERS),
    body: parts.body ?? NO_BODY,
  };
}

/** The address with this tag; one that has a tag keeps it. */
export function withTag(address: NameAddr, tag: string | undefined): NameAddr {
  const { displayName, uri, parameters } = address;
  if (tag === undefined || hasParameter(parameters, 'tag')) return address;
  const own = { name: 'tag', value: tag };
  return { displayName, uri, parameters: parameters.length === 0 ? [own] : [...parameters, own] };
}

function responseHeaders(request: SipRequest, status: number, own: readonly HeaderField[]): readonly HeaderField[] {
  // §8.2.6.1: a 100 repeats the Timestamp. §12.1.1: what may make a dialog repeats Record-Route.
  let copied = '';
  if (status === 100) copied = 'Timestamp';
  else if (status < 300 && DIALOG_METHODS.has(request.method)) copied = 'Record-Route';
  if (copied === '') return own;
  const fields = request.headers.filter((field) => field.name === copied);
  return fields.length === 0 ? own : [...fields, ...own];
}
