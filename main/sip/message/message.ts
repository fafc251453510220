// SIP messages as values (RFC 3261 §7): the fields everyone needs are structure, all others stay text in order.
import type { Parameter } from '../uri/parameter.ts';
import type { Uri } from '../uri/uri.ts';

/** Printed and parsed: `Via: SIP/2.0/TCP host:port;branch=…`. `transport` in upper case. */
export interface ViaHeader {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: readonly Parameter[];
}

/** A name-addr: From, To, Contact, Route, Record-Route… `displayName` unquoted, undefined when absent. */
export interface NameAddr {
  readonly displayName: string | undefined;
  readonly uri: Uri;
  readonly parameters: readonly Parameter[];
}

export interface CSeqHeader {
  readonly number: number;
  readonly method: string;
}

/** A header field that has no place of its own in a message: canonical name ("Subject"), unfolded value, never with CR or LF. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

interface SipMessageFields {
  readonly vias: readonly ViaHeader[];
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: string;
  readonly cseq: CSeqHeader;
  /** `'*'` only in REGISTER (RFC 3261 §10.2.2). */
  readonly contacts: readonly NameAddr[] | '*';
  /** Everything but Via, From, To, Call-ID, CSeq, Contact and Content-Length, in order of arrival. */
  readonly headers: readonly HeaderField[];
  readonly body: Uint8Array;
}

export interface SipRequest extends SipMessageFields {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: Uri;
}

export interface SipResponse extends SipMessageFields {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

/**
 * Why bytes are not a message. `answerable` holds what a stateless 400 (or 505, 513…) needs,
 * when that much could be read (RFC 3261 §8.2.6, §16.3); undefined means silence.
 */
export interface ParseFailure {
  readonly kind: 'failure';
  /** Byte offset of the first thing wrong. */
  readonly offset: number;
  readonly reason: string;
  readonly answerable: { readonly status: number; readonly request: SipRequest } | undefined;
}

export type ParseResult = { readonly kind: 'message'; readonly message: SipMessage } | ParseFailure;
