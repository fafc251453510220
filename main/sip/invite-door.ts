// The door below sessions: INVITE with all its answers, and the ACK for a 2xx, which is no transaction (RFC 3261 §13.2.2.4).
import { buildRequest, prepareRequest } from './build-request.ts';
import type { OutgoingRequest, SentAck } from './endpoint.ts';
import { TargetQueue } from './locate/target-queue.ts';
import type { HeaderField, SipRequest } from './message/message.ts';
import { printMessage } from './message/print-message.ts';
import type { SendingParts } from './send-request.ts';
import type { TransportFlow } from './transport/transport.ts';

/** What the ACK repeats of its INVITE, so that proxies let it pass: an ACK cannot be challenged (§22.1). */
const CREDENTIALS: ReadonlySet<string> = new Set(['Authorization', 'Proxy-Authorization']);

/** Sends it, when a way is found; once more: the same bytes on the same flow. */
export function sendAck(outgoing: OutgoingRequest, invite: SipRequest, parts: SendingParts): SentAck {
  const credentials = invite.headers.filter((field) => CREDENTIALS.has(field.name));
  const sending = prepareAck(outgoing, credentials, parts);
  const send = async (): Promise<void> => {
    const ready = await sending;
    ready?.flow.send(ready.bytes, () => undefined);
  };
  return { sent: send(), again: () => void send() };
}

async function prepareAck(
  outgoing: OutgoingRequest,
  credentials: readonly HeaderField[],
  parts: SendingParts,
): Promise<{ readonly flow: TransportFlow; readonly bytes: Uint8Array } | undefined> {
  const prepared = prepareRequest(outgoing, parts.prepareOptions());
  if (prepared.nextHop === undefined) return undefined;
  const build = (flow: TransportFlow): { readonly flow: TransportFlow; readonly bytes: Uint8Array } => {
    const sentByPort = parts.listeningPort(flow.protocol) ?? flow.local.port;
    const branch = parts.random.branch();
    const cseqNumber = outgoing.cseqNumber ?? 1;
    const request = buildRequest(prepared, { flow, sentByPort, branch, cseqNumber, product: parts.product, credentials });
    return { flow, bytes: printMessage(request) };
  };
  const mayUse = (flow: TransportFlow): boolean => parts.peerTrouble(outgoing.to.uri, flow) === undefined;
  const home = parts.homeFlow(prepared.nextHop);
  if (home !== undefined && mayUse(home)) return build(home);
  const located = await parts.locate(prepared.nextHop);
  if (located.kind === 'failed') return undefined;
  const queue = new TargetQueue(located, parts.deadTargets);
  for (let target = await queue.next(); target !== undefined; target = await queue.next()) {
    const result = await parts.transports.flowTo(target);
    if (result.kind === 'failed') continue;
    if (mayUse(result.flow)) return build(result.flow);
  }
  return undefined;
}
