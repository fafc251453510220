// Trigger: a message is to leave. Result: one MESSAGE transaction and what came of it. RFC 3428 §5.
import { dateHeader, headerField, headerText } from '../../sip/index.ts';
import type { Endpoint, HeaderField, NameAddr, Outcome } from '../../sip/index.ts';
import { listOf, splitParameters } from '../header-value.ts';
import { failureOf } from '../outcome.ts';
import { requestLines, responseLines } from './exchange-lines.ts';
import type { OutgoingPageMessage, PageMessageOutcome, PeerSaid, SentPageMessage } from './page-message.ts';

const DEFAULT_CONTENT_TYPE = 'text/plain;charset=UTF-8';

/**
 * Sends one MESSAGE outside any dialog. A message sent again with its `identity` is the same message to the peer.
 * The caller keeps at most one under way per peer (RFC 3428 §8).
 */
export function sendPageMessage(endpoint: Endpoint, message: OutgoingPageMessage): SentPageMessage {
  const tag = { name: 'tag', value: message.identity.fromTag };
  const from: NameAddr = { displayName: message.fromDisplayName, uri: message.from, parameters: [tag] };
  const to: NameAddr = { displayName: undefined, uri: message.to, parameters: [] };
  const headers: HeaderField[] = [
    headerField(dateHeader, message.sentAtMs),
    { name: 'Content-Type', value: message.contentType ?? DEFAULT_CONTENT_TYPE },
    ...(message.headers ?? []),
  ];
  const { callId, cseqNumber = 1 } = message.identity;
  const request = { method: 'MESSAGE', uri: message.to, from, to, callId, cseqNumber, headers, body: message.body };
  const sent = endpoint.send({ ...request, followsRedirects: true });
  return { outcome: sent.outcome.then(readOutcome), cancel: () => sent.cancel() };
}

function readOutcome(outcome: Outcome): PageMessageOutcome {
  const failure = failureOf(outcome);
  if (failure === undefined)
    return outcome.kind === 'final'
      ? { kind: 'accepted', status: outcome.response.status, said: peerSaid(outcome) }
      : { kind: 'cancelled' };
  return outcome.kind === 'final'
    ? { kind: 'failed', failure, acceptedTypes: acceptedTypes(outcome.response), said: peerSaid(outcome) }
    : { kind: 'failed', failure, acceptedTypes: undefined, said: undefined };
}

function peerSaid({ request, response }: Extract<Outcome, { kind: 'final' }>): PeerSaid {
  const methods = listOf(response, 'Allow');
  return {
    product: headerText(response, 'Server') ?? headerText(response, 'User-Agent') ?? '',
    methods: methods.length === 0 ? undefined : methods,
    lines: [...requestLines(request), ...responseLines(response)],
  };
}

/** Accept of a 415 (RFC 3261 §21.4.13), types in lower case without parameters. */
function acceptedTypes(response: Parameters<typeof listOf>[0] & { status: number }): string[] | undefined {
  if (response.status !== 415) return undefined;
  const types = listOf(response, 'Accept').map((text) => splitParameters(text).value);
  return types.length === 0 ? undefined : types;
}
