// Takes a list notification apart: multipart/related with an RLMI document and a part for each state (RFC 4662 §4.5, §5.6).
import { contentTypeHeader, parameterValue, parseMultipart } from '../../../sip/index.ts';
import type { BodyPart } from '../../../sip/index.ts';
import { RLMI_CONTENT_TYPE, parseRlmi } from '../../document/rlmi.ts';
import type { RlmiDocument } from '../../document/rlmi.ts';

export interface ListPart {
  /** Lower case, without parameters. */
  readonly contentType: string;
  /** As it came. */
  readonly contentTypeText: string;
  readonly body: Uint8Array;
}

/** One list's notification; `nested` are those of lists in it, by the Content-ID that stands for them. */
export interface ListBody {
  readonly kind: 'ok';
  readonly document: RlmiDocument;
  /** By Content-ID, without angle brackets. */
  readonly parts: ReadonlyMap<string, ListPart>;
  readonly nested: ReadonlyMap<string, ListBody>;
}

export type ListBodyResult = ListBody | { readonly kind: 'failure'; readonly reason: string };

/** Lists in lists in lists: deeper is a loop or an attack. */
const MAX_DEPTH = 4;

/** `contentTypeText` as in the header field. INTEROP: an RLMI document alone, without multipart, is read too. */
export function readListBody(contentTypeText: string, body: Uint8Array): ListBodyResult {
  const type = contentTypeHeader.parse(contentTypeText);
  if (type.kind === 'failure') return type;
  if (typeName(type.value) === RLMI_CONTENT_TYPE) return joined(body, []);
  const parts = parseMultipart(body, type.value);
  return parts.kind === 'failure' ? parts : readRelated(parts.value, parameterValue(type.value.parameters, 'start'), 1);
}

function readRelated(parts: readonly BodyPart[], start: string | undefined, depth: number): ListBodyResult {
  if (depth > MAX_DEPTH) return { kind: 'failure', reason: 'lists nested too deep' };
  const isRlmi = (part: BodyPart): boolean => typeName(part.contentType) === RLMI_CONTENT_TYPE;
  // RFC 2387 §3.2: `start` names the root, else it is the first part. INTEROP: some name none and put it elsewhere.
  const startId = start?.replace(/^<|>$/g, '');
  const root = parts.find((part) => part.contentId === startId && startId !== undefined && isRlmi(part)) ?? parts.find(isRlmi);
  if (root === undefined) return { kind: 'failure', reason: 'a list notification without RLMI' };
  return joined(
    root.body,
    parts.filter((part) => part !== root),
    depth,
  );
}

function joined(rlmi: Uint8Array, parts: readonly BodyPart[], depth = 1): ListBodyResult {
  const parsed = parseRlmi(rlmi);
  if (parsed.kind === 'failure') return { kind: 'failure', reason: parsed.reason };
  const plain = new Map<string, ListPart>();
  const nested = new Map<string, ListBody>();
  for (const part of parts) {
    if (part.contentId === undefined) continue;
    const inner = part.parts === undefined ? undefined : readRelated(part.parts, startOf(part), depth + 1);
    if (inner?.kind === 'ok') nested.set(part.contentId, inner);
    else plain.set(part.contentId, { contentType: typeName(part.contentType), contentTypeText: typeText(part), body: part.body });
  }
  return { kind: 'ok', document: parsed.document, parts: plain, nested };
}

function typeName({ type, subtype }: BodyPart['contentType']): string {
  return `${type}/${subtype}`;
}

function typeText(part: BodyPart): string {
  return contentTypeHeader.print(part.contentType);
}

function startOf(part: BodyPart): string | undefined {
  return parameterValue(part.contentType.parameters, 'start');
}
