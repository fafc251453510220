// An endpoint whose handlers hear only what comes from the account's own server.
import type {
  Clock,
  Endpoint,
  IncomingRequest,
  InviteDoor,
  InviteReceiver,
  Log,
  OutgoingRequest,
  Outcome,
  Reply,
  RequestHandler,
  ServerInvite,
} from '../sip/index.ts';
import { parameterValue } from '../sip/index.ts';
import { NOBODY_TRUSTED, isTrustedSource, trustFlow } from './is-trusted-source.ts';

/** RFC 3261 §21.4.4. Says nothing of who is here. */
const NOT_FROM_HERE: Reply = { status: 403 };

/** Learns the server from its 2xx to our out-of-dialog requests, which all go through it. */
export function guardEndpoint(endpoint: Endpoint, clock: Clock, log: Log): Endpoint {
  let trusted = NOBODY_TRUSTED;

  function learn(request: OutgoingRequest, outcome: Outcome): void {
    const isInDialog = parameterValue(request.to.parameters, 'tag') !== undefined;
    if (isInDialog || outcome.kind !== 'final' || outcome.response.status < 200 || outcome.response.status > 299) return;
    if (!trusted.flowIds.has(outcome.flow.id)) trusted = trustFlow(trusted, outcome.flow);
  }

  function isHeard(request: IncomingRequest): boolean {
    if (isTrustedSource(request, trusted)) return true;
    log('warn', `refused a ${request.message.method} from ${request.source.address}: not from the account's server`);
    return false;
  }

  /** WHY: the 2xx that makes a server ours may stand in the same read as the first stored message it sends: a stranger is looked at twice. */
  function afterSecondLook(request: IncomingRequest): Promise<boolean> {
    return new Promise<void>((resolve) => void clock.startTimer(0, resolve)).then(() => isHeard(request));
  }

  function guard(handler: RequestHandler): RequestHandler {
    return (request): Reply | Promise<Reply> =>
      isTrustedSource(request, trusted)
        ? handler(request)
        : afterSecondLook(request).then((isNowHeard) => (isNowHeard ? handler(request) : NOT_FROM_HERE));
  }

  /** An ACK for a 2xx is let through: it says nothing to who does not know both tags, and nobody answers it. */
  function guardInvites(receiver: InviteReceiver): InviteReceiver {
    return {
      onAck: (ack) => receiver.onAck(ack),
      onInvite(invite) {
        if (isTrustedSource(invite, trusted)) receiver.onInvite(invite);
        else lookAgain(invite, receiver).catch((error: unknown) => fail(invite, error));
      },
    };
  }

  function fail(invite: ServerInvite, error: unknown): void {
    log('error', `INVITE failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    invite.respond({ status: 500 });
  }

  async function lookAgain(invite: ServerInvite, receiver: InviteReceiver): Promise<void> {
    let isCancelled = false;
    invite.onCancel = () => void (isCancelled = true);
    const isNowHeard = await afterSecondLook(invite);
    invite.onCancel = undefined;
    // Who gave up meanwhile has its 487.
    if (isCancelled) return;
    if (isNowHeard) receiver.onInvite(invite);
    else invite.respond(NOT_FROM_HERE);
  }

  const send: Endpoint['send'] = (request) => {
    const sent = endpoint.send(request);
    return { cancel: () => sent.cancel(), outcome: sent.outcome.then((outcome) => (learn(request, outcome), outcome)) };
  };
  const onRequest: Endpoint['onRequest'] = (method, handler, event) => endpoint.onRequest(method, guard(handler), event);

  const open: InviteDoor['open'] = (receiver, optionTags) => endpoint.invites.open(guardInvites(receiver), optionTags);
  const invites: InviteDoor = { ...endpoint.invites, open };

  // Everything else is the endpoint's own.
  return new Proxy(endpoint, {
    get(target, property): unknown {
      if (property === 'send') return send;
      if (property === 'onRequest') return onRequest;
      if (property === 'invites') return invites;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...words: unknown[]) => unknown).bind(target) : value;
    },
  });
}
