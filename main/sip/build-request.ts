// From what the caller wants to the request as it stands on the wire (RFC 3261 §8.1.1).
import type { OutgoingRequest, OwnContact } from './dialog/outgoing-request.ts';
import type { Granted } from './endpoint.ts';
import { applyRoute, asRequestUri } from './dialog/route-set.ts';
import { headerField } from './message/header/header.ts';
import { routeHeader } from './message/header/route.ts';
import type { HeaderField, NameAddr, SipRequest, ViaHeader } from './message/message.ts';
import type { NetworkAddress, TransportProtocol } from './network.ts';
import type { Flow } from './transport/flow.ts';
import { withTag } from './transport/make-response.ts';
import { bracketed } from './transport/via.ts';
import { hasParameter } from './uri/parameter.ts';
import type { Parameter } from './uri/parameter.ts';
import type { SipUri } from './uri/uri.ts';

/** What stays the same over all attempts of one request. */
export interface PreparedRequest {
  readonly outgoing: OutgoingRequest;
  readonly from: NameAddr;
  readonly callId: string;
  readonly requestUri: SipRequest['uri'];
  readonly routeFields: readonly HeaderField[];
  /** What RFC 3263 is applied to; undefined where the URI cannot be located. */
  readonly nextHop: SipUri | undefined;
  readonly options: PrepareOptions;
}

export interface PrepareOptions {
  readonly outboundProxy: SipUri | undefined;
  readonly serviceRoute: readonly NameAddr[];
  /** Undefined: nothing. */
  readonly granted?: Granted | undefined;
  /** Whether peers may send us requests over TLS connections we opened (RFC 5923 §4). */
  readonly offersAlias?: boolean;
  newToken(): string;
  /** Of our Contact over this protocol; undefined: that of the flow. */
  contactPort?(protocol: TransportProtocol): number | undefined;
}

/** What differs between attempts. */
export interface AttemptParts {
  readonly flow: Flow;
  /** Port of sent-by: where we listen for this transport, or the flow's own. */
  readonly sentByPort: number;
  /** With its cookie. */
  readonly branch: string;
  readonly cseqNumber: number;
  readonly product: string;
  readonly credentials: readonly HeaderField[];
}

const NO_FIELDS: readonly HeaderField[] = [];
const NO_CONTACTS: readonly NameAddr[] = [];
const USER_AGENT = 'User-Agent';
const NO_BODY = new Uint8Array(0);
const MAX_FORWARDS: HeaderField = { name: 'Max-Forwards', value: '70' };
const RPORT: Parameter = { name: 'rport', value: undefined };
const ALIAS: Parameter = { name: 'alias', value: undefined };
const OB: Parameter = { name: 'ob', value: undefined };

export function prepareRequest(outgoing: OutgoingRequest, options: PrepareOptions): PreparedRequest {
  const route = outgoing.route ?? defaultRoute(outgoing.method, options);
  const routed = applyRoute(outgoing.uri, route);
  return {
    outgoing,
    from: hasParameter(outgoing.from.parameters, 'tag') ? outgoing.from : withTag(outgoing.from, options.newToken()),
    callId: outgoing.callId ?? options.newToken(),
    requestUri: asRequestUri(routed.requestUri),
    routeFields: routed.route.length === 0 ? NO_FIELDS : routed.route.map((entry) => headerField(routeHeader, [entry])),
    nextHop: routed.nextHop,
    options,
  };
}

/** The outbound proxy, then the service route; a registrar is reached without the service route (RFC 3608 §5). */
function defaultRoute(method: string, options: PrepareOptions): readonly NameAddr[] {
  const { outboundProxy, serviceRoute } = options;
  const rest = method === 'REGISTER' ? [] : serviceRoute;
  if (outboundProxy === undefined) return rest;
  const first = rest[0]?.uri;
  // WHY: many registrars name the outbound proxy itself as the first service route; it need not be passed twice.
  if (first?.kind === 'sip' && first.host === outboundProxy.host && first.port === outboundProxy.port) return rest;
  const parameters = hasParameter(outboundProxy.parameters, 'lr')
    ? outboundProxy.parameters
    : [...outboundProxy.parameters, { name: 'lr', value: undefined }];
  return [{ displayName: undefined, uri: { ...outboundProxy, parameters }, parameters: [] }, ...rest];
}

export function buildRequest(prepared: PreparedRequest, parts: AttemptParts): SipRequest {
  const { outgoing } = prepared;
  const { flow } = parts;
  return {
    kind: 'request',
    method: outgoing.method,
    uri: prepared.requestUri,
    vias: [ownVia(prepared, flow, parts)],
    from: prepared.from,
    to: outgoing.to,
    callId: prepared.callId,
    cseq: { number: parts.cseqNumber, method: outgoing.method },
    contacts: outgoing.contacts ?? (outgoing.contact === undefined ? NO_CONTACTS : [requestContact(prepared, outgoing.contact, flow)]),
    headers: allHeaders(prepared, parts),
    body: outgoing.body ?? NO_BODY,
  };
}

