// The endpoint: one SIP user agent (RFC 3261 §8). Sends requests and hears their outcome; each incoming request has one handler, which returns the reply.
import type { Credentials } from './auth/credentials.ts';
import type { Clock } from './clock.ts';
import type { OutgoingRequest, OwnContact } from './dialog/outgoing-request.ts';
import type { HeaderField, NameAddr, SipRequest, SipResponse } from './message/message.ts';
import type { Network, NetworkAddress, TlsIdentity, TransportProtocol } from './network.ts';
import type { Random } from './random.ts';
import type { Flow } from './transport/flow.ts';
import type { SipUri, Uri } from './uri/uri.ts';

export type { Credentials, Flow, OutgoingRequest, OwnContact };

/** Written to the log, one line each; never a password, never a message's text. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;

export interface EndpointOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly log: Log;
  /** Value of User-Agent and Server. */
  readonly product: string;
  /** Local sockets to open at the start. Port 0 lets the system choose. */
  readonly listen: readonly { readonly protocol: 'udp' | 'tcp' | 'tls'; readonly local: NetworkAddress }[];
  /** Where every out-of-dialog request goes first, as a loose route; undefined: RFC 3263 on the Request-URI. */
  readonly outboundProxy: SipUri | undefined;
  /** Transport for targets that name none and have no NAPTR or SRV. */
  readonly preferredTransport: TransportProtocol | undefined;
  /** PEM, trusted beside the system's. */
  readonly caPem: string | undefined;
  /** What we show to TLS servers that ask, and to clients where we listen for TLS; its names should be our domain's. Default: nothing. */
  readonly identity?: TlsIdentity;
  /**
   * TLS by keys instead of authorities, for peers that know each other by nothing else: any certificate is taken, and flows tell its key
   * (`Flow.peerKey`). Asked before each request goes out, on whatever flow: `to` is the URI of its To. Undefined: it may go; else a sentence
   * why not, and the request ends as `transport-failed` with cause `tls`. Default: TLS by authorities.
   */
  readonly peerTrouble?: (to: Uri, flow: Flow) => string | undefined;
  /**
   * Our Contact names the port we listen on, where we do, and not that of the connection a request goes over: no server stands between, and
   * a dialog outlives the connection that was opened for one of its requests (RFC 3261 §8.1.1.8). Default: the flow's own.
   */
  readonly contactsListener?: boolean;
  /** Of the URL of WebSocket servers, e.g. '/ws'. Default: '/'. */
  readonly webSocketPath?: string;
  /** Option tags (RFC 3261 §19.2) a request may Require of us; also the Supported of OPTIONS. Default: none. */
  readonly supported?: readonly string[];
  /** Whether an OPTIONS is for us; who asks for somebody else gets 404 (RFC 3261 §11.2). Default: every one is. */
  readonly isOurs?: (target: SipUri) => boolean;
  /** Media types of bodies the handlers take, for OPTIONS. Default: not said. */
  readonly accept?: readonly string[];
  /** Asked for each realm that challenges; undefined: the challenge is the outcome. */
  readonly credentials: (realm: string) => Credentials | undefined;
  /**
   * Whether a WWW-Authenticate for a request to this URI gets an answer: it comes from whoever the request reached in the end
   * (RFC 3261 §22.2). Proxy-Authenticate is not asked about. Default: always.
   */
  readonly answersServer?: (requestUri: Uri) => boolean;
}

export interface Final {
  readonly kind: 'final';
  readonly response: SipResponse;
  /** The last request sent, with the CSeq and tags it had. */
  readonly request: SipRequest;
  readonly flow: Flow;
}

/** How a request ended. Timeout and transport failure stand for 408 and 503 (RFC 3261 §8.1.3.1). */
export type Outcome =
  | Final
  | { readonly kind: 'timeout' }
  | {
      readonly kind: 'transport-failed';
      readonly cause: 'name-not-found' | 'refused' | 'unreachable' | 'tls' | 'closed' | 'too-large';
      readonly reason: string;
    }
  /** Challenged again after our best answer: the password (or user) is wrong, or there is none for that realm. */
  | { readonly kind: 'unauthenticated'; readonly response: SipResponse; readonly realm: string }
  | { readonly kind: 'cancelled' };

export interface IncomingRequest {
  readonly message: SipRequest;
  readonly flow: Flow;
  readonly source: NetworkAddress;
}

export interface Reply {
  readonly status: number;
  /** Default: the RFC's phrase for the status. */
  readonly reason?: string;
  readonly headers?: readonly HeaderField[];
  readonly contact?: OwnContact;
  readonly body?: Uint8Array;
  /** For a reply that makes a dialog; default: a new tag for every reply but 100. */
  readonly toTag?: string;
}

/** Returns the one final reply. A throw becomes 500 and one log line. */
export type RequestHandler = (request: IncomingRequest) => Reply | Promise<Reply>;

/** Whether a request is heard at all. */
export type Gate = (request: IncomingRequest) => boolean | Promise<boolean>;

export interface SentRequest {
  readonly outcome: Promise<Outcome>;
  /** Gives up; the outcome becomes `cancelled` unless it is known already. */
  cancel(): void;
}

