// Trigger: the transaction table has a new request.
// Result: checked, handed to its handler, answered with what the handler returns.
// RFC 3261 §8.2, §9.2, §11.2.
import { ownContact } from './build-request.ts';
import type { ContactPlace } from './build-request.ts';
import { targetOf } from './dialog/create-dialog.ts';
import { recordRoutes } from './dialog/route-set.ts';
import type { EndpointOptions, Gate, Granted, IncomingRequest, Reply, ServerInvite } from './endpoint.ts';
import type { HandlerTable } from './handler-table.ts';
import { allowEventsHeader } from './message/header/allow-events.ts';
import { allowHeader } from './message/header/allow.ts';
import { headerField, headerTexts } from './message/header/header.ts';
import { requireHeader } from './message/header/require.ts';
import { supportedHeader } from './message/header/supported.ts';
import { unsupportedHeader } from './message/header/unsupported.ts';
import type { HeaderField, SipRequest, SipResponse } from './message/message.ts';
import type { TransportProtocol } from './network.ts';
import type { ServerTransaction } from './transaction/server-transaction.ts';
import type { Cancelled } from './transaction/table.ts';
import type { Counts } from './transport/counts.ts';
import { makeResponse } from './transport/make-response.ts';
import { isWildcard } from './transport/transport.ts';
import type { FlowResult, TransportFlow } from './transport/transport.ts';

export interface ReceivingParts {
  readonly options: EndpointOptions;
  readonly handlers: HandlerTable;
  readonly counts: Counts;
  /** Who is heard; undefined: everybody. */
  gate(): Gate | undefined;
  /** Whether the same request came before by another way. */
  isCopy(transaction: ServerTransaction): boolean;
  /** What a CANCEL is for. */
  cancelledBy(cancel: SipRequest): Cancelled;
  /** What the registrar granted, for our Contact. */
  granted(): Granted | undefined;
  /** Undefined: that of the flow. */
  contactPort(protocol: TransportProtocol): number | undefined;
  /** The same flow with its local address known. */
  flowTo(flow: TransportFlow): FlowResult | Promise<FlowResult>;
}

export type ReceiveRequest = (transaction: ServerTransaction) => void;

/** Tags of at least 32 bits are asked for (RFC 3261 §19.3); this many cannot be guessed. */
const TAG_BITS = 64;

export function createRequestReceiver(parts: ReceivingParts): ReceiveRequest {
  return (transaction) => {
    const gate = parts.gate();
    if (gate === undefined) receive(transaction, parts);
    else admit(transaction, gate, parts);
  };
}

function admit(transaction: ServerTransaction, gate: Gate, parts: ReceivingParts): void {
  const pass = (isAdmitted: boolean): void => {
    if (isAdmitted) receive(transaction, parts);
    else refuse(transaction, parts);
  };
  const verdict = gate(incomingOf(transaction));
  if (!(verdict instanceof Promise)) return pass(verdict);
  verdict
    .then((isAdmitted) => {
      // A CANCEL may have been faster.
      if (!transaction.isAnswered) pass(isAdmitted);
    })
    .catch((error: unknown) => fail(transaction, error, parts));
}

/**
 * SECURITY: nothing in it says who or what is here: no Server, no Allow. And nothing is kept of it (RFC 3261 §8.2.7): a false sender of an
 * INVITE must not draw ten answers to somebody else, nor a flood push out what absorbs the copies of honest requests.
 */
function refuse(transaction: ServerTransaction, parts: ReceivingParts): void {
  parts.counts.add('requests-not-admitted');
  transaction.respond(makeResponse(transaction.request, 403, { toTag: parts.options.random.token(TAG_BITS) }));
  transaction.abandon();
}

function receive(transaction: ServerTransaction, parts: ReceivingParts): void {
  const early = earlyReply(transaction, parts);
  if (early !== undefined) respond(transaction, early, parts);
  else if (transaction.request.method === 'CANCEL') cancel(transaction, parts);
  else handle(transaction, parts);
}

function incomingOf(transaction: ServerTransaction): IncomingRequest {
  return { message: transaction.request, flow: transaction.flow, source: transaction.source };
}

/** §8.2.2.2. */
const COPY: Reply = { status: 482 };

/** What can be refused without asking a handler (§8.2.1 to §8.2.2.3), in the RFC's order. */
function earlyReply(transaction: ServerTransaction, parts: ReceivingParts): Reply | undefined {
  const { request } = transaction;
  const { method } = request;
  if (method === 'CANCEL') return undefined;
  if (method === 'OPTIONS' && !parts.handlers.has('OPTIONS')) {
    if (request.uri.kind !== 'sip') return { status: 416 };
    if (parts.options.isOurs?.(request.uri) === false) return { status: 404 };
    return parts.isCopy(transaction) ? COPY : (requireReply(request, parts) ?? optionsReply(parts));
  }
  const found = parts.handlers.find(request);
  if (found.kind === 'refused' && found.status !== 489) return { status: found.status, headers: [allowField(parts.handlers)] };
  if (request.uri.kind !== 'sip') return { status: 416 };
  if (parts.isCopy(transaction)) return COPY;
  const required = requireReply(request, parts);
  if (required !== undefined) return required;
  if (found.kind === 'refused') return { status: 489, headers: [headerField(allowEventsHeader, parts.handlers.events(method))] };
  return undefined;
}

