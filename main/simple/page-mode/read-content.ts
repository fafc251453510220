// What a MESSAGE's body says: text, or a signal, or why it cannot be read (RFC 3428 §7, RFC 3862, RFC 5621). Pure.
import { parameterValue, parseMultipart } from '../../sip/index.ts';
import type { BodyPart } from '../../sip/index.ts';
import { splitParameters } from '../header-value.ts';
import type { ValueWithParameters } from '../header-value.ts';
import { decodeText } from './charset.ts';
import { decodeBody } from './content-encoding.ts';
import type { CpimFields, SignalKind } from './page-message.ts';
import { htmlToText } from './html-to-text.ts';
import { readReference } from './read-reference.ts';
import type { ReferredContent } from './read-reference.ts';
import { isLostCpim, unwrapCpim } from './unwrap-cpim.ts';

/** Wrappers in wrappers: deeper is an attack, not a message. */
const MAX_DEPTH = 4;

/** For Accept, best first. */
export const ACCEPTED_TYPES = [
  'message/cpim',
  'text/plain',
  'multipart/alternative',
  'multipart/mixed',
  'text/html',
  'message/external-body',
  'application/im-iscomposing+xml',
  'message/imdn+xml',
] as const;

const SIGNAL_BY_TYPE: Readonly<Record<string, SignalKind>> = {
  'application/im-iscomposing+xml': 'is-composing',
  'message/imdn+xml': 'imdn',
};

export type Content =
  | {
      readonly kind: 'text';
      readonly contentType: string;
      readonly text: string;
      readonly cpim: CpimFields | undefined;
      /** The content is elsewhere; `text` is its address then. */
      readonly reference?: ReferredContent;
    }
  /** Several documents: aggregated reports (RFC 5438 §8.3). */
  | { readonly kind: 'signal'; readonly signal: SignalKind; readonly documents: readonly string[] }
  /** Nothing in it: answered 200, not shown. */
  | { readonly kind: 'empty' }
  /** `cpim`: of the wrapper it came in. */
  | { readonly kind: 'unknown-type'; readonly contentType: string; readonly cpim?: CpimFields }
  | { readonly kind: 'unknown-encoding' }
  | { readonly kind: 'broken'; readonly reason: string };

/** `contentType` and `contentEncoding` as in the header fields. */
export function readContent(body: Uint8Array, contentType: string | undefined, contentEncoding: string | undefined): Content {
  if (body.length === 0) return { kind: 'empty' };
  const decoded = decodeBody(body, contentEncoding);
  if (decoded.kind === 'unknown') return { kind: 'unknown-encoding' };
  if (decoded.kind === 'broken') return { kind: 'broken', reason: 'Broken Content-Encoding' };
  // RFC 3261 §20.15 wants a type where there is a body; a body without is taken as plain text.
  return readTyped(decoded.body, splitParameters(contentType ?? 'text/plain'), 0);
}

/** Text of a stored message that lost its type: a CPIM wrapper is read as one. */
export function readUntypedText(text: string): Content {
  const asText: Content = { kind: 'text', contentType: 'text/plain', text, cpim: undefined };
  if (!isLostCpim(text)) return asText;
  const content = readWrapped(new TextEncoder().encode(text), 0);
  return content.kind === 'text' || content.kind === 'signal' || content.kind === 'unknown-type' ? content : asText;
}

function readTyped(body: Uint8Array, type: ValueWithParameters, depth: number): Content {
  if (depth > MAX_DEPTH) return { kind: 'broken', reason: 'Nested too deep' };
  const signal = Object.hasOwn(SIGNAL_BY_TYPE, type.value) ? SIGNAL_BY_TYPE[type.value] : undefined;
  if (signal !== undefined) return { kind: 'signal', signal, documents: [new TextDecoder().decode(body)] };
  switch (type.value) {
    case 'text/plain':
    case 'text/html': {
      const text = decodeText(body, parameterValue(type.parameters, 'charset') ?? '');
      if (text === undefined) return { kind: 'unknown-type', contentType: type.value };
      return { kind: 'text', contentType: type.value, text: type.value === 'text/html' ? htmlToText(text) : text, cpim: undefined };
    }
    case 'message/external-body': {
      const reference = readReference(body, type);
      return reference === undefined
        ? { kind: 'unknown-type', contentType: type.value }
        : { kind: 'text', contentType: type.value, text: reference.url, cpim: undefined, reference };
    }
    case 'message/cpim':
      return readWrapped(body, depth);
    case 'multipart/alternative':
    case 'multipart/mixed':
      return readMultipart(body, type, depth);
    default:
      return { kind: 'unknown-type', contentType: type.value };
  }
}

