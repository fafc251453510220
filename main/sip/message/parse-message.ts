// Reading a SIP message from bytes (RFC 3261 §7, §25).
import { DIGIT, TOKEN, isOf } from '../uri/character.ts';
import { decodeText } from '../uri/octets.ts';
import { scanUri } from '../uri/parse-uri.ts';
import { readAnswerable } from './answerable.ts';
import { HeadDraft } from './head-draft.ts';
import { MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_URI_LENGTH } from './limits.ts';
import type { NameAddr, ParseFailure, ParseResult, SipMessage, SipRequest, SipResponse } from './message.ts';
import { KNOWN_METHODS } from './methods.ts';
import { readHeaders } from './read-headers.ts';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NO_BODY = new Uint8Array(0);
const NO_CONTACTS: readonly NameAddr[] = Object.freeze([]);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A head without its body. `contentLength` is -1 where the message does not say. */
export interface ParsedHead {
  readonly kind: 'head';
  readonly message: Mutable<SipMessage>;
  readonly contentLength: number;
}

/**
 * Reads one whole message, as a datagram or a framed part of a stream carries it: line breaks before it and bytes after its
 * Content-Length are ignored (RFC 3261 §7.5, §18.3). The body is a view of `bytes`, not a copy. Never throws.
 */
export function parseMessage(bytes: Uint8Array): ParseResult {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = skipLineBreaks(buffer);
  const headEnd = buffer.indexOf(END_OF_HEAD, start);
  const head = parseHead(buffer, start, headEnd);
  if (head.kind === 'failure') return head;
  const bodyStart = headEnd + END_OF_HEAD.length;
  const available = buffer.length - bodyStart;
  const length = head.contentLength === -1 ? available : head.contentLength;
  if (length > MAX_BODY_BYTES) return refuse(head.message, bodyStart, 'body too large', 413);
  if (length > available) return refuse(head.message, buffer.length, 'the body is shorter than Content-Length', 400);
  if (length > 0) head.message.body = buffer.subarray(bodyStart, bodyStart + length);
  return { kind: 'message', message: head.message };
}

/** Index of the first byte that is neither CR nor LF. */
function skipLineBreaks(buffer: Buffer): number {
  let start = 0;
  while (buffer[start] === CR || buffer[start] === LF) start += 1;
  return start;
}

/** A failure of a message whose head is fine. ACK and responses are never answered. */
export function refuse(message: SipMessage, offset: number, reason: string, status: number): ParseFailure {
  const answerable = message.kind === 'request' && message.method !== 'ACK' ? { status, request: message } : undefined;
  return { kind: 'failure', offset, reason, answerable };
}

/** Reads start line and headers from `start` to the empty line at `headEnd`, -1 where there is none. */
export function parseHead(buffer: Buffer, start: number, headEnd: number): ParsedHead | ParseFailure {
  const length = headEnd === -1 ? buffer.length - start : headEnd - start;
  if (length === 0) return { kind: 'failure', offset: start, reason: 'nothing but line breaks', answerable: undefined };
  if (headEnd === -1 || length > MAX_HEAD_BYTES) {
    const draft = new HeadDraft(buffer, buffer.toString('latin1', start, start + Math.min(length, MAX_HEAD_BYTES)));
    if (length > MAX_HEAD_BYTES) draft.fail(MAX_HEAD_BYTES, 'headers too large', 513);
    else draft.fail(length, 'no empty line ends the headers');
    return failure(draft, start);
  }
  const draft = new HeadDraft(start === 0 ? buffer : buffer.subarray(start), buffer.toString('latin1', start, headEnd + 2));
  const message = draft.text.startsWith('SIP/') ? readResponse(draft) : readRequest(draft);
  return message === undefined ? failure(draft, start) : { kind: 'head', message, contentLength: draft.contentLength };
}

function failure(draft: HeadDraft, start: number): ParseFailure {
  return { kind: 'failure', offset: start + draft.offset, reason: draft.reason, answerable: readAnswerable(draft.text, draft.status) };
}

/** Notes the error in the draft; for functions that return no message then. */
function stop(draft: HeadDraft, offset: number, reason: string, status = 400): undefined {
  draft.fail(offset, reason, status);
  return undefined;
}

