// Multipart bodies (RFC 2046 §5.1, RFC 5621): parts with their headers, nested ones included.
import { decodeText, encodeText } from '../uri/octets.ts';
import { parameterValue } from '../uri/parameter.ts';
import type { MediaType } from './grammar/media-type.ts';
import { onOneLine } from './grammar/one-line.ts';
import { type ContentDisposition, contentDispositionHeader } from './header/content-disposition.ts';
import { contentIdHeader } from './header/content-id.ts';
import { contentTypeHeader } from './header/content-type.ts';
import type { HeaderCodec, HeaderResult } from './header/header.ts';
import { canonicalName } from './header-names.ts';
import { MAX_HEADER_COUNT, MAX_HEAD_BYTES, MAX_MULTIPART_DEPTH, MAX_MULTIPART_PARTS } from './limits.ts';
import type { HeaderField } from './message.ts';

/** One part as read. `parts` are those inside it when it is a multipart itself. `body` is a view, not a copy. */
export interface BodyPart {
  readonly contentType: MediaType;
  /** Without angle brackets. */
  readonly contentId: string | undefined;
  readonly disposition: ContentDisposition | undefined;
  /** All headers of the part, the above included, by canonical name. */
  readonly headers: readonly HeaderField[];
  readonly body: Uint8Array;
  readonly parts: readonly BodyPart[] | undefined;
}

/** One part to be printed. A multipart inside is a part whose body was printed before. */
export interface OutgoingPart {
  readonly headers: readonly HeaderField[];
  readonly body: Uint8Array;
}

const CR = 0x0d;
const LF = 0x0a;
const HYPHEN = 0x2d;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** RFC 2046 §5.1.1. */
const LONGEST_BOUNDARY = 70;
const plainText: MediaType = { type: 'text', subtype: 'plain', parameters: [] };

/** Reads the parts of a body whose Content-Type is `type`. Fails where it is no multipart, does not end, or is nested too deep. */
export function parseMultipart(body: Uint8Array, type: MediaType): HeaderResult<readonly BodyPart[]> {
  return parseNested(Buffer.from(body.buffer, body.byteOffset, body.byteLength), type, { depth: 1, partCount: 0 });
}

interface Budget {
  depth: number;
  /** Parts read so far, on all levels. */
  partCount: number;
}

function failure(reason: string): { kind: 'failure'; reason: string } {
  return { kind: 'failure', reason };
}

function parseNested(body: Buffer, type: MediaType, budget: Budget): HeaderResult<readonly BodyPart[]> {
  const boundary = parameterValue(type.parameters, 'boundary');
  if (type.type !== 'multipart' || boundary === undefined) return failure('not a multipart with a boundary');
  if (boundary === '' || boundary.length > LONGEST_BOUNDARY) return failure('not a boundary');
  if (budget.depth > MAX_MULTIPART_DEPTH) return failure('multipart nested too deep');
  const parts: BodyPart[] = [];
  const delimiter = encodeText(`--${boundary}`);
  let line = findDelimiter(body, delimiter, 0);
  while (line !== undefined && !line.isLast) {
    const next = findDelimiter(body, delimiter, line.end);
    if (next === undefined) break;
    budget.partCount += 1;
    if (budget.partCount > MAX_MULTIPART_PARTS) return failure('too many parts');
    const part = parsePart(body.subarray(line.end, Math.max(line.end, next.start)), budget);
    if (part.kind === 'failure') return part;
    parts.push(part.value);
    line = next;
  }
  return line?.isLast === true ? { kind: 'ok', value: parts } : failure('the closing delimiter is missing');
}

interface DelimiterLine {
  /** Of the CRLF before it, which belongs to it. */
  readonly start: number;
  /** Index after its CRLF. */
  readonly end: number;
  readonly isLast: boolean;
}