function requireReply(request: SipRequest, { options, handlers }: ReceivingParts): Reply | undefined {
  const texts = headerTexts(request, 'Require');
  if (texts.length === 0) return undefined;
  const supported = optionTags(options, handlers).map((tag) => tag.toLowerCase());
  const missing: string[] = [];
  for (const text of texts) {
    const result = requireHeader.parse(text);
    if (result.kind === 'failure') return { status: 400, reason: 'Bad Require' };
    missing.push(...result.value.filter((tag) => !supported.includes(tag.toLowerCase())));
  }
  return missing.length === 0 ? undefined : { status: 420, headers: [headerField(unsupportedHeader, missing)] };
}

function optionsReply(parts: ReceivingParts): Reply {
  const { options, handlers } = parts;
  const headers: HeaderField[] = [...abilities(options, handlers)];
  if (options.accept !== undefined) headers.push({ name: 'Accept', value: options.accept.join(', ') });
  const events = handlers.events();
  if (events.length > 0) headers.push(headerField(allowEventsHeader, events));
  return { status: 200, headers };
}

function allowField(handlers: HandlerTable): HeaderField {
  return headerField(allowHeader, handlers.methods());
}

function optionTags(options: EndpointOptions, handlers: HandlerTable): readonly string[] {
  return [...new Set([...(options.supported ?? []), ...handlers.optionTags()])];
}

/** Allow and Supported (§20.5, §20.37). */
export function abilities(options: EndpointOptions, handlers: HandlerTable): readonly HeaderField[] {
  return [allowField(handlers), headerField(supportedHeader, optionTags(options, handlers))];
}

/** §9.2: the CANCEL itself is answered; an INVITE not answered yet is answered 487. */
function cancel(transaction: ServerTransaction, parts: ReceivingParts): void {
  const cancelled = parts.cancelledBy(transaction.request);
  respond(transaction, { status: cancelled.kind === 'nothing' ? 481 : 200 }, parts);
  if (cancelled.kind !== 'invite') return;
  const invite = cancelled.transaction;
  if (invite.isAnswered) return;
  invite.onCancel?.();
  if (!invite.isAnswered) respond(invite, { status: 487 }, parts);
}

function handle(transaction: ServerTransaction, parts: ReceivingParts): void {
  const found = parts.handlers.find(transaction.request);
  if (found.kind === 'refused') return void respond(transaction, { status: found.status }, parts);
  const incoming = incomingOf(transaction);
  try {
    if (found.kind === 'invites') return found.receiver.onInvite(serverInvite(transaction, incoming, parts));
    const reply = found.handler(incoming);
    // WHY: a handler that knows its answer at once is answered at once, without a turn of the event loop.
    if (!(reply instanceof Promise)) return void respond(transaction, reply, parts);
    reply.then((late) => void respond(transaction, late, parts)).catch((error: unknown) => fail(transaction, error, parts));
  } catch (error) {
    fail(transaction, error, parts);
  }
}

function fail(transaction: ServerTransaction, error: unknown, parts: ReceivingParts): void {
  parts.counts.add('handler-errors');
  parts.options.log(
    'error',
    `${transaction.request.method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  respond(transaction, { status: 500 }, parts);
}

function serverInvite(transaction: ServerTransaction, incoming: IncomingRequest, parts: ReceivingParts): ServerInvite {
  return {
    ...incoming,
    respond: (reply) => respond(transaction, reply, parts),
    set onCancel(listener: (() => void) | undefined) {
      transaction.onCancel = listener;
    },
    get onCancel() {
      return transaction.onCancel;
    },
  };
}

/** Returns how to send the same response once more. */
function respond(transaction: ServerTransaction, reply: Reply, parts: ReceivingParts): () => void {
  const { flow } = transaction;
  let sent: SipResponse | undefined;
  if (reply.contact === undefined || !isWildcard(flow.local.address)) {
    sent = sendReply(transaction, reply, flow, parts);
  } else {
    Promise.resolve(parts.flowTo(flow))
      .then((result) => {
        sent = sendReply(transaction, reply, result.kind === 'flow' ? result.flow : flow, parts);
      })
      .catch((error: unknown) => fail(transaction, error, parts));
  }
  return () => {
    if (sent !== undefined) transaction.respond(sent);
  };
}

function sendReply(transaction: ServerTransaction, reply: Reply, flow: TransportFlow, parts: ReceivingParts): SipResponse {
  const server: HeaderField = { name: 'Server', value: parts.options.product };
  const response = makeResponse(transaction.request, reply.status, {
    reason: reply.reason,
    headers: reply.headers === undefined ? [server] : [...reply.headers, server],
    contacts: reply.contact === undefined ? undefined : [ownContact(reply.contact, flow, placeOfContact(transaction.request, flow, parts))],
    body: reply.body,
    toTag: reply.toTag ?? (reply.status === 100 ? undefined : parts.options.random.token(TAG_BITS)),
  });
  transaction.respond(response);
  return response;
}

function placeOfContact(request: SipRequest, { protocol, local }: TransportFlow, parts: ReceivingParts): ContactPlace {
  return { port: parts.contactPort(protocol) ?? local.port, scheme: contactScheme(request), granted: parts.granted() };
}

/** §12.1.1: who came by SIPS, or wants to be reached so, gets a SIPS Contact. */
function contactScheme(request: SipRequest): 'sip' | 'sips' {
  const first = recordRoutes(request)[0]?.uri ?? targetOf(request);
  return [request.uri, first].some((uri) => uri?.kind === 'sip' && uri.scheme === 'sips') ? 'sips' : 'sip';
}
