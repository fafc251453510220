// Content that a message only refers to, message/external-body (RFC 4483, RFC 2017): where it is and what it is said to be. Pure.
import { parameterValue } from '../../sip/index.ts';
import { splitParameters } from '../header-value.ts';
import type { ValueWithParameters } from '../header-value.ts';

/** Everything in it is the sender's claim. */
export interface ReferredContent {
  /** http or https. */
  readonly url: string;
  /** Lower case, without parameters; '' when not said. */
  readonly contentType: string;
  /** undefined: not said. */
  readonly sizeBytes: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** Never with a slash. */
  readonly name: string;
}

const URL_LIMIT = 2_000;
const NAME_LIMIT = 120;

/** `body` holds the headers of the content itself. Undefined: no web address, or another way than a URL (FTP, mail). */
export function readReference(body: Uint8Array, type: ValueWithParameters): ReferredContent | undefined {
  const parameter = (name: string): string | undefined => parameterValue(type.parameters, name) ?? undefined;
  if (parameter('access-type')?.toLowerCase() !== 'url') return undefined;
  // RFC 2017 §3.1: white space in it is only folding.
  const text = (parameter('url') ?? '').replace(/\s+/g, '');
  const url = text.length > URL_LIMIT ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const headers = readHeaders(new TextDecoder().decode(body));
  const disposition = splitParameters(headers.get('content-disposition') ?? '');
  const size = Number(parameter('size'));
  const expiresAtMs = Date.parse(parameter('expiration') ?? '');
  const name = parameterValue(disposition.parameters, 'filename') ?? lastSegment(url) ?? url.host;
  return {
    url: url.href,
    contentType: splitParameters(headers.get('content-type') ?? '').value,
    sizeBytes: Number.isSafeInteger(size) && size > 0 ? size : undefined,
    expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
    name: name
      .replace(/[/\\\p{Cc}]/gu, '_')
      .slice(0, NAME_LIMIT)
      .toWellFormed(),
  };
}

function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function lastSegment(url: URL): string | undefined {
  const segment = url.pathname.split('/').at(-1) ?? '';
  if (segment === '') return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