/** The next line that is a delimiter: at the start of a line, with nothing but `--` and white space behind it. */
function findDelimiter(body: Buffer, delimiter: Buffer, from: number): DelimiterLine | undefined {
  // The line break before a delimiter may be the one that ended the line before it (an empty part).
  let at = body.indexOf(delimiter, from);
  for (; at !== -1; at = body.indexOf(delimiter, at + 1)) {
    if (at !== 0 && (body[at - 1] !== LF || body[at - 2] !== CR)) continue;
    let end = at + delimiter.length;
    const isLast = body[end] === HYPHEN && body[end + 1] === HYPHEN;
    if (isLast) end += 2;
    while (body[end] === 0x20 || body[end] === 0x09) end += 1;
    const start = Math.max(0, at - 2);
    if (end === body.length && isLast) return { start, end, isLast };
    if (body[end] === CR && body[end + 1] === LF) return { start, end: end + 2, isLast };
  }
  return undefined;
}

function parsePart(part: Buffer, budget: Budget): HeaderResult<BodyPart> {
  const hasHeaders = !(part[0] === CR && part[1] === LF) && part.length > 0;
  const found = hasHeaders ? part.indexOf(END_OF_HEAD) : -1;
  const headEnd = hasHeaders ? (found === -1 ? part.length : found) : 0;
  if (headEnd > MAX_HEAD_BYTES) return failure('headers of a part too large');
  const headers = parsePartHeaders(part.toString('latin1', 0, headEnd));
  if (headers === undefined) return failure('broken headers of a part');
  const body = part.subarray(Math.min(part.length, hasHeaders ? headEnd + 4 : 2));
  const contentType = readPartHeader(headers, contentTypeHeader);
  const contentId = readPartHeader(headers, contentIdHeader);
  const disposition = readPartHeader(headers, contentDispositionHeader);
  if (contentType?.kind === 'failure') return contentType;
  const type = contentType?.value ?? plainText;
  let parts: readonly BodyPart[] | undefined;
  if (type.type === 'multipart') {
    budget.depth += 1;
    const nested = parseNested(body, type, budget);
    budget.depth -= 1;
    if (nested.kind === 'failure') return nested;
    parts = nested.value;
  }
  return {
    kind: 'ok',
    value: {
      contentType: type,
      contentId: contentId?.kind === 'ok' ? contentId.value : undefined,
      disposition: disposition?.kind === 'ok' ? disposition.value : undefined,
      headers,
      body,
      parts,
    },
  };
}

function readPartHeader<T>(headers: readonly HeaderField[], codec: HeaderCodec<T>): HeaderResult<T> | undefined {
  const field = headers.find(({ name }) => name === codec.name);
  return field === undefined ? undefined : codec.parse(field.value);
}

function parsePartHeaders(head: string): HeaderField[] | undefined {
  if (head === '') return [];
  const headers: HeaderField[] = [];
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:([^\r\n]*)$/.exec(line);
    if (match === null || headers.length === MAX_HEADER_COUNT) return undefined;
    headers.push({ name: canonicalName(match[1] ?? ''), value: decodeText((match[2] ?? '').trim()) });
  }
  return headers;
}

/**
 * Prints parts as `multipart/<subtype>`. `boundary` should be a fresh token; it grows until no part contains it.
 * Returns the body and the Content-Type that goes with it.
 */
export function printMultipart(
  subtype: string,
  parts: readonly OutgoingPart[],
  boundary: string,
): { readonly contentType: string; readonly body: Uint8Array } {
  let unique = boundary;
  while (parts.some(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(`--${unique}`))) unique += '0';
  const chunks: Uint8Array[] = [];
  for (const { headers, body } of parts) {
    const lines = headers.map(({ name, value }) => onOneLine(`${name}: ${value}`) + '\r\n');
    chunks.push(encodeText(`--${unique}\r\n${lines.join('')}\r\n`), body, encodeText('\r\n'));
  }
  chunks.push(encodeText(`--${unique}--\r\n`));
  return { contentType: `multipart/${subtype};boundary=${unique}`, body: Buffer.concat(chunks) };
}
