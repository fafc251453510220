// The endpoint as the other parts of an account without a server use it: what they send goes to where the peer is, what comes is judged first.
import type { Address } from '../../../app/domain/address.ts';
import type { Endpoint, InviteDoor, Outcome, OutgoingRequest, RequestHandler } from '../../sip/index.ts';
import { addressOf } from '../address-text.ts';
import { replaceParts } from '../replace-parts.ts';
import type { Hearing } from './hear-peer.ts';
import type { Places } from './places.ts';
import { reachPeer } from './reach-peer.ts';

/** `onUnreached`: nobody was reached at any place where this address is. */
export function wrapEndpoint(endpoint: Endpoint, places: Places, hearing: Hearing, onUnreached: (address: Address) => void): Endpoint {
  const guard =
    (handler: RequestHandler): RequestHandler =>
    (request) =>
      hearing.refuse(request) ?? handler(request);
  const send: Endpoint['send'] = (request) => {
    const reached = reachPeer(request, places);
    const sent = endpoint.send(reached);
    return { cancel: () => sent.cancel(), outcome: sent.outcome.then((outcome) => (note(request, reached, outcome), outcome)) };
  };
  /** WHY `unlearn`: somebody who wrote over TCP once may listen for UDP alone now. */
  function note(request: OutgoingRequest, reached: OutgoingRequest, outcome: Outcome): void {
    const address = addressOf(request.to.uri);
    if (address === undefined || (outcome.kind !== 'transport-failed' && outcome.kind !== 'timeout')) return;
    if (reached !== request) places.unlearn(address);
    onUnreached(address);
  }
  const onRequest: Endpoint['onRequest'] = (method, handler, event) => endpoint.onRequest(method, guard(handler), event);
  const invites: InviteDoor = {
    ...endpoint.invites,
    send: (invite, events) => endpoint.invites.send(reachPeer(invite, places), events),
    open: (receiver, optionTags) =>
      endpoint.invites.open(
        {
          onAck: (ack) => receiver.onAck(ack),
          onInvite(invite) {
            const refusal = hearing.refuse(invite);
            if (refusal === undefined) receiver.onInvite(invite);
            else invite.respond(refusal);
          },
        },
        optionTags,
      ),
  };
  const stop: Endpoint['stop'] = () => {
    hearing.stop();
    return endpoint.stop();
  };
  return replaceParts(endpoint, { send, onRequest, invites, stop });
}