function readWrapped(body: Uint8Array, depth: number): Content {
  const cpim = unwrapCpim(body);
  if (cpim === undefined) return { kind: 'broken', reason: 'Broken CPIM' };
  const { body: inner, contentType, contentHeaders, ...fields } = cpim;
  if (inner.length === 0) return { kind: 'empty' };
  const encoding = contentHeaders.find(({ name }) => name.toLowerCase() === 'content-transfer-encoding')?.value;
  const content = readTyped(decodeTransfer(inner, encoding), splitParameters(contentType), depth + 1);
  return content.kind === 'text' || content.kind === 'unknown-type' ? { ...content, cpim: content.cpim ?? fields } : content;
}

/** Content-Transfer-Encoding is not needed in SIP, but some send base64 (RFC 2045 §6.8). */
function decodeTransfer(bytes: Uint8Array, encoding: string | undefined): Uint8Array {
  return encoding?.trim().toLowerCase() === 'base64' ? Buffer.from(new TextDecoder('latin1').decode(bytes), 'base64') : bytes;
}

function readBodyPart(part: BodyPart, depth: number): Content {
  const { type, subtype, parameters } = part.contentType;
  const encoding = part.headers.find((field) => field.name === 'Content-Transfer-Encoding')?.value;
  return readTyped(decodeTransfer(part.body, encoding), { value: `${type}/${subtype}`, parameters }, depth + 1);
}

/** RFC 2046 §5.1.1: 70 characters at most. */
const FIRST_BOUNDARY = /^--([^\r\n]{1,70})\r?\n/u;

/** INTEROP(Kamailio msilo): it drops parameters of the type; then the first line names the boundary. */
function withBoundary(body: Uint8Array, parameters: ValueWithParameters['parameters']): ValueWithParameters['parameters'] {
  if (parameterValue(parameters, 'boundary') !== undefined) return parameters;
  const first = FIRST_BOUNDARY.exec(new TextDecoder('latin1').decode(body.subarray(0, 80)))?.[1]?.trimEnd();
  return first === undefined ? parameters : [...parameters, { name: 'boundary', value: first }];
}

/**
 * The best part we can show: of alternatives the last (RFC 2046 §5.1.4), but HTML, of which we show the text only, when there is
 * nothing else. Of a mixture all texts in order, or all reports of one kind.
 */
function readMultipart(body: Uint8Array, type: ValueWithParameters, depth: number): Content {
  const [main = '', sub = ''] = type.value.split('/');
  const parts = parseMultipart(body, { type: main, subtype: sub, parameters: withBoundary(body, type.parameters) });
  if (parts.kind === 'failure') return { kind: 'broken', reason: 'Broken multipart' };
  const contents = parts.value.map((part) => readBodyPart(part, depth));
  const readable = contents.filter((content) => content.kind === 'text' || content.kind === 'signal');
  if (readable.length === 0) return contents.find((content) => content.kind === 'unknown-type') ?? { kind: 'empty' };
  const texts = readable.filter((content) => content.kind === 'text');
  const first = texts[0];
  if (first === undefined) return joinSignals(readable);
  if (type.value === 'multipart/alternative') return texts.findLast((content) => content.contentType !== 'text/html') ?? first;
  if (texts.length === 1) return first;
  return { ...first, text: texts.map((content) => content.text).join('\n') };
}

function joinSignals(contents: readonly Content[]): Content {
  const signals = contents.filter((content) => content.kind === 'signal');
  const [first] = signals;
  if (first === undefined) return { kind: 'empty' };
  const same = signals.filter(({ signal }) => signal === first.signal);
  return { ...first, documents: same.flatMap(({ documents }) => documents) };
}
