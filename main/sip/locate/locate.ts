// Locating SIP servers: from a URI to the list of places to try, best first (RFC 3263 §4).
import type { DnsResolver, NetworkAddress, TransportProtocol } from '../network.ts';
import { hasParameter, parameterValue } from '../uri/parameter.ts';
import type { SipUri } from '../uri/uri.ts';
import { numericAddress } from './host.ts';
import { orderNaptr, orderSrv } from './order-records.ts';
import type { NaptrChoice } from './order-records.ts';

/** One place to try. `serverName` is the domain of the URI: what TLS verifies (RFC 5922 §4). */
export interface Target {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
  readonly serverName: string;
}

export type Located =
  /** `more` finds the places by the next transport, for when all of these have failed; undefined: there is none. */
  | { readonly kind: 'targets'; readonly targets: readonly Target[]; readonly more?: () => Promise<Located> }
  | { readonly kind: 'failed'; readonly cause: 'name-not-found' | 'unreachable'; readonly reason: string };

export interface LocateOptions {
  readonly dns: DnsResolver;
  /** Numbers in [0, 1) for SRV weights. */
  readonly fraction: () => number;
  readonly isUsable: (protocol: TransportProtocol) => boolean;
  /** For names without NAPTR and SRV. */
  readonly preferredTransport: TransportProtocol | undefined;
  /** Our server is reached by WSS: `transport=ws`, the one word for both kinds (RFC 7118 §5.5), means it. */
  readonly securesWebSocket?: boolean;
}

/** A domain with more is misconfigured or hostile; what is tried takes time. */
const MOST_TARGETS = 16;
/** One for each transport, and each a question to the name service. */
const MOST_CHOICES = 5;
const SRV_PREFIX: Readonly<Record<TransportProtocol, string>> = {
  udp: '_sip._udp.',
  tcp: '_sip._tcp.',
  tls: '_sips._tcp.',
  ws: '_sip._ws.',
  wss: '_sips._ws.',
};
const DEFAULT_PORTS: Readonly<Record<TransportProtocol, number>> = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 };
const SECURED: Readonly<Record<TransportProtocol, TransportProtocol>> = { udp: 'tls', tcp: 'tls', tls: 'tls', ws: 'wss', wss: 'wss' };

/** Where a request for this URI (the Request-URI or the first Route) goes. Never rejects. */
export async function locate(uri: SipUri, options: LocateOptions): Promise<Located> {
  const host = parameterValue(uri.parameters, 'maddr') || uri.host;
  const explicit = explicitTransport(uri, options.securesWebSocket);
  if (explicit === 'unknown') return { kind: 'failed', cause: 'unreachable', reason: 'the URI names a transport that is not known' };
  const address = numericAddress(host);
  const fallback = explicit ?? defaultTransport(uri, options);
  if (address !== undefined) return targetsAt([address], fallback, uri.port, uri.host);
  try {
    // §4.2: a port in the URI leaves nothing for SRV to say.
    const choices = uri.port === undefined ? await serviceChoices(uri, host, explicit, options) : [];
    const served = await byServices(safelyContinued(choices), uri.host, options);
    return served ?? targetsAt(await options.dns.addresses(host), fallback, uri.port, uri.host);
  } catch (error) {
    return { kind: 'failed', cause: 'unreachable', reason: `the name service gave no answer for ${host}: ${String(error)}` };
  }
}

/** The first transport that has records, and how to find the others. Undefined where none has any. */
async function byServices(choices: readonly NaptrChoice[], serverName: string, options: LocateOptions): Promise<Located | undefined> {
  for (const [index, { protocol, srvName }] of choices.entries()) {
    const records = await emptyOnFailure(options.dns.srv(srvName));
    if (records.length === 0) continue;
    const located = await bySrv(records, protocol, serverName, options);
    const others = choices.slice(index + 1);
    if (others.length === 0) return located;
    const more = async (): Promise<Located> => (await byServices(others, serverName, options)) ?? targetsOrNone([], serverName);
    // A service that is decidedly not there, or has no address, says nothing of the next one.
    if (located.kind === 'failed') return await more();
    return { ...located, more };
  }
  return undefined;
}

/** SECURITY: where the domain, or the person, wants TLS first, who blocks it must not be given what was to be protected. */
function safelyContinued(choices: readonly NaptrChoice[]): readonly NaptrChoice[] {
  const first = choices[0];
  const wanted = first !== undefined && isSecure(first) ? choices.filter(isSecure) : choices;
  return wanted.slice(0, MOST_CHOICES);
}

function isSecure({ protocol }: NaptrChoice): boolean {
  return SECURED[protocol] === protocol;
}

/** What `;transport=` and `sips:` say; undefined when they say nothing. */
function explicitTransport(uri: SipUri, securesWebSocket = false): TransportProtocol | 'unknown' | undefined {
  const text = parameterValue(uri.parameters, 'transport')?.toLowerCase();
  if (text === undefined) return undefined;
  if (!Object.hasOwn(DEFAULT_PORTS, text)) return 'unknown';
  const protocol = text as TransportProtocol;
  return uri.scheme === 'sips' || (securesWebSocket && protocol === 'ws') ? SECURED[protocol] : protocol;
}

