// Joins transports, transactions, locating and authentication into one user agent (RFC 3261 §8).
import { createDigestSession } from './auth/digest-session.ts';
import type {
  Endpoint,
  EndpointOptions,
  Flow,
  Granted,
  InviteDoor,
  InviteEvents,
  Outcome,
  OutgoingRequest,
  RequestHandler,
  SentRequest,
} from './endpoint.ts';
import { FlowWatch } from './flow-watch.ts';
import { guardNetwork } from './guard-network.ts';
import { HandlerTable } from './handler-table.ts';
import { KeptFlows } from './kept-flows.ts';
import { DeadTargets } from './locate/dead-targets.ts';
import { numericAddress } from './locate/host.ts';
import { locate, transportOf } from './locate/locate.ts';
import type { NameAddr, SipRequest } from './message/message.ts';
import type { Network, TransportProtocol } from './network.ts';
import { sendAck } from './invite-door.ts';
import { abilities, createRequestReceiver } from './receive-request.ts';
import { sendAgain } from './send-again.ts';
import { Sending } from './send-request.ts';
import type { SendingParts } from './send-request.ts';
import { TransactionTable } from './transaction/table.ts';
import { Counts } from './transport/counts.ts';
import type { TransportEvents, TransportFlow } from './transport/transport.ts';
import { openTransports } from './transport/transports.ts';
import type { Transports } from './transport/transports.ts';
import { hasParameter } from './uri/parameter.ts';
import type { SipUri } from './uri/uri.ts';

/** Tags, Call-IDs and branches: unguessable (RFC 3261 §19.3). */
const TOKEN_BITS = 96;

/** Opens the sockets of `options.listen`; rejects with the system's error when one cannot be opened. */
export async function createEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const agent = new UserAgent(options);
  await agent.open();
  return agent;
}

type FlowListener = (flow: Flow, error: Error | undefined) => void;

