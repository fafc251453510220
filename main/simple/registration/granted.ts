// Reads what a registrar's 2xx says of our own binding (RFC 3261 §10.2.4, §10.3 step 8; RFC 3608 §5; RFC 5626 §4.2; RFC 5627 §4.2).
import { headerTexts, parameterValue, parseUri, requireHeader, serviceRouteHeader, sipUriEquals } from '../../sip/index.ts';
import type { Final, NameAddr, SipUri } from '../../sip/index.ts';
import { parseSeconds, secondsOf } from '../header-value.ts';
import type { Granted } from './registration-step.ts';

/** Contact parameter that names the device, in angle brackets (RFC 5626 §4.1). */
export const INSTANCE_PARAMETER = '+sip.instance';

/** Which of an instance's flows a binding is for (RFC 5626 §4.2): we keep one. */
export const FLOW_PARAMETER = 'reg-id';

/** What was granted; `askedSeconds` is what we asked for, and holds when the answer says nothing. */
export function readGranted(final: Final, instanceId: string, askedSeconds: number): Granted {
  const { response, request, flow } = final;
  const bindings = response.contacts === '*' ? [] : response.contacts;
  const binding = ownBinding(bindings, request.contacts === '*' ? undefined : request.contacts[0], instanceId);
  const ownSeconds = binding === undefined ? undefined : parseSeconds(parameterValue(binding.parameters, 'expires'));
  return {
    expiresSeconds: ownSeconds ?? secondsOf(response, 'Expires') ?? askedSeconds,
    binding,
    bindingCount: bindings.length,
    publicGruu: binding === undefined ? undefined : gruuOf(binding, 'pub-gruu'),
    temporaryGruu: binding === undefined ? undefined : gruuOf(binding, 'temp-gruu'),
    isOutbound: headerTexts(response, 'Require').some((text) => tagsOf(text).includes('outbound')),
    serviceRoute: headerTexts(response, 'Service-Route').flatMap(readRoute),
    flowId: flow.id,
  };
}

/** How often the first hop wants a keep-alive at least (RFC 5626 §4.4); undefined where it does not say. */
export function flowTimerSeconds(final: Final): number | undefined {
  const seconds = secondsOf(final.response, 'Flow-Timer');
  return seconds === undefined || seconds === 0 ? undefined : seconds;
}

/** Ours among the bindings of many devices: the very Contact we sent, else the longest-lived one with our instance. */
function ownBinding(bindings: readonly NameAddr[], sent: NameAddr | undefined, instanceId: string): NameAddr | undefined {
  const exact = bindings.find((binding) => sent !== undefined && isSameContact(binding, sent));
  if (exact !== undefined) return exact;
  let best: NameAddr | undefined;
  for (const binding of bindings) {
    if (!isInstance(binding, instanceId)) continue;
    if (best === undefined || lifetime(binding) > lifetime(best)) best = binding;
  }
  return best;
}

/** By their URIs (RFC 3261 §10.2.4, §19.1.4). */
export function isSameContact(a: NameAddr, b: NameAddr): boolean {
  return a.uri.kind === 'sip' && b.uri.kind === 'sip' && sipUriEquals(a.uri, b.uri);
}

function isInstance(binding: NameAddr, instanceId: string): boolean {
  const value = parameterValue(binding.parameters, INSTANCE_PARAMETER);
  return value !== undefined && value.toLowerCase() === `<${instanceId.toLowerCase()}>`;
}

function lifetime(binding: NameAddr): number {
  return parseSeconds(parameterValue(binding.parameters, 'expires')) ?? 0;
}

function gruuOf(binding: NameAddr, parameter: 'pub-gruu' | 'temp-gruu'): SipUri | undefined {
  const text = parameterValue(binding.parameters, parameter);
  const result = text === undefined ? undefined : parseUri(text);
  return result?.kind === 'ok' && result.value.kind === 'sip' ? result.value : undefined;
}

function tagsOf(text: string): readonly string[] {
  const result = requireHeader.parse(text);
  return result.kind === 'ok' ? result.value : [];
}

function readRoute(text: string): readonly NameAddr[] {
  const result = serviceRouteHeader.parse(text);
  return result.kind === 'ok' ? result.value : [];
}
