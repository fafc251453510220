// Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3, §8.2.2.2).
import type { SipRequest, SipResponse, ViaHeader } from '../message/message.ts';
import { BRANCH_COOKIE } from '../random.ts';
import { printUri } from '../uri/print-uri.ts';
import { parameterValue } from '../uri/parameter.ts';
import { uriEquals } from '../uri/uri-equals.ts';

export function clientKey(branch: string, method: string): string {
  return `${branch} ${method}`;
}

/** Undefined where the response has no branch, or more Vias than ours (§8.1.3.3). */
export function clientKeyOfResponse(response: SipResponse): string | undefined {
  const top = response.vias[0];
  if (top === undefined || response.vias.length !== 1) return undefined;
  const branch = parameterValue(top.parameters, 'branch');
  return branch === undefined ? undefined : clientKey(branch, response.cseq.method);
}

/** Whether the response's top Via names the sender that the request's does (RFC 3261 §18.1.2). */
export function hasSameSender(request: SipRequest, response: SipResponse): boolean {
  const [own] = request.vias;
  const [top] = response.vias;
  return own !== undefined && top !== undefined && own.port === top.port && own.host.toLowerCase() === top.host.toLowerCase();
}

/** `method` is the request's own, but INVITE for an ACK, and INVITE to find what a CANCEL means. */
export function serverKey(request: SipRequest, method: string): string {
  const top = request.vias[0];
  if (top === undefined) return '';
  const branch = parameterValue(top.parameters, 'branch');
  if (branch === undefined || !hasCookie(branch)) return oldServerKey(request, top, method);
  return `${branch} ${top.host.toLowerCase()}:${top.port ?? ''} ${method}`;
}

/** §17.2.3 for clients older than RFC 3261. The To tag is left out: the ACK has ours, the INVITE had none. */
function oldServerKey(request: SipRequest, top: ViaHeader, method: string): string {
  const tag = parameterValue(request.from.parameters, 'tag') ?? '';
  const branch = parameterValue(top.parameters, 'branch') ?? '';
  const sentBy = `${top.transport} ${top.host.toLowerCase()}:${top.port ?? ''} ${branch}`;
  return `\n${printUri(request.uri)} ${tag} ${request.callId} ${request.cseq.number} ${sentBy} ${method}`;
}

/**
 * Whether a CANCEL found by its branch is what the request's own sender made: the rest of it is the same too (RFC 3261 §9.1).
 * SECURITY: who only saw or guessed the branch cancels nothing.
 */
export function isCancelOf(cancel: SipRequest, request: SipRequest): boolean {
  return (
    cancel.callId === request.callId &&
    cancel.cseq.number === request.cseq.number &&
    parameterValue(cancel.from.parameters, 'tag') === parameterValue(request.from.parameters, 'tag') &&
    parameterValue(cancel.to.parameters, 'tag') === parameterValue(request.to.parameters, 'tag') &&
    uriEquals(cancel.uri, request.uri)
  );
}

/** RFC 4475 §3.2.1: the cookie with nothing behind it says nothing. */
function hasCookie(branch: string): boolean {
  if (branch.length === BRANCH_COOKIE.length) return false;
  return branch.startsWith(BRANCH_COOKIE) || branch.slice(0, BRANCH_COOKIE.length).toLowerCase() === 'z9hg4bk';
}

/**
 * The same for every copy of one request that came by several ways (§8.2.2.2). Undefined for requests in a dialog.
 * INTEROP(libpurple): its Call-IDs and From tags repeat between users, so the From address is part of it.
 */
export function mergeKey(request: SipRequest): string | undefined {
  if (parameterValue(request.to.parameters, 'tag') !== undefined) return undefined;
  const { uri, parameters } = request.from;
  const address = uri.kind === 'sip' ? `${uri.user ?? ''}@${uri.host}` : uri.rest;
  return `${request.callId} ${request.cseq.number} ${request.method} ${parameterValue(parameters, 'tag') ?? ''} ${address}`;
}