/** Status-Line (RFC 3261 §7.2): `SIP/2.0 SP 3DIGIT SP phrase`. INTEROP: the space before an empty phrase may be missing. */
function readResponse(draft: HeadDraft): SipResponse | undefined {
  const { text } = draft;
  if (!text.startsWith('SIP/2.0 ')) return stop(draft, 0, 'version is not SIP/2.0');
  const lineEnd = text.indexOf('\r\n');
  const status = isOf(text.charCodeAt(11), DIGIT) ? 0 : digit(text, 8) * 100 + digit(text, 9) * 10 + digit(text, 10);
  if (!(status >= 100 && status <= 699)) return stop(draft, 8, 'not a status code');
  if (lineEnd !== 11 && text.charCodeAt(11) !== SPACE) return stop(draft, 11, 'space expected after the status code');
  const reason = text.slice(12, lineEnd);
  if (reason.includes('\n') || reason.includes('\r')) return stop(draft, 12, 'a line break stands in the reason phrase');
  if (!readHeaders(draft, lineEnd + 2)) return undefined;
  const { vias, from, to, callId, cseq, contacts = NO_CONTACTS, headers } = draft;
  if (from === undefined || to === undefined || callId === undefined || cseq === undefined || vias.length === 0) return missing(draft);
  return { kind: 'response', status, reason: decodeText(reason), vias, from, to, callId, cseq, contacts, headers, body: NO_BODY };
}

/** A digit's value; NaN for any other character, which no comparison of the whole number then accepts. */
function digit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return isOf(code, DIGIT) ? code - 0x30 : Number.NaN;
}

/** Request-Line (RFC 3261 §7.1): three parts with exactly one space between them, and none around. */
function readRequest(draft: HeadDraft): SipRequest | undefined {
  const { text } = draft;
  let at = 0;
  while (isOf(text.charCodeAt(at), TOKEN)) at += 1;
  const method = text.slice(0, at);
  if (at === 0 || text.charCodeAt(at) !== SPACE) return stop(draft, at, 'method and one space expected');
  const uriStart = at + 1;
  at = uriStart;
  while (text.charCodeAt(at) > SPACE) at += 1;
  const uriEnd = at;
  if (uriEnd - uriStart > MAX_URI_LENGTH) return stop(draft, uriStart, 'Request-URI too long', 414);
  if (text.charCodeAt(uriEnd) !== SPACE) return stop(draft, uriEnd, 'one space and the version expected');
  if (!text.startsWith('SIP/2.0\r\n', uriEnd + 1)) return refuseVersion(draft, uriEnd + 1);
  const uri = scanUri(text, uriStart, uriEnd);
  if (uri.kind === 'failure') return stop(draft, uri.offset, uri.reason);
  // RFC 3261 §19.1.1: a Request-URI has no headers part.
  if (uri.kind === 'sip' && uri.headers.length > 0) return stop(draft, uriStart, 'Request-URI with headers');
  if (!readHeaders(draft, uriEnd + 10)) return undefined;
  const { vias, from, to, callId, cseq, contacts = NO_CONTACTS, headers } = draft;
  if (from === undefined || to === undefined || callId === undefined || cseq === undefined || vias.length === 0) return missing(draft);
  // RFC 4475 §3.1.2.18: 501 suits a method that nobody here knows better than 400.
  if (cseq.method !== method) return stop(draft, 0, 'CSeq has another method', KNOWN_METHODS.has(method) ? 400 : 501);
  if (contacts === '*' && method !== 'REGISTER') return stop(draft, 0, 'Contact is `*`');
  return { kind: 'request', method, uri, vias, from, to, callId, cseq, contacts, headers, body: NO_BODY };
}

/** 505 for another version of SIP (RFC 3261 §21.5.6), 400 for anything else. */
function refuseVersion(draft: HeadDraft, start: number): undefined {
  const line = draft.text.slice(start, draft.text.indexOf('\r\n', start));
  return /^SIP\/\d{1,9}\.\d{1,9}$/i.test(line) ? stop(draft, start, 'version is not SIP/2.0', 505) : stop(draft, start, 'SIP/2.0 expected');
}

/** Via, From, To, Call-ID and CSeq are in every message (RFC 3261 §8.1.1, §8.2.6.2). */
function missing(draft: HeadDraft): undefined {
  return stop(draft, draft.text.length, 'Via, From, To, Call-ID or CSeq is missing');
}
