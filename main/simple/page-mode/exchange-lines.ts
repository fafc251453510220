// A SIP exchange as a person can read it: start line and identity, without credentials and without the text.
import { headerText, printUri } from '../../sip/index.ts';
import type { NameAddr, SipRequest, SipResponse } from '../../sip/index.ts';

/** Longest line kept. */
const LINE_LIMIT = 300;

const named = ({ uri }: NameAddr): string => printUri(uri);

export function requestLines(request: SipRequest): string[] {
  const type = headerText(request, 'Content-Type') ?? '';
  const encoding = headerText(request, 'Content-Encoding');
  return bounded([
    `${request.method} ${printUri(request.uri)} SIP/2.0`,
    `From: ${named(request.from)}  To: ${named(request.to)}`,
    `Call-ID: ${request.callId}  CSeq: ${request.cseq.number} ${request.cseq.method}`,
    `Via: ${request.vias.map((via) => `${via.transport} ${via.host}${via.port === undefined ? '' : `:${via.port}`}`).join(', ')}`,
    `Content-Type: ${type}  (${request.body.length} bytes)`,
    ...(encoding === undefined ? [] : [`Content-Encoding: ${encoding}`]),
  ]);
}

export function responseLines(response: SipResponse): string[] {
  const extra = ['Server', 'User-Agent', 'Warning', 'Retry-After', 'Accept', 'Allow'].flatMap((name) => {
    const value = headerText(response, name);
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  return bounded([`SIP/2.0 ${response.status} ${response.reason}`, ...extra]);
}

function bounded(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/\p{Cc}/gu, ' ').slice(0, LINE_LIMIT));
}
