// An endpoint that hears only what comes from the account's own server.
import type { Clock, Endpoint, IncomingRequest, Log, OutgoingRequest, Outcome } from '../sip/index.ts';
import { parameterValue } from '../sip/index.ts';
import { NOBODY_TRUSTED, isTrustedSource, trustFlow } from './is-trusted-source.ts';
import { createRefusalLog } from './refusal-log.ts';
import { replaceParts } from './replace-parts.ts';

/** Learns the server from its 2xx to our out-of-dialog requests, which all go through it. */
export function guardEndpoint(endpoint: Endpoint, clock: Clock, log: Log): Endpoint {
  let trusted = NOBODY_TRUSTED;
  const refusals = createRefusalLog(clock, log);

  function learn(request: OutgoingRequest, outcome: Outcome): void {
    const isInDialog = parameterValue(request.to.parameters, 'tag') !== undefined;
    if (isInDialog || outcome.kind !== 'final' || outcome.response.status < 200 || outcome.response.status > 299) return;
    if (!trusted.flowIds.has(outcome.flow.id)) trusted = trustFlow(trusted, outcome.flow);
  }

  /** WHY: the 2xx that makes a server ours may stand in the same read as the first stored message it sends: a stranger is looked at twice. */
  async function secondLook(request: IncomingRequest): Promise<boolean> {
    await new Promise<void>((resolve) => void clock.startTimer(0, resolve));
    if (isTrustedSource(request, trusted)) return true;
    refusals.note(request, "not from the account's server");
    return false;
  }

  endpoint.setGate((request) => isTrustedSource(request, trusted) || secondLook(request));

  const send: Endpoint['send'] = (request) => {
    const sent = endpoint.send(request);
    return { cancel: () => sent.cancel(), outcome: sent.outcome.then((outcome) => (learn(request, outcome), outcome)) };
  };
  const stop: Endpoint['stop'] = () => {
    refusals.stop();
    return endpoint.stop();
  };
  return replaceParts(endpoint, { send, stop });
}