const VIA_TRANSPORTS: Readonly<Record<TransportProtocol, string>> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' };

function ownVia({ options }: PreparedRequest, flow: Flow, { sentByPort, branch }: AttemptParts): ViaHeader {
  const own: Parameter = { name: 'branch', value: branch };
  const parameters = options.offersAlias === true && flow.protocol === 'tls' ? [own, RPORT, ALIAS] : [own, RPORT];
  return { transport: VIA_TRANSPORTS[flow.protocol], host: bracketed(flow.local.address), port: sentByPort, parameters };
}

function requestContact(prepared: PreparedRequest, contact: OwnContact, flow: Flow): NameAddr {
  // A registrar must learn the address itself; everybody else may get one that leads through it.
  const granted = prepared.outgoing.method === 'REGISTER' ? undefined : prepared.options.granted;
  const port = prepared.options.contactPort?.(flow.protocol) ?? flow.local.port;
  return ownContact(contact, flow, { port, scheme: schemeOf(prepared), granted });
}

/** RFC 3261 §8.1.1.8: a request to a SIPS URI, or through one, has a SIPS Contact. */
function schemeOf({ requestUri, nextHop }: PreparedRequest): SipUri['scheme'] {
  return nextHop?.scheme === 'sips' || (requestUri.kind === 'sip' && requestUri.scheme === 'sips') ? 'sips' : 'sip';
}

/** What `;transport=` says; RFC 7118 §5.5 knows one word for both kinds of WebSocket. */
const TRANSPORT_PARAMETERS: Readonly<Record<TransportProtocol, string | undefined>> = {
  udp: undefined,
  tcp: 'tcp',
  tls: 'tls',
  ws: 'ws',
  wss: 'ws',
};

/** Where the peer is to come back to. `port`: the flow's own, or where we listen (`EndpointOptions.contactsListener`). */
export interface ContactPlace {
  readonly port: number;
  /** Default `sip`. */
  readonly scheme?: SipUri['scheme'];
  readonly granted?: Granted | undefined;
}

type ContactFlow = { readonly id: string; readonly protocol: TransportProtocol; readonly local: Pick<NetworkAddress, 'address'> };

/**
 * Our address on this very flow: what the peer must use to come back on it (RFC 3261 §8.1.1.8), or our GRUU where the caller wants it
 * and there is one.
 */
export function ownContact(contact: OwnContact, flow: ContactFlow, { port, scheme = 'sip', granted }: ContactPlace): NameAddr {
  const gruu = contact.gruu === 'temporary' ? granted?.temporaryGruu : contact.gruu === 'public' ? granted?.publicGruu : undefined;
  const uri = gruu === undefined ? addressOn(flow, contact, { port, scheme, granted }) : { ...gruu, scheme };
  return { displayName: undefined, uri, parameters: contact.parameters ?? [] };
}

function addressOn(
  flow: ContactFlow,
  contact: OwnContact,
  { port, scheme, granted }: { readonly port: number; readonly scheme: SipUri['scheme']; readonly granted: Granted | undefined },
): SipUri {
  // A SIPS URI over plain TLS needs no transport, and `tls` would be wrong there (§26.2.2).
  const transport = scheme === 'sips' && flow.protocol === 'tls' ? undefined : TRANSPORT_PARAMETERS[flow.protocol];
  return {
    kind: 'sip',
    scheme,
    user: contact.user,
    password: undefined,
    host: bracketed(flow.local.address),
    port,
    parameters: [
      ...(transport === undefined ? [] : [{ name: 'transport', value: transport }]),
      ...(granted?.isOutbound === true && granted.flow.id === flow.id ? [OB] : []),
      ...(contact.uriParameters ?? []),
    ],
    headers: [],
  };
}

function allHeaders(prepared: PreparedRequest, parts: AttemptParts): HeaderField[] {
  const own = prepared.outgoing.headers ?? NO_FIELDS;
  const headers: HeaderField[] = [];
  for (const field of prepared.routeFields) headers.push(field);
  if (!hasField(own, MAX_FORWARDS.name)) headers.push(MAX_FORWARDS);
  for (const field of parts.credentials) headers.push(field);
  for (const field of own) headers.push(field);
  if (!hasField(own, USER_AGENT)) headers.push({ name: USER_AGENT, value: parts.product });
  return headers;
}

function hasField(fields: readonly HeaderField[], name: string): boolean {
  for (const field of fields) if (field.name === name) return true;
  return false;
}
