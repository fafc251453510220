// The client half of one endpoint: all requests being sent, and what their ways and credentials depend on (RFC 3261 §8.1).
import { createDigestSession } from './auth/digest-session.ts';
import type { EndpointOptions, Granted, InviteDoor, InviteEvents, Outcome, OutgoingRequest, SentAck, SentRequest } from './endpoint.ts';
import { FlowWatch } from './flow-watch.ts';
import { sendAck } from './invite-door.ts';
import { DeadTargets } from './locate/dead-targets.ts';
import { isOtherEnd, locate, transportOf } from './locate/locate.ts';
import type { NameAddr, SipRequest } from './message/message.ts';
import type { Network, TransportProtocol } from './network.ts';
import { sendAgain } from './send-again.ts';
import { Sending } from './send-request.ts';
import type { SendingParts } from './send-request.ts';
import type { TransactionTable } from './transaction/table.ts';
import type { Counts } from './transport/counts.ts';
import type { TransportFlow } from './transport/transport.ts';
import type { Transports } from './transport/transports.ts';
import type { SipUri } from './uri/uri.ts';

export interface OutgoingSideParts {
  readonly options: EndpointOptions;
  readonly network: Network;
  readonly table: TransactionTable;
  readonly counts: Counts;
  readonly transports: () => Transports;
  newToken(): string;
}

type SendOnce = (request: OutgoingRequest) => SentRequest;

const NOT_SENT: SentRequest = { outcome: Promise.resolve({ kind: 'cancelled' }), cancel: () => undefined };
const NO_ACK: SentAck = { sent: Promise.resolve(), again: () => undefined };

export class OutgoingSide {
  readonly #parts: OutgoingSideParts;
  readonly #sendings = new Set<Sending>();
  readonly #sendingParts: Omit<SendingParts, 'transports'>;
  readonly #deadTargets: DeadTargets;
  readonly #flowWatch: FlowWatch;
  granted: Granted | undefined;
  serviceRoute: readonly NameAddr[] = [];
  #isStopped = false;

  constructor(parts: OutgoingSideParts) {
    this.#parts = parts;
    const { options, network, table, counts, newToken } = parts;
    const { clock, random, product } = options;
    this.#deadTargets = new DeadTargets(clock);
    this.#flowWatch = new FlowWatch({ clock, network, random, table, counts, product });
    this.#sendingParts = {
      random,
      product,
      digest: createDigestSession({ random, credentials: options.credentials }),
      answersServer: options.answersServer ?? (() => true),
      table,
      peerTrouble: options.peerTrouble ?? (() => undefined),
      deadTargets: this.#deadTargets,
      watch: (flow, onDead) => this.#flowWatch.watch(flow, onDead),
      prepareOptions: () => ({
        outboundProxy: options.outboundProxy,
        serviceRoute: this.serviceRoute,
        granted: this.granted,
        offersAlias: options.identity !== undefined && this.#listening.some((entry) => entry.protocol === 'tls'),
        newToken,
        contactPort: (protocol) => this.contactPort(protocol),
      }),
      homeFlow: (uri) => this.#homeFlow(uri),
      locate: (uri) => locate(uri, this.#locateOptions()),
      listeningPort: (protocol) => this.#listeningPort(protocol),
    };
  }

  /** For our Contact, where it is not that of the flow. */
  contactPort(protocol: TransportProtocol): number | undefined {
    return this.#parts.options.contactsListener === true ? this.#listeningPort(protocol) : undefined;
  }

  /** An association over UDP has its own socket's port, of which there may be one for each address family. */
  #listeningPort(protocol: TransportProtocol): number | undefined {
    return protocol === 'udp' ? undefined : this.#listening.find((entry) => entry.protocol === protocol)?.local.port;
  }

  get #listening(): Transports['listening'] {
    return this.#parts.transports().listening;
  }

  readonly send: SendOnce = (request) => {
    return this.#asAllowed(request, (next) => {
      const sending = this.#begin(next);
      return sending === undefined ? NOT_SENT : { outcome: this.#settled(sending), cancel: () => sending.cancel() };
    });
  };

  readonly sendInvite: InviteDoor['send'] = (invite, events) => {
    return this.#asAllowed(invite, (next) => {
      const sending = this.#begin(next, events);
      return sending === undefined ? NOT_SENT : { outcome: this.#settled(sending), cancel: () => sending.withdraw() };
    });
  };

  ack(ack: OutgoingRequest, invite: SipRequest): SentAck {
    return this.#isStopped ? NO_ACK : sendAck(ack, invite, { ...this.#sendingParts, transports: this.#parts.transports() });
  }

  /** Which targets are dead is learnt anew. */
  networkChanged(): void {
    this.#deadTargets.clear();
  }

  stop(): void {
    this.#isStopped = true;
    for (const sending of [...this.#sendings]) sending.cancel();
    this.#flowWatch.stop();
  }

  #asAllowed(request: OutgoingRequest, sendOnce: SendOnce): SentRequest {
    const { followsRedirects, optionalExtensions } = request;
    return followsRedirects !== true && optionalExtensions === undefined ? sendOnce(request) : sendAgain(request, sendOnce);
  }

  #begin(request: OutgoingRequest, events?: InviteEvents): Sending | undefined {
    if (this.#isStopped) return undefined;
    const sending = new Sending(request, { ...this.#sendingParts, transports: this.#parts.transports() }, events);
    this.#sendings.add(sending);
    return sending;
  }

  async #settled(sending: Sending): Promise<Outcome> {
    try {
      return await sending.run();
    } finally {
      this.#sendings.delete(sending);
    }
  }

  /** The registered connection, for a URI that names its other end: a new one could not be verified by a mere address. */
  #homeFlow(uri: SipUri): TransportFlow | undefined {
    const flow = this.granted?.flow;
    return flow !== undefined && isOtherEnd(uri, flow) ? this.#parts.transports().openFlow(flow) : undefined;
  }

  #locateOptions(): Parameters<typeof locate>[1] {
    const { options, network, transports } = this.#parts;
    const { random, outboundProxy } = options;
    const named = outboundProxy === undefined ? undefined : transportOf(outboundProxy);
    // WHY: without a socket for UDP, what names no transport goes the way the server is reached, and never less safely.
    const preferredTransport = options.preferredTransport ?? (transports().speaks('udp') ? undefined : (named ?? 'tcp'));
    const isUsable = (protocol: TransportProtocol): boolean => transports().speaks(protocol);
    const securesWebSocket = preferredTransport === 'wss' || named === 'wss';
    return { dns: network.dns, fraction: () => random.fraction(), isUsable, preferredTransport, securesWebSocket };
  }
}
