// Messages with their own envelope, message/cpim (RFC 3862): parse from bytes and print to bytes.
import { parseDateTime, printDateTime } from './date-time.ts';
import {
  escapeCpim,
  printCpimAddress,
  readCpimAddress,
  readCpimHeaders,
  unescapeCpim,
  type CpimAddress,
  type CpimLine,
} from './cpim-header.ts';
import type { DocumentFailure } from './xml/element.ts';

export type { CpimAddress } from './cpim-header.ts';

export const CPIM_CONTENT_TYPE = 'message/cpim';
/** The namespace of `imdn.Message-ID` and its like (RFC 5438 §6). */
export const IMDN_HEADERS = 'urn:ietf:params:imdn';

/** A header that has no place of its own. `namespace`: '' for RFC 3862's own. */
export interface CpimHeader {
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}

export interface CpimMessage {
  readonly from: CpimAddress | undefined;
  readonly to: readonly CpimAddress[];
  readonly cc: readonly CpimAddress[];
  readonly dateTimeMs: number | undefined;
  /** The first Subject. */
  readonly subject: string | undefined;
  /** Headers the reader must understand (RFC 3862 §4.7), as written. */
  readonly required: readonly string[];
  readonly headers: readonly CpimHeader[];
  /** The encapsulated part's media type with parameters, `text/plain` when it says nothing. */
  readonly contentType: string;
  /** The part's other headers, e.g. Content-ID, Content-Disposition, in order. */
  readonly contentHeaders: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array;
}

export type CpimResult = { readonly kind: 'ok'; readonly message: CpimMessage } | DocumentFailure;

/**
 * Reads a CPIM message. The body is a view of `bytes`. INTEROP: bare line feeds and header names in any case are taken,
 * though RFC 3862 §2.3 wants CRLF and case.
 */
export function parseCpim(bytes: Uint8Array): CpimResult {
  const envelope = readCpimHeaders(bytes, 0);
  if (envelope.kind === 'failure') return envelope;
  const part = readCpimHeaders(bytes, envelope.end);
  if (part.kind === 'failure') return part;
  const { lines } = envelope;
  const valuesOf = (name: string): readonly string[] => lines.filter((line) => line.name.toLowerCase() === name).map((line) => line.value);
  const addresses = (name: string): readonly CpimAddress[] => valuesOf(name).flatMap((value) => readCpimAddress(value) ?? []);
  const subject = valuesOf('subject')[0];
  return {
    kind: 'ok',
    message: {
      from: addresses('from')[0],
      to: addresses('to'),
      cc: addresses('cc'),
      dateTimeMs: parseDateTime(valuesOf('datetime')[0]),
      subject: subject === undefined ? undefined : unescapeCpim(subject),
      required: valuesOf('require').flatMap((value) =>
        value
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
      ),
      headers: readOthers(lines),
      contentType: part.lines.find(isContentType)?.value ?? 'text/plain',
      contentHeaders: part.lines.filter((line) => !isContentType(line)).map(({ name, value }) => ({ name, value })),
      body: bytes.subarray(part.end),
    },
  };
}

/**
 * Whether bytes are CPIM by their shape. INTEROP(Kamailio): stored messages come back as text/plain whatever they were.
 * Both headers a CPIM sender writes must be there, and a part with a media type behind them.
 */
export function looksLikeCpim(bytes: Uint8Array): boolean {
  const envelope = readCpimHeaders(bytes, 0);
  if (envelope.kind === 'failure') return false;
  const part = readCpimHeaders(bytes, envelope.end);
  const names = new Set(envelope.lines.map(({ name }) => name.toLowerCase()));
  return part.kind === 'ok' && names.has('from') && names.has('to') && part.lines.some(isContentType);
}

const OWN_PLACE: ReadonlySet<string> = new Set(['from', 'to', 'cc', 'datetime', 'subject', 'require', 'ns']);

function isContentType({ name }: CpimLine): boolean {
  return name.toLowerCase() === 'content-type';
}

/** RFC 3862 §2.5, §4.6: `NS: prefix <uri>` names a namespace for the headers below it that are written `prefix.Name`. */
function readOthers(lines: readonly CpimLine[]): readonly CpimHeader[] {
  const namespaces = new Map<string, string>();
  const headers: CpimHeader[] = [];
  for (const { name, value } of lines) {
    if (name.toLowerCase() === 'ns') {
      const declared = /^(?:(\S+)\s+)?<([^>]*)>/.exec(value);
      if (declared !== null) namespaces.set(declared[1] ?? '', declared[2] ?? '');
      continue;
    }
    if (OWN_PLACE.has(name.toLowerCase())) continue;
    const dot = name.indexOf('.');
    const namespace = dot > 0 ? namespaces.get(name.slice(0, dot)) : (namespaces.get('') ?? '');
    const local = dot > 0 && namespace !== undefined ? name.slice(dot + 1) : name;
    headers.push({ namespace: namespace ?? '', name: local, value: unescapeCpim(value) });
  }
  return headers;
}

/** Prints with CRLF; values are escaped, so no value can begin a header or end the envelope. */
export function printCpim(message: CpimMessage): Uint8Array {
  const prefixes = prefixesFor(message.headers);
  const lines = [
    ...(message.from === undefined ? [] : [`From: ${printCpimAddress(message.from)}`]),
    ...message.to.map((address) => `To: ${printCpimAddress(address)}`),
    ...message.cc.map((address) => `cc: ${printCpimAddress(address)}`),
    ...(message.dateTimeMs === undefined ? [] : [`DateTime: ${printDateTime(message.dateTimeMs)}`]),
    ...(message.subject === undefined ? [] : [`Subject: ${escapeCpim(message.subject)}`]),
    ...[...prefixes].map(([namespace, prefix]) => `NS: ${prefix} <${escapeCpim(namespace)}>`),
    ...(message.required.length === 0 ? [] : [`Require: ${escapeCpim(message.required.join(','))}`]),
    ...message.headers.map(({ namespace, name, value }) => {
      const prefix = prefixes.get(namespace);
      return `${prefix === undefined ? '' : `${prefix}.`}${headerName(name)}: ${escapeCpim(value)}`;
    }),
    '',
    `Content-Type: ${oneLine(message.contentType)}`,
    ...message.contentHeaders.map(({ name, value }) => `${headerName(name)}: ${oneLine(value)}`),
    '',
    '',
  ];
  const head = new TextEncoder().encode(lines.join('\r\n'));
  const bytes = new Uint8Array(head.length + message.body.length);
  bytes.set(head);
  bytes.set(message.body, head.length);
  return bytes;
}

function prefixesFor(headers: readonly CpimHeader[]): ReadonlyMap<string, string> {
  const namespaces = [...new Set(headers.map(({ namespace }) => namespace))].filter((namespace) => namespace !== '');
  return new Map(namespaces.map((namespace, index) => [namespace, namespace === IMDN_HEADERS ? 'imdn' : `ns${index + 1}`]));
}

function headerName(name: string): string {
  return name.replace(/[^\w.!#$%&'*+^`|~-]/g, '');
}

function oneLine(value: string): string {
  return value.replace(/\p{Cc}+/gu, ' ').trim();
}
