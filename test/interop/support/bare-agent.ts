// Our stack without the app, registered at the development server: what the transports do by themselves.
import { readFileSync } from 'node:fs';
import type { DevelopmentServer } from '../../../build/server/server.ts';
import { createRegistration } from '../../../main/simple/registration/registration.ts';
import type { Registration, RegistrationState } from '../../../main/simple/registration/registration.ts';
import { createNodeClock, createNodeNetwork, createNodeRandom, parseUri } from '../../../main/sip/index.ts';
import type {
  Endpoint,
  IncomingRequest,
  Network,
  OutgoingRequest,
  Outcome,
  SipUri,
  StreamSocket,
  TransportProtocol,
} from '../../../main/sip/index.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

/** How long a test waits for something that must happen. Generous: it only bounds a failing test. */
const HAPPENS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 20;

export type Registered = Extract<RegistrationState, { kind: 'ok' }>;

export class BareAgent {
  readonly uri: SipUri;
  readonly endpoint: Endpoint;
  /** Texts of the messages that came, oldest first. */
  readonly texts: string[] = [];
  readonly requests: IncomingRequest[] = [];
  readonly states: RegistrationState[] = [];
  readonly registration: Registration;
  readonly #sockets: StreamSocket[];

  private constructor(server: DevelopmentServer, name: string, endpoint: Endpoint, sockets: StreamSocket[]) {
    this.uri = sipUri(`sip:${name}@${server.domain}`);
    this.endpoint = endpoint;
    this.#sockets = sockets;
    endpoint.onRequest('MESSAGE', (request) => {
      this.requests.push(request);
      this.texts.push(new TextDecoder().decode(request.message.body));
      return { status: 200 };
    });
    this.registration = createRegistration({
      endpoint,
      clock: createNodeClock(),
      random: createNodeRandom(),
      log: () => undefined,
      address: this.uri,
      instanceId: `urn:uuid:${crypto.randomUUID()}`,
      onState: (state) => this.states.push(state),
    });
  }

  /** Resolves when registered. */
  static async start(server: DevelopmentServer, name: string, protocol: TransportProtocol): Promise<BareAgent> {
    const sockets: StreamSocket[] = [];
    const password = server.users.find((user) => user.name === name)?.password ?? '';
    const endpoint = await openEndpoint({
      network: remembering(sockets),
      listen: protocol === 'udp' ? [{ protocol, local: { address: '0.0.0.0', port: 0 } }] : [],
      outboundProxy: proxyOf(server, protocol),
      preferredTransport: protocol,
      caPem: readFileSync(server.caFile, 'utf8'),
      credentials: () => ({ user: name, password }),
    });
    const agent = new BareAgent(server, name, endpoint, sockets);
    agent.registration.start();
    await agent.registered();
    return agent;
  }

  /** The latest registration, waited for where there is none. */
  async registered(): Promise<Registered> {
    await until(
      () => this.states.at(-1)?.kind === 'ok',
      () => `not registered: ${JSON.stringify(this.states.at(-1))}`,
    );
    return this.states.at(-1) as Registered;
  }

  async heard(text: string): Promise<void> {
    await until(
      () => this.texts.includes(text),
      () => `heard ${JSON.stringify(this.texts)} and not ${text}`,
    );
  }

  /** A request from this person to `uri`. */
  send(method: string, uri: SipUri, more: Partial<OutgoingRequest> = {}): Promise<Outcome> {
    const from = { displayName: undefined, uri: this.uri, parameters: [] };
    return this.endpoint.send({ method, uri, from, to: { ...from, uri }, ...more }).outcome;
  }

  write(uri: SipUri, text: string): Promise<Outcome> {
    return this.send('MESSAGE', uri, {
      headers: [{ name: 'Content-Type', value: 'text/plain;charset=UTF-8' }],
      body: new TextEncoder().encode(text),
    });
  }

  /** Cuts the connection, as a router that restarts would. */
  cut(): void {
    for (const socket of this.#sockets.splice(0)) socket.close();
  }

  async stop(): Promise<void> {
    await this.registration.stop();
    await this.endpoint.stop();
  }
}

export function proxyOf(server: DevelopmentServer, protocol: TransportProtocol): SipUri {
  const { ports, host } = server;
  const port = { udp: ports.sip, tcp: ports.sip, tls: ports.tls, ws: ports.http, wss: ports.https }[protocol];
  return sipUri(`sip:${host}:${port};transport=${protocol}`);
}

export function sipUri(text: string): SipUri {
  const result = parseUri(text);
  if (result.kind !== 'ok' || result.value.kind !== 'sip') throw new Error(`no SIP URI: ${text}`);
  return result.value;
}

export async function until(condition: () => boolean, told: () => string): Promise<void> {
  for (const end = Date.now() + HAPPENS_WITHIN_MS; !condition(); await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))) {
    if (Date.now() > end) throw new Error(`within ${HAPPENS_WITHIN_MS} ms: ${told()}`);
  }
}

/** The real network, whose connections a test may cut. */
function remembering(sockets: StreamSocket[]): Network {
  const network = createNodeNetwork();
  const remember = async (opened: Promise<StreamSocket>): Promise<StreamSocket> => {
    const socket = await opened;
    sockets.push(socket);
    return socket;
  };
  return {
    ...network,
    connectTcp: (...words) => remember(network.connectTcp(...words)),
    connectTls: (...words) => remember(network.connectTls(...words)),
  };
}