/** What becomes of an INVITE beside its one outcome. */
export interface InviteEvents {
  /** Each but 100, from whichever fork. `invite` is the request it answers, as sent. */
  onProvisional(response: SipResponse, invite: SipRequest, flow: Flow): void;
  /** Each 2xx, the first one and its retransmissions and those of other forks (RFC 3261 §13.2.2.4). Comes before the outcome. */
  onSuccess(response: SipResponse, invite: SipRequest, flow: Flow): void;
}

/** An INVITE that waits for its answers (RFC 3261 §13.3). */
export interface ServerInvite extends IncomingRequest {
  /** A provisional or the final response. Returns how to send the same once more, as the user part must with 2xx and reliable 1xx. */
  respond(reply: Reply): () => void;
  /** Called once when a CANCEL comes in time; unless it answers, the answer is 487. */
  onCancel: (() => void) | undefined;
}

export interface InviteReceiver {
  /** Each new INVITE, inside dialogs too. A 100 goes out by itself after 200 ms. */
  onInvite(invite: ServerInvite): void;
  /** An ACK for a 2xx. */
  onAck(ack: SipRequest): void;
}

export interface SentAck {
  /** Resolves when it is on its way, or none was found: what follows in the dialog may be sent. */
  readonly sent: Promise<void>;
  /** Sends the same once more. */
  again(): void;
}

/** The door below sessions: INVITE has several answers and its own acknowledgement, so it does not fit `send` and `onRequest`. */
export interface InviteDoor {
  /** `cancel` sends CANCEL as soon as it may (§9.1); the outcome is then what the peer makes of it, mostly 487. */
  send(invite: OutgoingRequest, events: InviteEvents): SentRequest;
  /** Sends the ACK for a 2xx, with the credentials of its INVITE (§13.2.2.4). */
  ack(ack: OutgoingRequest, invite: SipRequest): SentAck;
  /** Exactly one receiver; `optionTags` become supported with it. Returns how to take it away. */
  open(receiver: InviteReceiver, optionTags: readonly string[]): () => void;
  /** Allow and Supported, as INVITE, UPDATE and their answers say them (§13.2.1). */
  abilities(): readonly HeaderField[];
}

/** What a registrar grants beside the binding itself. */
export interface Granted {
  /** RFC 5627; for `OwnContact.gruu`. */
  readonly publicGruu: SipUri | undefined;
  readonly temporaryGruu: SipUri | undefined;
  /** The registered flow. */
  readonly flow: Flow;
  /** Registered by RFC 5626: our Contacts on that flow ask that requests in their dialogs come back on it (`ob`, §4.3). */
  readonly isOutbound: boolean;
}

export interface Endpoint {
  send(request: OutgoingRequest): SentRequest;
  /**
   * Exactly one handler per method, and for SUBSCRIBE, NOTIFY and PUBLISH one per event package. A second one is a mistake and throws.
   * Methods without handler get 405 with Allow, event packages without handler 489 with Allow-Events. Returns how to take it away.
   */
  onRequest(method: string, handler: RequestHandler, event?: string): () => void;
  /**
   * Asked about each new request before anything is answered, CANCEL and what the endpoint answers by itself included: who is not
   * admitted gets a bare 403 and learns nothing else; STUN is answered only to whom we talk to. An ACK is let through, nobody answers it.
   * Before it come the 503 of an endpoint that has too much to do, the 400 for what is too broken to be a request, and the answer to a
   * keep-alive on a connection (RFC 5626 §4.4.1): none of them says who or what is here. Default: everybody is heard.
   */
  setGate(gate: Gate): void;
  readonly invites: InviteDoor;
  /** Each connection that closed, once; an association over UDP each time its peer is found silent, or sees us at another address. */
  onFlowClosed(listener: (flow: Flow, error: Error | undefined) => void): () => void;
  /**
   * Keeps a flow open: a keep-alive at once, then every `intervalSeconds` at most (RFC 5626 §4.4): STUN over UDP, CRLF over connections.
   * A flow whose peer answers keep-alives and then stops doing so is given up, which `onFlowClosed` tells. Returns how to end it; it
   * ends with the flow too.
   */
  keepAlive(flow: Flow, intervalSeconds: number): () => void;
  /** Sets the route for out-of-dialog requests as the registrar gave it (RFC 3608). */
  setServiceRoute(route: readonly NameAddr[]): void;
  /** Sets what else the registrar granted; undefined: nothing, or not any more. */
  setGranted(granted: Granted | undefined): void;
  /**
   * The network may have changed, or the computer slept: forgets what was learnt of names and addresses, closes flows from addresses we
   * no longer have, and asks the others for a sign of life. `onFlowClosed` tells which are gone.
   */
  refreshNetwork(): void;
  /** Sockets opened by `listen`, with the ports the system chose. */
  readonly listening: readonly { readonly protocol: TransportProtocol; readonly local: NetworkAddress }[];
  /** Counts since the start, for the Connection panel and for tests: what arrived, what was refused and why. */
  readonly counts: { readonly [name: string]: number };
  /** Closes every socket, cancels every timer, ends every pending outcome as `cancelled`. */
  stop(): Promise<void>;
}

export type CreateEndpoint = (options: EndpointOptions) => Promise<Endpoint>;
