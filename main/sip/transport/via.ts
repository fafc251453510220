// The top Via: what the receiver adds, and where a response goes (RFC 3261 §18.2, RFC 3581).
import type { SipRequest, ViaHeader } from '../message/message.ts';
import type { NetworkAddress } from '../network.ts';
import { parameterValue } from '../uri/parameter.ts';
import type { Parameter } from '../uri/parameter.ts';

const DEFAULT_PORT = 5060;
const DEFAULT_TLS_PORT = 5061;

export function defaultPort(transport: string): number {
  return transport === 'TLS' || transport === 'tls' ? DEFAULT_TLS_PORT : DEFAULT_PORT;
}

/**
 * The request with `received` and, where it was asked for, `rport` in its top Via.
 * SECURITY: always the address the packet came from, whatever the sender wrote there, so that a false Via draws no responses to a third party.
 */
export function stampTopVia(request: SipRequest, source: NetworkAddress): SipRequest {
  const top = request.vias[0];
  if (top === undefined) return request;
  const parameters: Parameter[] = [];
  let isRportAsked = false;
  for (const parameter of top.parameters) {
    const name = parameter.name.toLowerCase();
    if (name === 'rport') isRportAsked = true;
    if (name !== 'rport' && name !== 'received') parameters.push(parameter);
  }
  // RFC 3581 §4: with rport, received is added even where it equals the sent-by.
  if (isRportAsked || stripBrackets(top.host) !== source.address) parameters.push({ name: 'received', value: source.address });
  if (isRportAsked) parameters.push({ name: 'rport', value: String(source.port) });
  return { ...request, vias: [{ ...top, parameters }, ...request.vias.slice(1)] };
}

/**
 * Where the response goes when it cannot use the connection of its request: source address, and the port of rport or of sent-by (RFC 3261 §18.2.2, RFC 3581 §4).
 * DEVIATION(RFC 3261 §18.2.2): `maddr` is not followed, because a stranger could point it at anybody.
 */
export function responseAddress(top: ViaHeader, source: NetworkAddress): NetworkAddress {
  const rport = parameterValue(top.parameters, 'rport');
  if (rport !== undefined) return source;
  return { address: source.address, port: top.port ?? defaultPort(top.transport) };
}

function stripBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** An IPv6 address in brackets, as a URI or Via writes it; anything else as it is. */
export function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address.replace(ZONE, '')}]` : address;
}

/** RFC 4007 §11.2: a zone means something on this computer alone, so no message carries one. */
const ZONE = /%.*$/;