class UserAgent implements Endpoint {
  readonly #options: EndpointOptions;
  readonly #network: Network;
  readonly #counts = new Counts();
  readonly #handlers = new HandlerTable();
  readonly invites: InviteDoor = this.#inviteDoor();
  readonly #table: TransactionTable;
  readonly #flowListeners = new Set<FlowListener>();
  readonly #sendings = new Set<Sending>();
  readonly #keptFlows: KeptFlows;
  readonly #sendingParts: Omit<SendingParts, 'transports'>;
  readonly #deadTargets: DeadTargets;
  readonly #flowWatch: FlowWatch;
  #transports: Transports | undefined;
  #granted: Granted | undefined;
  #serviceRoute: readonly NameAddr[] = [];
  #isStopped = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { clock, random } = options;
    const counts = this.#counts;
    this.#network = guardNetwork(options.network, (where, error) => this.#onThrown(where, error));
    const network = this.#network;
    this.#keptFlows = new KeptFlows({ clock, random, network, transports: () => this.#opened() });
    const receiveRequest = createRequestReceiver({
      options,
      handlers: this.#handlers,
      counts,
      cancelledBy: (cancel) => this.#table.cancelledBy(cancel),
      granted: () => this.#granted,
      flowTo: (flow) => this.#opened().flowTo({ protocol: flow.protocol, ...flow.remote, serverName: '' }),
    });
    this.#table = new TransactionTable({
      clock,
      counts,
      events: { onRequest: receiveRequest, onAck: (ack) => this.#onAck(ack) },
      newTag: () => random.token(TOKEN_BITS),
      reopen: async (flow, address) => {
        const result = await this.#opened().flowTo({ protocol: flow.protocol, ...address, serverName: '' });
        return result.kind === 'flow' ? result.flow : undefined;
      },
    });
    this.#deadTargets = new DeadTargets(clock);
    this.#flowWatch = new FlowWatch({ clock, network, random, table: this.#table, counts, product: options.product });
    this.#sendingParts = {
      random,
      product: options.product,
      digest: createDigestSession({ random, credentials: options.credentials }),
      table: this.#table,
      deadTargets: this.#deadTargets,
      watch: (flow, onDead) => this.#flowWatch.watch(flow, onDead),
      prepareOptions: () => ({
        outboundProxy: options.outboundProxy,
        serviceRoute: this.#serviceRoute,
        granted: this.#granted,
        offersAlias: options.identity !== undefined && this.listening.some((entry) => entry.protocol === 'tls'),
        newToken: () => random.token(TOKEN_BITS),
      }),
      homeFlow: (uri) => this.#homeFlow(uri),
      locate: (uri) => locate(uri, this.#locateOptions()),
      // An association over UDP has its own socket's port, of which there may be one for each address family.
      listeningPort: (protocol) =>
        protocol === 'udp' ? undefined : this.listening.find((entry) => entry.protocol === protocol)?.local.port,
    };
  }

  async open(): Promise<void> {
    const { clock, listen, random, caPem } = this.#options;
    const counts = this.#counts;
    this.#transports = await openTransports({
      clock,
      network: this.#network,
      counts,
      listen,
      caPem,
      identity: this.#options.identity,
      random,
      webSocketPath: this.#options.webSocketPath ?? '/',
      events: this.#transportEvents(),
      newTag: () => random.token(TOKEN_BITS),
    });
  }

  get listening(): Endpoint['listening'] {
    return this.#transports?.listening ?? [];
  }

  get counts(): Endpoint['counts'] {
    return this.#counts.values;
  }

  send(request: OutgoingRequest): SentRequest {
    return this.#sendAsAllowed(request, (next) => this.#sendOnce(next));
  }

  #sendAsAllowed(request: OutgoingRequest, sendOnce: (request: OutgoingRequest) => SentRequest): SentRequest {
    const { followsRedirects, optionalExtensions } = request;
    return followsRedirects !== true && optionalExtensions === undefined ? sendOnce(request) : sendAgain(request, sendOnce);
  }

  #sendInvite(request: OutgoingRequest, events: InviteEvents): SentRequest {
    const sending = this.#begin(request, events);
    if (sending === undefined) return { outcome: Promise.resolve({ kind: 'cancelled' }), cancel: () => undefined };
    return { outcome: this.#settled(sending), cancel: () => sending.withdraw() };
  }

  #sendOnce(request: OutgoingRequest): SentRequest {
    const sending = this.#begin(request);
    if (sending === undefined) return { outcome: Promise.resolve({ kind: 'cancelled' }), cancel: () => undefined };
    return { outcome: this.#settled(sending), cancel: () => sending.cancel() };
  }

  #begin(request: OutgoingRequest, events?: InviteEvents): Sending | undefined {
    if (this.#isStopped) return undefined;
    const sending = new Sending(request, { ...this.#sendingParts, transports: this.#opened() }, events);
    this.#sendings.add(sending);
    return sending;
  }

  #inviteDoor(): InviteDoor {
    return {
      send: (invite, events) => this.#sendAsAllowed(invite, (request) => this.#sendInvite(request, events)),
      ack: (ack, invite) =>
        this.#isStopped
          ? { sent: Promise.resolve(), again: () => undefined }
          : sendAck(ack, invite, { ...this.#sendingParts, transports: this.#opened() }),
      open: (receiver, optionTags) => this.#handlers.openInvites(receiver, optionTags),
      abilities: () => abilities(this.#options, this.#handlers),
    };
  }

  #onAck(ack: SipRequest): void {
    const receiver = this.#handlers.invites;
    if (receiver === undefined) this.#counts.add('acks-unmatched');
    else receiver.onAck(ack);
  }

  onRequest(method: string, handler: RequestHandler, event?: string): () => void {
    return this.#handlers.add(method, handler, event);
  }

  onFlowClosed(listener: FlowListener): () => void {
    this.#flowListeners.add(listener);
    return () => void this.#flowListeners.delete(listener);
  }

  keepAlive(flow: Flow, intervalSeconds: number): () => void {
    return this.#keptFlows.keep(flow, intervalSeconds);
  }

  setServiceRoute(route: readonly NameAddr[]): void {
    this.#serviceRoute = route;
  }

  setGranted(granted: Granted | undefined): void {
    this.#granted = granted;
  }

  refreshNetwork(): void {
    if (this.#isStopped) return;
    this.#network.dns.forget?.();
    this.#deadTargets.clear();
    this.#keptFlows.checkAll();
  }

  stop(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    this.#isStopped = true;
    for (const sending of [...this.#sendings]) sending.cancel();
    this.#keptFlows.stop();
    this.#flowWatch.stop();
    this.#table.stop();
    this.#transports?.stop();
    this.#flowListeners.clear();
    return Promise.resolve();
  }

  async #settled(sending: Sending): Promise<Outcome> {
    try {
      return await sending.run();
    } finally {
      this.#sendings.delete(sending);
    }
  }

  /** WHY: what one listener throws must keep neither the others from hearing it nor the process from going on: timers tell of flows too. */
  #tell(listener: FlowListener, flow: Flow, error: Error | undefined): void {
    try {
      listener(flow, error);
    } catch (thrown) {
      this.#onThrown('a listener to flows', thrown);
    }
  }

  #onThrown(where: string, error: unknown): void {
    this.#counts.add('internal-errors');
    this.#options.log('error', `failed in ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  #transportEvents(): TransportEvents {
    return {
      onRequest: (request, flow, source) => {
        if (!this.#isStopped) this.#table.receiveRequest(request, flow, source);
      },
      onResponse: (response) => {
        if (!this.#isStopped) this.#table.receiveResponse(response);
      },
      onFlowClosed: (flow, error) => {
        this.#keptFlows.forget(flow);
        this.#table.flowClosed(flow, error);
        for (const listener of [...this.#flowListeners]) this.#tell(listener, flow, error);
      },
    };
  }

  /**
   * The registered connection, for a URI that names our server and no transport.
   * INTEROP(Kamailio 5.6): the Contact of its list server and of restored subscriptions is the UDP address, whatever the connection.
   */
  #homeFlow(uri: SipUri): TransportFlow | undefined {
    const flow = this.#granted?.flow;
    if (flow === undefined || flow.protocol === 'udp' || uri.scheme === 'sips' || hasParameter(uri.parameters, 'transport'))
      return undefined;
    return numericAddress(uri.host) === flow.remote.address ? this.#opened().openFlow(flow) : undefined;
  }

  #locateOptions(): Parameters<typeof locate>[1] {
    const { random, outboundProxy } = this.#options;
    const named = outboundProxy === undefined ? undefined : transportOf(outboundProxy);
    // WHY: without a socket for UDP, what names no transport goes the way the server is reached, and never less safely.
    const preferredTransport = this.#options.preferredTransport ?? (this.#opened().speaks('udp') ? undefined : (named ?? 'tcp'));
    const isUsable = (protocol: TransportProtocol): boolean => this.#opened().speaks(protocol);
    return { dns: this.#network.dns, fraction: () => random.fraction(), isUsable, preferredTransport };
  }

  #opened(): Transports {
    if (this.#transports === undefined) throw new Error('the endpoint is not open yet');
    return this.#transports;
  }
}
