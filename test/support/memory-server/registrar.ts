// The server's registrar (RFC 3261 §10.3) and its relay of MESSAGE (§16), which keeps texts for those who are away.
import type { Flow, IncomingRequest, NameAddr, Reply, SipRequest, SipResponse, Uri } from '../../../main/sip/index.ts';
import { headerText, parameterValue, printUri } from '../../../main/sip/index.ts';
import { checkDigest } from './check-digest.ts';
import type { ServerParts } from './server-state.ts';

export interface Binding {
  readonly uri: Uri;
  readonly flow: Flow;
  readonly untilMs: number;
}

export interface Kept {
  readonly to: string;
  readonly request: SipRequest;
  readonly atMs: number;
}

export interface Registrar {
  isRegistered(address: string): boolean;
  /** Where the devices of this address are reached now. */
  bindings(address: string): readonly Binding[];
  /** Texts kept for somebody who is away. */
  readonly kept: Kept[];
  /** Answers this instead of relaying, by the account written to; undefined relays. A test's way to refuse. */
  refuse: ((request: SipRequest) => Reply | undefined) | undefined;
}

/** A device that does not answer within this time gets its text later. */
const RELAY_WAIT_MS = 5_000;

function plainAddress(uri: Uri): string {
  return uri.kind === 'sip' ? `sip:${uri.user ?? ''}@${uri.host.toLowerCase()}` : printUri(uri);
}

export function createRegistrar(parts: ServerParts): Registrar {
  const { endpoint, clock } = parts;
  const bindings = new Map<string, Map<string, Binding>>();
  const kept: Kept[] = [];

  function live(address: string): Binding[] {
    return [...(bindings.get(address)?.values() ?? [])].filter((binding) => binding.untilMs > clock.nowMs());
  }

  function register({ message, flow }: IncomingRequest): Reply {
    const checked = checkDigest(parts, message);
    if (checked.kind === 'challenge') return checked.reply;
    const address = plainAddress(message.to.uri);
    if (checked.address !== address) return { status: 403 };
    const own = bindings.get(address) ?? new Map<string, Binding>();
    bindings.set(address, own);
    const contacts: readonly NameAddr[] = message.contacts === '*' ? [] : message.contacts;
    if (message.contacts === '*') own.clear();
    for (const contact of contacts) {
      const seconds = Number(parameterValue(contact.parameters, 'expires') ?? headerText(message, 'Expires') ?? 600);
      const key = printUri(contact.uri);
      if (seconds === 0) own.delete(key);
      else own.set(key, { uri: contact.uri, flow, untilMs: clock.nowMs() + seconds * 1000 });
    }
    if (live(address).length > 0) clock.startTimer(0, () => deliverKept(address));
    return {
      status: 200,
      headers: live(address).map((binding) => ({
        name: 'Contact',
        value: `<${printUri(binding.uri)}>;expires=${Math.round((binding.untilMs - clock.nowMs()) / 1000)}`,
      })),
    };
  }

  async function relay({ message }: IncomingRequest): Promise<Reply> {
    const checked = checkDigest(parts, message);
    if (checked.kind === 'challenge') return checked.reply;
    if (checked.address !== plainAddress(message.from.uri)) return { status: 403 };
    const refused = registrar.refuse?.(message);
    if (refused !== undefined) return refused;
    const to = plainAddress(message.uri);
    if (!parts.passwords.has(to)) return { status: 404 };
    const response = await forward(message, to);
    if (response !== undefined) return answerOf(response);
    if (message.method !== 'MESSAGE') return { status: 480 };
    kept.push({ to, request: message, atMs: clock.nowMs() });
    return { status: 202 };
  }

  /** The device's response; undefined: nobody is there to answer. */
  async function forward(message: SipRequest, to: string): Promise<SipResponse | undefined> {
    const [binding] = live(to);
    if (binding === undefined) return undefined;
    const sent = endpoint.send({
      method: message.method,
      uri: binding.uri,
      from: message.from,
      to: message.to,
      callId: message.callId,
      cseqNumber: message.cseq.number,
      headers: message.headers.filter(({ name }) => !/^(Proxy-Authorization|Route|Max-Forwards|User-Agent)$/i.test(name)),
      body: message.body,
      flow: binding.flow,
      route: [],
    });
    const timer = clock.startTimer(RELAY_WAIT_MS, () => sent.cancel());
    const outcome = await sent.outcome;
    timer.cancel();
    return outcome.kind === 'final' ? outcome.response : undefined;
  }

  function deliverKept(address: string): void {
    const own = kept.filter(({ to }) => to === address);
    for (const entry of own) kept.splice(kept.indexOf(entry), 1);
    for (const entry of own) {
      void forward(asStored(entry), address).then((response) => {
        if (response === undefined || response.status > 299) kept.push(entry);
      });
    }
  }

  endpoint.onRequest('REGISTER', register);
  endpoint.onRequest('MESSAGE', relay);
  endpoint.onRequest('OPTIONS', relay);
  const registrar: Registrar = { isRegistered: (address) => live(address).length > 0, bindings: live, kept, refuse: undefined };
  return registrar;
}

function answerOf(response: SipResponse): Reply {
  return { status: response.status, headers: response.headers, body: response.body };
}

/** As Kamailio's msilo hands out what it kept: a request of its own, the Date that of storing, the type of a wrapper lost, a line before the text. */
function asStored({ request, atMs }: Kept): SipRequest {
  const days = new Date(atMs).toUTCString();
  const [weekday = '', day = '', month = '', year = '', time = ''] = days.replace(',', '').split(' ');
  const prefix = `[Offline message - ${weekday} ${month} ${String(Number(day)).padStart(2, ' ')} ${time} ${year}] `;
  const isText = /^(text\/plain|message\/cpim)/i.test(headerText(request, 'Content-Type') ?? '');
  const body = isText ? Buffer.concat([Buffer.from(prefix), request.body]) : request.body;
  const others = request.headers.filter(({ name }) => !/^(Date|Content-Type|Subject)$/.test(name));
  const type = isText ? 'text/plain' : (headerText(request, 'Content-Type') ?? '');
  return {
    ...request,
    callId: `stored-${atMs}-${request.callId}`,
    from: { ...request.from, displayName: undefined, parameters: [{ name: 'tag', value: `stored-${atMs}` }] },
    cseq: { number: 10, method: 'MESSAGE' },
    headers: [...others, { name: 'Date', value: days }, { name: 'Content-Type', value: type }],
    body,
  };
}
