// Route sets: how they are read, and what they do to a request (RFC 3261 §12.1, §12.2.1.1, §16.12).
import { recordRouteHeader } from '../message/header/record-route.ts';
import type { NameAddr, SipMessage } from '../message/message.ts';
import { hasParameter } from '../uri/parameter.ts';
import type { SipUri, Uri } from '../uri/uri.ts';

/** All Record-Route values in order of the message; empty where one cannot be read. */
export function recordRoutes(message: SipMessage): readonly NameAddr[] {
  if (!message.headers.some((field) => field.name === 'Record-Route')) return [];
  const routes: NameAddr[] = [];
  for (const field of message.headers) {
    if (field.name !== 'Record-Route') continue;
    const result = recordRouteHeader.parse(field.value);
    if (result.kind === 'failure') return [];
    routes.push(...result.value);
  }
  return routes;
}

export interface Routed {
  readonly requestUri: Uri;
  readonly route: readonly NameAddr[];
  /** What RFC 3263 is applied to. Undefined for a Request-URI that is no SIP URI and has no route. */
  readonly nextHop: SipUri | undefined;
}

/** Applies a route to a target: a loose first hop stays in Route, a strict one becomes the Request-URI (§12.2.1.1). */
export function applyRoute(target: Uri, route: readonly NameAddr[]): Routed {
  const first = route[0];
  if (first === undefined || first.uri.kind !== 'sip') {
    return { requestUri: target, route, nextHop: target.kind === 'sip' ? target : undefined };
  }
  if (hasParameter(first.uri.parameters, 'lr')) return { requestUri: target, route, nextHop: first.uri };
  const last: NameAddr = { displayName: undefined, uri: target, parameters: [] };
  return { requestUri: asRequestUri(first.uri), route: [...route.slice(1), last], nextHop: first.uri };
}

/** Without what a Request-URI may not have: the `method` parameter and headers (§19.1.1, Table 1). */
export function asRequestUri(uri: Uri): Uri {
  if (uri.kind !== 'sip') return uri;
  if (uri.headers.length === 0 && !hasParameter(uri.parameters, 'method')) return uri;
  return { ...uri, headers: [], parameters: uri.parameters.filter((parameter) => parameter.name.toLowerCase() !== 'method') };
}
