// An endpoint whose handlers hear only what comes from the account's own server.
import type { Clock, Endpoint, IncomingRequest, Log, OutgoingRequest, Outcome, Reply, RequestHandler } from '../sip/index.ts';
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

  function hear(handler: RequestHandler, request: IncomingRequest): Reply | Promise<Reply> {
    if (isTrustedSource(request, trusted)) return handler(request);
    log('warn', `refused a ${request.message.method} from ${request.source.address}: not from the account's server`);
    return NOT_FROM_HERE;
  }

  /** WHY: the 2xx that makes a server ours may stand in the same read as the first stored message it sends: a stranger is looked at twice. */
  function guard(handler: RequestHandler): RequestHandler {
    return (request) => {
      if (isTrustedSource(request, trusted)) return handler(request);
      return new Promise<void>((resolve) => void clock.startTimer(0, resolve)).then(() => hear(handler, request));
    };
  }

  const send: Endpoint['send'] = (request) => {
    const sent = endpoint.send(request);
    return { cancel: () => sent.cancel(), outcome: sent.outcome.then((outcome) => (learn(request, outcome), outcome)) };
  };
  const onRequest: Endpoint['onRequest'] = (method, handler, event) => endpoint.onRequest(method, guard(handler), event);

  // Everything else is the endpoint's own.
  return new Proxy(endpoint, {
    get(target, property): unknown {
      if (property === 'send') return send;
      if (property === 'onRequest') return onRequest;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...words: unknown[]) => unknown).bind(target) : value;
    },
  });
}
