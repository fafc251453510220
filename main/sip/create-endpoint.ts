// Joins transports, transactions, locating and authentication into one user agent (RFC 3261 §8).
import type {
  Endpoint,
  EndpointOptions,
  Flow,
  Gate,
  Granted,
  InviteDoor,
  OutgoingRequest,
  RequestHandler,
  SentRequest,
} from './endpoint.ts';
import { guardNetwork } from './guard-network.ts';
import { HandlerTable } from './handler-table.ts';
import { KeptFlows } from './kept-flows.ts';
import type { NameAddr, SipRequest } from './message/message.ts';
import type { Network } from './network.ts';
import { OutgoingSide } from './outgoing-side.ts';
import { abilities, createRequestReceiver } from './receive-request.ts';
import { TransactionTable } from './transaction/table.ts';
import { Counts } from './transport/counts.ts';
import type { TransportEvents } from './transport/transport.ts';
import { openTransports } from './transport/transports.ts';
import type { Transports } from './transport/transports.ts';

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
  readonly #keptFlows: KeptFlows;
  readonly #outgoing: OutgoingSide;
  #transports: Transports | undefined;
  #gate: Gate | undefined;
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
      gate: () => this.#gate,
      isCopy: (transaction) => this.#table.isCopy(transaction),
      cancelledBy: (cancel) => this.#table.cancelledBy(cancel),
      granted: () => this.#outgoing.granted,
      contactPort: (protocol) => this.#outgoing.contactPort(protocol),
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
    this.#outgoing = new OutgoingSide({
      options,
      network,
      table: this.#table,
      counts,
      transports: () => this.#opened(),
      newToken: () => random.token(TOKEN_BITS),
    });
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
      byKey: this.#options.peerTrouble !== undefined,
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
    return this.#outgoing.send(request);
  }

  #inviteDoor(): InviteDoor {
    return {
      send: (invite, events) => this.#outgoing.sendInvite(invite, events),
      ack: (ack, invite) => this.#outgoing.ack(ack, invite),
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

  setGate(gate: Gate): void {
    this.#gate = gate;
  }

  onFlowClosed(listener: FlowListener): () => void {
    this.#flowListeners.add(listener);
    return () => void this.#flowListeners.delete(listener);
  }

  keepAlive(flow: Flow, intervalSeconds: number): () => void {
    return this.#keptFlows.keep(flow, intervalSeconds);
  }

  setServiceRoute(route: readonly NameAddr[]): void {
    this.#outgoing.serviceRoute = route;
  }

  setGranted(granted: Granted | undefined): void {
    this.#outgoing.granted = granted;
  }

  refreshNetwork(): void {
    if (this.#isStopped) return;
    this.#network.dns.forget?.();
    this.#outgoing.networkChanged();
    this.#keptFlows.checkAll();
  }

  stop(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    this.#isStopped = true;
    this.#outgoing.stop();
    this.#keptFlows.stop();
    this.#table.stop();
    this.#transports?.stop();
    this.#flowListeners.clear();
    return Promise.resolve();
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
      answersStrangers: () => this.#gate === undefined,
      onFlowClosed: (flow, error) => {
        this.#keptFlows.forget(flow);
        this.#table.flowClosed(flow, error);
        for (const listener of [...this.#flowListeners]) this.#tell(listener, flow, error);
      },
    };
  }

  #opened(): Transports {
    if (this.#transports === undefined) throw new Error('the endpoint is not open yet');
    return this.#transports;
  }
}
