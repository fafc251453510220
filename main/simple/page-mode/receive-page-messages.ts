// Trigger: a MESSAGE arrives. Result: its content at the owner, then the answer that the owner's verdict gives. RFC 3428 §7.
import { dateHeader, headerText, parameterValue, readHeader } from '../../sip/index.ts';
import type { Clock, Endpoint, IncomingRequest, Reply, SipRequest } from '../../sip/index.ts';
import { KNOWN_ENCODINGS } from './content-encoding.ts';
import type { IncomingPageMessage, IncomingSignal, MessageVerdict } from './page-message.ts';
import { ACCEPTED_TYPES, readContent, readUntypedText } from './read-content.ts';
import type { Content } from './read-content.ts';
import { readImdnRequest } from './imdn-request.ts';
import { requestLines } from './exchange-lines.ts';
import { isFromStore, isMadeByServer, readStoredText } from './stored-message.ts';

export interface ReceivePageMessagesOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  /** Since when we are signed in; Infinity while we are not. Default: for ever. */
  readonly presentSinceMs?: () => number;
  /** The answer waits for the verdict. A rejection becomes 500. */
  readonly onMessage: (message: IncomingPageMessage) => MessageVerdict | Promise<MessageVerdict>;
  /** Typing and reports; answered 200 whatever becomes of them. */
  readonly onSignal?: (signal: IncomingSignal) => void;
}

/** Listens for MESSAGE; returns how to stop. */
export function receivePageMessages(options: ReceivePageMessagesOptions): () => void {
  return options.endpoint.onRequest('MESSAGE', (request) => receive(options, request));
}

async function receive(options: ReceivePageMessagesOptions, { message }: IncomingRequest): Promise<Reply> {
  const content = readContent(message.body, headerText(message, 'Content-Type'), headerText(message, 'Content-Encoding'));
  switch (content.kind) {
    case 'empty':
      // A 2xx to MESSAGE never has a body, and a MESSAGE without one shows nothing (RFC 3428 §7).
      return { status: 200 };
    case 'signal':
      return takeSignal(options, message, content);
    case 'text':
      return takeText(options, message, content);
    default:
      return takeUnreadable(options, message, content);
  }
}

function takeSignal(options: ReceivePageMessagesOptions, request: SipRequest, content: Extract<Content, { kind: 'signal' }>): Reply {
  const receivedAtMs = options.clock.nowMs();
  for (const document of content.documents) {
    options.onSignal?.({ kind: content.signal, from: request.from, callId: request.callId, document, receivedAtMs });
  }
  return { status: 200 };
}

/** When the request says it was made, and whether a server made it to hand out what it kept. */
function readMoment(
  options: ReceivePageMessagesOptions,
  request: SipRequest,
): { dateMs: number | undefined; nowMs: number; isKept: boolean } {
  const date = readHeader(request, dateHeader);
  const dateMs = date?.kind === 'ok' ? date.value : undefined;
  const nowMs = options.clock.nowMs();
  return { dateMs, nowMs, isKept: isFromStore(request, dateMs, { nowMs, presentSinceMs: options.presentSinceMs?.() ?? -Infinity }) };
}

async function takeText(
  options: ReceivePageMessagesOptions,
  request: SipRequest,
  read: Extract<Content, { kind: 'text' }>,
): Promise<Reply> {
  const { dateMs, nowMs, isKept } = readMoment(options, request);
  const hasContact = request.contacts === '*' || request.contacts.length > 0;
  const stored = readStoredText(read.text, hasContact, dateMs);
  const isTypeLost = read.contentType === 'text/plain' && read.cpim === undefined && !hasContact;
  const content = isTypeLost ? readUntypedText(stored.text) : { ...read, text: stored.text };
  if (content.kind === 'signal') return takeSignal(options, request, content);
  if (content.kind !== 'text' && content.kind !== 'unknown-type') return { status: 200 };
  return give(options, request, content, { dateMs, nowMs, isKept: isKept || stored.wasStored });
}

type Unreadable = Extract<Content, { kind: 'unknown-type' | 'unknown-encoding' | 'broken' }>;

/** RFC 2046 §4.5.1: for what is inside of something that cannot be undone. */
const UNKNOWN_TYPE = 'application/octet-stream';

/**
 * The answer tells the sender (RFC 3428 §7, RFC 3261 §8.2.3), but not the one of a message that a server kept: that was told 202 long
 * ago, and the server would offer it again and again. It is taken as something that cannot be shown.
 */
async function takeUnreadable(options: ReceivePageMessagesOptions, request: SipRequest, content: Unreadable): Promise<Reply> {
  const moment = readMoment(options, request);
  const isKnown = content.kind === 'unknown-type';
  if (moment.isKept) return give(options, request, isKnown ? content : { kind: 'unknown-type', contentType: UNKNOWN_TYPE }, moment);
  if (content.kind === 'broken') return { status: 400, reason: content.reason };
  const takes = isKnown ? { name: 'Accept', value: ACCEPTED_TYPES.join(', ') } : { name: 'Accept-Encoding', value: KNOWN_ENCODINGS };
  return { status: 415, headers: [takes] };
}

async function give(
  options: ReceivePageMessagesOptions,
  request: SipRequest,
  content: Extract<Content, { kind: 'text' | 'unknown-type' }>,
  { dateMs, nowMs, isKept }: ReturnType<typeof readMoment>,
): Promise<Reply> {
  const verdict = await options.onMessage({
    from: request.from,
    to: request.to,
    fromTag: parameterValue(request.from.parameters, 'tag') ?? '',
    callId: request.callId,
    cseqNumber: request.cseq.number,
    body: request.body,
    contentType: content.contentType,
    text: content.kind === 'text' ? content.text : undefined,
    subject: content.cpim?.subject ?? headerText(request, 'Subject'),
    sentAtMs: content.cpim?.dateTimeMs ?? dateMs,
    receivedAtMs: nowMs,
    cpim: content.cpim,
    imdn: content.cpim === undefined ? undefined : readImdnRequest(content.cpim.headers),
    reference: content.kind === 'text' ? content.reference : undefined,
    wasStored: isKept,
    keptAtMs: isKept ? dateMs : undefined,
    isMadeByServer: isMadeByServer(request),
    headers: request.headers,
    lines: () => requestLines(request),
  });
  return replyFor(verdict);
}

function replyFor(verdict: MessageVerdict): Reply {
  switch (verdict.kind) {
    case 'accepted':
      return { status: 200 };
    case 'refused':
      return verdict.reason === undefined ? { status: verdict.status } : { status: verdict.status, reason: verdict.reason };
    case 'storage-failed':
      // WHY: the sender keeps what we could not; nothing is acknowledged that is not stored.
      return { status: 500, reason: 'Could not store the message' };
  }
}