/**
 * Whether the URI names the server at the other end of this connection, by its address. A name is resolved instead: it may have moved.
 * INTEROP(Kamailio 5.6): the Contact of its list server and of restored subscriptions is the UDP address, whatever the connection, so
 * where no transport is named the port does not matter.
 */
export function isOtherEnd(
  uri: SipUri,
  { protocol, remote }: { readonly protocol: TransportProtocol; readonly remote: NetworkAddress },
): boolean {
  if (protocol === 'udp' || numericAddress(uri.host) !== remote.address) return false;
  const isNamed = uri.scheme === 'sips' || hasParameter(uri.parameters, 'transport');
  if (!isNamed) return true;
  const named = explicitTransport(uri, protocol === 'wss') ?? 'tls';
  return named === protocol && (uri.port ?? DEFAULT_PORTS[named]) === remote.port;
}

/** What the URI says of its transport, `sips:` included; undefined where it says nothing, or something unknown. */
export function transportOf(uri: SipUri): TransportProtocol | undefined {
  const explicit = explicitTransport(uri);
  return explicit === 'unknown' ? undefined : (explicit ?? (uri.scheme === 'sips' ? 'tls' : undefined));
}

function defaultTransport(uri: SipUri, options: LocateOptions): TransportProtocol {
  if (uri.scheme === 'sips') return options.preferredTransport === 'wss' || options.preferredTransport === 'ws' ? 'wss' : 'tls';
  return options.preferredTransport ?? 'udp';
}

/** §4.1: NAPTR where no transport is named; without NAPTR, SRV for each transport we speak, ours first. */
async function serviceChoices(
  uri: SipUri,
  host: string,
  explicit: TransportProtocol | undefined,
  options: LocateOptions,
): Promise<readonly NaptrChoice[]> {
  if (explicit !== undefined) return [{ protocol: explicit, srvName: SRV_PREFIX[explicit] + host }];
  const mayUse = (protocol: TransportProtocol): boolean =>
    options.isUsable(protocol) && (uri.scheme === 'sip' || SECURED[protocol] === protocol);
  // WHY: a chosen transport is a setting of the person and outranks what the domain prefers.
  const preferred = options.preferredTransport;
  const isMarked = (choice: NaptrChoice): boolean => choice.protocol === preferred;
  // A WebSocket is there because nothing else gets through, so nothing else is looked for.
  if (preferred === 'ws' || preferred === 'wss')
    return mayUse(preferred) ? [{ protocol: preferred, srvName: SRV_PREFIX[preferred] + host }] : [];
  const choices = orderNaptr(await emptyOnFailure(options.dns.naptr(host)), mayUse);
  if (choices.length > 0) return [...choices.filter(isMarked), ...choices.filter((choice) => !isMarked(choice))];
  const protocols: TransportProtocol[] = uri.scheme === 'sips' ? ['tls'] : ['udp', 'tcp', 'tls'];
  const inOrder = [...protocols.filter((protocol) => protocol === preferred), ...protocols.filter((protocol) => protocol !== preferred)];
  return inOrder.filter(mayUse).map((protocol) => ({ protocol, srvName: SRV_PREFIX[protocol] + host }));
}

/** WHY: many home routers answer NAPTR and SRV questions with nonsense; the host may still have an address. */
async function emptyOnFailure<T>(query: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await query;
  } catch {
    return [];
  }
}

async function bySrv(
  records: Awaited<ReturnType<DnsResolver['srv']>>,
  protocol: TransportProtocol,
  serverName: string,
  options: LocateOptions,
): Promise<Located> {
  // RFC 2782: a target of "." says that the service is decidedly not there.
  const named = orderSrv(records, options.fraction).filter((record) => record.target !== '.' && record.target !== '');
  // WHY: one host whose name does not resolve must not hide the others.
  const found = await Promise.all(
    named.slice(0, MOST_TARGETS).map(async (record) => {
      const addresses = await emptyOnFailure(options.dns.addresses(record.target));
      return addresses.map((address): Target => ({ protocol, address, port: record.port, serverName }));
    }),
  );
  return targetsOrNone(found.flat().slice(0, MOST_TARGETS), serverName);
}

function targetsAt(addresses: readonly string[], protocol: TransportProtocol, port: number | undefined, serverName: string): Located {
  const targets = addresses
    .slice(0, MOST_TARGETS)
    .map((address) => ({ protocol, address, port: port ?? DEFAULT_PORTS[protocol], serverName }));
  return targetsOrNone(targets, serverName);
}

function targetsOrNone(targets: readonly Target[], name: string): Located {
  if (targets.length > 0) return { kind: 'targets', targets };
  return { kind: 'failed', cause: 'name-not-found', reason: `no address for ${name}` };
}
