// Makes dialogs (RFC 3261 §12.1; RFC 6665 §4.4.1 for those a NOTIFY makes before the 2xx arrives).
import type { NameAddr, SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { parameterValue } from '../uri/parameter.ts';
import type { Uri } from '../uri/uri.ts';
import type { Dialog } from './dialog.ts';
import { recordRoutes } from './route-set.ts';

/** As UAC (§12.1.2): from the request as sent (`Final.request`) and its response. Undefined where a tag or the Contact is missing. */
export function dialogFromResponse(request: SipRequest, response: SipResponse): Dialog | undefined {
  return makeDialog({
    local: request.from,
    remote: response.to,
    callId: request.callId,
    remoteTarget: targetOf(response),
    // §12.1.2: the route as the response travelled it, seen from our end.
    routeSet: recordRoutes(response).toReversed(),
    localSequence: request.cseq.number,
    remoteSequence: undefined,
    requestUri: request.uri,
  });
}

/**
 * As UAS (§12.1.1): from the request received and the To tag of our reply (`Reply.toTag`).
 * Undefined where From tag or Contact is missing. Our own sequence starts after `localSequence`, by default 0.
 */
export function dialogFromRequest(request: SipRequest, localTag: string, localSequence = 0): Dialog | undefined {
  return makeDialog({
    local: taggedAs(request.to, localTag),
    remote: request.from,
    callId: request.callId,
    remoteTarget: targetOf(request),
    routeSet: recordRoutes(request),
    localSequence,
    remoteSequence: request.cseq.number,
    requestUri: request.uri,
  });
}

/**
 * As subscriber (RFC 6665 §4.4.1): from our SUBSCRIBE and a NOTIFY for it, which may come before the 2xx or from another fork.
 * The NOTIFY's sequence is taken as received. Undefined where its From tag or Contact is missing.
 */
export function dialogFromNotify(
  subscribe: Pick<SipRequest, 'callId' | 'from' | 'to' | 'cseq' | 'uri'>,
  notify: SipRequest,
): Dialog | undefined {
  return makeDialog({
    local: subscribe.from,
    remote: notify.from,
    callId: subscribe.callId,
    remoteTarget: targetOf(notify),
    routeSet: recordRoutes(notify),
    localSequence: subscribe.cseq.number,
    remoteSequence: notify.cseq.number,
    requestUri: subscribe.uri,
  });
}

function makeDialog(parts: {
  readonly local: NameAddr;
  readonly remote: NameAddr;
  readonly callId: string;
  readonly remoteTarget: Uri | undefined;
  readonly routeSet: readonly NameAddr[];
  readonly localSequence: number;
  readonly remoteSequence: number | undefined;
  readonly requestUri: Uri;
}): Dialog | undefined {
  const { local, remote, callId, remoteTarget, routeSet, localSequence, remoteSequence, requestUri } = parts;
  const localTag = parameterValue(local.parameters, 'tag');
  const remoteTag = parameterValue(remote.parameters, 'tag');
  if (remoteTarget === undefined || localTag === undefined || remoteTag === undefined) return undefined;
  const isSecure = requestUri.kind === 'sip' && requestUri.scheme === 'sips';
  return { callId, localTag, remoteTag, local, remote, remoteTarget, routeSet, localSequence, remoteSequence, isSecure };
}

/** The one Contact that becomes the remote target. */
export function targetOf(message: SipMessage): Uri | undefined {
  return message.contacts === '*' ? undefined : message.contacts[0]?.uri;
}

function taggedAs(address: NameAddr, tag: string): NameAddr {
  const others = address.parameters.filter((parameter) => parameter.name.toLowerCase() !== 'tag');
  return { ...address, parameters: [...others, { name: 'tag', value: tag }] };
}
